internal import Checkpoint
internal import Engine
internal import Formats
internal import Foundation

/// A part of an evaluation as a file, so that it can go on later, or be merged with others.
///
///     reassemble.partial 1⏎         what it is, and the version of this format
///     <bytes of the header>⏎        in decimal
///     { … }                         the header: JSON, see below
///     <places>                      int64, little-endian, one for each row of embeddings
///     <labels>                      int64
///     <embeddings>                  float32, [rows, dimension]
///     <digest>                      32 bytes: SHA-256 of all that stands before
///
/// The header:
///
///     settings, remarks   [{"name": …, "value": …}, …]: checkpoint_sha256, data_sha256, preprocessing, …
///     part, parts         which part it is, from 0, of how many
///     position            the place in the data from which it goes on
///     isComplete          whether the part is done
///     skipped, seconds
///     lastSkipped         the place of the last picture that was left out; missing where there is none
///     rows, dimension     of the embeddings; 0 where there are none
///     hasRetrieval        whether embeddings are gathered
///     scores              counts, and sums as multiples of powers of two in decimal: nothing is rounded
public enum PartialFile {
    private static let magic = "reassemble.partial "
    private static let version = 1
    private static let digestSize = 32
    /// More bytes than any header has.
    private static let mostHeader = 1 << 26

    private struct Header: Codable {
        var settings: [PartialEvaluation.Fact]
        var remarks: [PartialEvaluation.Fact]
        var part: Int
        var parts: Int
        var position: Int
        var isComplete: Bool
        var skipped: Int
        var lastSkipped: Int?
        var seconds: Double
        var rows: Int
        var dimension: Int
        var hasRetrieval: Bool
        var scores: PartialScores

        init(_ partial: PartialEvaluation) {
            settings = partial.settings
            remarks = partial.remarks
            part = partial.part
            parts = partial.parts
            position = partial.position
            isComplete = partial.isComplete
            skipped = partial.skipped
            lastSkipped = partial.lastSkipped
            seconds = partial.seconds
            rows = partial.scores.retrieval?.count ?? 0
            dimension = partial.scores.retrieval?.dimension ?? 0
            hasRetrieval = partial.scores.retrieval != nil
            scores = partial.scores
        }
    }

    /// Writes a file, which appears whole, in place of one that may be there.
    ///
    /// - Throws: ``ConversionError/checkpoint(_:)``, ``ConversionError/malformedPartial(path:reason:)``.
    public static func write(
        _ partial: PartialEvaluation,
        to path: String
    ) throws(ConversionError) {
        let bytes = try encoded(partial, path: path)
        do throws(CheckpointError) {
            try AtomicFile.write(bytes, to: path)
        } catch {
            throw .checkpoint(error)
        }
    }

    /// What a file holds.
    ///
    /// - Throws: ``ConversionError/malformedPartial(path:reason:)``.
    static func encoded(
        _ partial: PartialEvaluation,
        path: String = ""
    ) throws(ConversionError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let header: [UInt8]
        do {
            header = [UInt8](try encoder.encode(Header(partial)))
        } catch {
            throw .malformedPartial(path: path, reason: "it cannot be written: \(error)")
        }
        var bytes = Array("\(magic)\(version)\n\(header.count)\n".utf8) + header
        if let rows = partial.scores.retrieval {
            bytes.reserveCapacity(bytes.count + 16 * rows.count + 4 * rows.embeddings.count + 32)
            for value in rows.places + rows.labels { append(UInt64(bitPattern: Int64(value)), 8) }
            for value in rows.embeddings { append(UInt64(value.bitPattern), 4) }
        }
        func append(_ word: UInt64, _ count: Int) {
            for index in 0..<count { bytes.append(UInt8(truncatingIfNeeded: word >> (8 * index))) }
        }
        var digest = SHA256()
        unsafe digest.update(bytes.span.bytes)
        return bytes + digest.finish()
    }

    /// What bytes of a file say.
    ///
    /// - Throws: ``ConversionError/malformedPartial(path:reason:)``.
    static func decoded(
        _ bytes: [UInt8],
        path: String
    ) throws(ConversionError) -> PartialEvaluation {
        do throws(Flaw) {
            return try unsafe bytes.span.bytes.withUnsafeBytes { buffer throws(Flaw) in
                try unsafe parse(buffer)
            }
        } catch {
            throw .malformedPartial(path: path, reason: error.reason)
        }
    }

    /// Reads a file.
    ///
    /// - Throws: ``ConversionError/checkpoint(_:)``, ``ConversionError/malformedPartial(path:reason:)``.
    public static func read(_ path: String) throws(ConversionError) -> PartialEvaluation {
        let file: MappedFile
        do throws(CheckpointError) { file = try MappedFile(path: path) } catch {
            throw .checkpoint(error)
        }
        let result: Result<PartialEvaluation, ConversionError>
        do throws(CheckpointError) {
            result = try file.withBytes { bytes in
                do throws(Flaw) {
                    return .success(
                        try unsafe bytes.withUnsafeBytes { buffer throws(Flaw) in
                            try unsafe parse(buffer)
                        }
                    )
                } catch {
                    return .failure(.malformedPartial(path: path, reason: error.reason))
                }
            }
        } catch {
            throw .checkpoint(error)
        }
        return try result.get()
    }

    /// What is wrong with a file.
    private struct Flaw: Error {
        let reason: String
    }

    private static func parse(
        _ bytes: UnsafeRawBufferPointer
    ) throws(Flaw) -> PartialEvaluation {
        let start = Array(magic.utf8)
        guard bytes.count > start.count, unsafe bytes.prefix(start.count).elementsEqual(start)
        else {
            throw Flaw(
                reason: "this is no partial evaluation, which eval --partial writes and begins "
                    + "with '\(magic)'"
            )
        }
        var offset = start.count
        let version = try unsafe number(bytes, &offset)
        guard version == self.version else {
            throw Flaw(
                reason: "a partial evaluation of version \(version), expected \(self.version)"
            )
        }
        let length = try unsafe number(bytes, &offset)
        guard length <= mostHeader, bytes.count - offset >= length + digestSize else {
            throw Flaw(
                reason: "the file is cut short: its header alone takes \(length) bytes, and there "
                    + "are \(bytes.count)"
            )
        }
        let end = bytes.count - digestSize
        var digest = SHA256()
        unsafe digest.update(UnsafeRawBufferPointer(rebasing: bytes[..<end]).bytes)
        guard unsafe digest.finish().elementsEqual(bytes[end...]) else {
            throw Flaw(
                reason: "the file is damaged or cut short: its SHA-256 is not that at its end"
            )
        }
        let header: Header
        do {
            header = try unsafe JSONDecoder().decode(
                Header.self,
                from: Data(bytes[offset..<offset + length])
            )
        } catch {
            throw Flaw(reason: "its header cannot be understood: \(reason(error))")
        }
        guard (1...1 << 20).contains(header.parts), (0..<header.parts).contains(header.part),
            header.position >= 0, header.lastSkipped ?? 0 >= 0,
            (0...1 << 40).contains(header.skipped), header.seconds >= 0,
            header.rows >= 0, header.dimension >= 0, header.rows == 0 || header.dimension > 0,
            header.hasRetrieval || header.rows == 0
        else { throw Flaw(reason: "its header states what cannot be") }
        let (values, isTooMany) = header.rows.multipliedReportingOverflow(by: header.dimension)
        let room = end - offset - length
        guard !isTooMany, header.rows <= room / 16, values <= room / 4,
            16 * header.rows + 4 * values == room
        else {
            throw Flaw(
                reason: "\(header.rows) embeddings of \(header.dimension) values do not fill "
                    + "\(room) bytes"
            )
        }
        var partial = PartialEvaluation(
            settings: header.settings,
            remarks: header.remarks,
            part: header.part,
            of: header.parts
        )
        partial.position = header.position
        partial.isComplete = header.isComplete
        partial.skipped = header.skipped
        partial.lastSkipped = header.lastSkipped
        partial.seconds = header.seconds
        partial.scores = header.scores
        if header.hasRetrieval {
            partial.scores.retrieval = unsafe rows(bytes, offset + length, header.rows, values)
        }
        return partial
    }

    private static func rows(
        _ bytes: UnsafeRawBufferPointer,
        _ start: Int,
        _ rows: Int,
        _ values: Int
    ) -> RetrievalRows {
        func word(_ index: Int) -> Int {
            let word = unsafe bytes.loadUnaligned(fromByteOffset: start + 8 * index, as: Int64.self)
            return Int(Int64(littleEndian: word))
        }
        let first = start + 16 * rows
        return RetrievalRows(
            places: (0..<rows).map(word),
            labels: (rows..<2 * rows).map(word),
            embeddings: (0..<values).map { index in
                let offset = first + 4 * index
                let word = unsafe bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)
                return Float(bitPattern: UInt32(littleEndian: word))
            }
        )
    }

    /// A decimal number with a line break behind it.
    private static func number(
        _ bytes: UnsafeRawBufferPointer,
        _ offset: inout Int
    ) throws(Flaw) -> Int {
        var value = 0
        var digits = 0
        while offset < bytes.count, digits < 12 {
            let byte = unsafe bytes[offset]
            offset += 1
            if byte == UInt8(ascii: "\n"), digits > 0 { return value }
            guard (0x30...0x39).contains(byte) else { break }
            value = 10 * value + Int(byte) - 0x30
            digits += 1
        }
        throw Flaw(reason: "the file is cut short or damaged: no number where one is expected")
    }

    private static func reason(_ error: any Error) -> String {
        guard case .dataCorrupted(let context) = error as? DecodingError else {
            return "it lacks something, or has it in another form"
        }
        return context.debugDescription
    }
}
