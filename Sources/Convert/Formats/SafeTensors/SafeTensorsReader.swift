public import Checkpoint
internal import Foundation
internal import Proto

/// A safetensors file, whose arrays stay where they are mapped.
///
/// The rules are those of the format's own library: offsets from 0 without gap or overlap up to the end of the file, sizes
/// that fit type and shape, texts only in the metadata.
public struct SafeTensorsReader: TensorSource {
    /// The arrays, sorted by their names' bytes.
    public let tensors: [TensorEntry]
    /// The texts that the file carries.
    public let metadata: [String: String]
    private let file: MappedFile
    private let positions: [String: Int]

    /// The longest header that readers take.
    package static let headerLimit = 100_000_000
    /// The member that holds texts.
    package static let metadataName = "__metadata__"
    /// The most dimensions that TensorFlow knows.
    private static let rankLimit = 254

    /// What the header says of an array.
    private struct Stated: Decodable {
        let type: String
        let shape: [Int]
        let offsets: [Int]

        enum CodingKeys: String, CodingKey {
            case type = "dtype"
            case shape
            case offsets = "data_offsets"
        }
    }

    /// A member of the header.
    private enum Member: Decodable {
        case array(Stated)
        case texts([String: String])

        init(from decoder: any Decoder) throws {
            if decoder.codingPath.last?.stringValue == SafeTensorsReader.metadataName {
                self = .texts((try [String: String]?(from: decoder)) ?? [:])
            } else {
                self = .array(try Stated(from: decoder))
            }
        }
    }

    /// Maps a file and checks all that its header says.
    ///
    /// - Throws: ``FormatError/malformedFile(path:offset:reason:)`` or ``FormatError/checkpoint(_:)``.
    public init(path: String) throws(FormatError) {
        func malformed(_ reason: String, at offset: Int = 8) -> FormatError {
            .malformedFile(path: path, offset: offset, reason: reason)
        }
        let file = try wrapping { () throws(CheckpointError) in try MappedFile(path: path) }
        let size = file.count
        guard size >= 8 else { throw malformed("\(size) bytes are no safetensors file", at: 0) }
        let header = try wrapping { () throws(CheckpointError) in
            try file.withBytes { bytes throws(CheckpointError) -> Data? in
                let stated = unsafe bytes.unsafeLoadUnaligned(as: UInt64.self).littleEndian
                guard stated <= UInt64(min(Self.headerLimit, size - 8)) else {
                    return nil
                }
                return unsafe bytes.extracting(8..<(8 + Int(stated))).withUnsafeBytes {
                    unsafe Data($0)
                }
            }
        }
        guard let header else {
            throw malformed("the header is longer than the file or 100 million bytes", at: 0)
        }
        guard header.first == UInt8(ascii: "{"),
            let members = try? JSONDecoder().decode([String: Member].self, from: header)
        else { throw malformed("the header is no list of arrays in JSON") }
        if let name = JSONNames.repeated(Array(header)) {
            throw malformed("'\(name)' is there twice")
        }

        let start = 8 + header.count
        var entries: [TensorEntry] = []
        var texts: [String: String] = [:]
        for (name, member) in members.sorted(by: { $0.key < $1.key }) {
            guard case .array(let stated) = member else {
                if case .texts(let found) = member { texts = found }
                continue
            }
            guard let type = SafeTensorsType.type(of: stated.type), let width = type.byteCount
            else { throw malformed("'\(name)' has elements of the unknown type '\(stated.type)'") }
            guard stated.shape.count <= Self.rankLimit, stated.shape.allSatisfy({ $0 >= 0 }) else {
                throw malformed("'\(name)' has the shape \(stated.shape)")
            }
            var needed = width
            for extent in stated.shape {
                let (product, overflow) = needed.multipliedReportingOverflow(by: extent)
                guard !overflow else { throw malformed("the shape of '\(name)' is too large") }
                needed = product
            }
            guard stated.offsets.count == 2, stated.offsets[0] >= 0,
                stated.offsets[0] <= stated.offsets[1], stated.offsets[1] <= size - start
            else { throw malformed("the bytes of '\(name)' are not in the file") }
            guard stated.offsets[1] - stated.offsets[0] == needed else {
                throw malformed(
                    "'\(name)' has \(stated.offsets[1] - stated.offsets[0]) bytes, "
                        + "its type and shape need \(needed)"
                )
            }
            entries.append(
                TensorEntry(
                    array: name,
                    type,
                    shape: stated.shape,
                    offset: start + stated.offsets[0],
                    byteCount: needed
                )
            )
        }
        var end = Int64(start)
        for entry in entries.sorted(by: { ($0.offset, $0.byteCount) < ($1.offset, $1.byteCount) }) {
            guard entry.offset == end else {
                throw malformed(
                    "'\(entry.name)' begins at byte \(entry.offset), expected \(end)"
                )
            }
            end += entry.byteCount
        }
        guard end == Int64(size) else {
            throw malformed("\(Int64(size) - end) bytes belong to no array", at: Int(end))
        }
        tensors = entries.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        metadata = texts
        self.file = file
        positions = Dictionary(
            tensors.enumerated().map { ($0.element.name, $0.offset) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// The entry of an array, if there is one.
    public func tensor(named name: String) -> TensorEntry? { positions[name].map { tensors[$0] } }

    /// The bytes of an array, little-endian, in row-major order; they have no checksum.
    ///
    /// - Throws: `CheckpointError`.
    public func bytes(
        of tensor: TensorEntry,
        verifies: Bool
    ) throws(CheckpointError) -> StoredBytes {
        let start = Int(tensor.offset)
        return try unsafe StoredBytes(
            file.buffer(start..<(start + Int(tensor.byteCount))),
            owner: file
        )
    }

    /// Nothing: the format has no strings.
    ///
    /// - Throws: `CheckpointError.malformedEntry`.
    public func strings(of tensor: TensorEntry) throws(CheckpointError) -> [[UInt8]] {
        throw .malformedEntry(
            path: file.path,
            tensor: tensor.name,
            reason: "\(tensor.dataType.name) elements are not strings"
        )
    }
}
