public import Checkpoint
internal import Proto

/// An npz file; arrays that are not compressed stay where they are mapped.
public struct NPZReader: TensorSource {
    /// The arrays, sorted by their names' bytes.
    public let tensors: [TensorEntry]
    private let file: MappedFile
    private let members: [String: Member]
    private let positions: [String: Int]

    private struct Member: Sendable {
        let isCompressed: Bool
        let checksum: UInt32
        /// The whole `.npy` file, which may be compressed.
        let range: Range<Int>
        /// Where the elements begin in it, decompressed.
        let header: Int
        let byteCount: Int
    }

    /// Maps a file and reads its directory and the head of every array.
    ///
    /// - Throws: ``FormatError/malformedFile(path:offset:reason:)`` or ``FormatError/checkpoint(_:)``.
    public init(path: String) throws(FormatError) {
        let file = try wrapping { () throws(CheckpointError) in try MappedFile(path: path) }
        var found: [(TensorEntry, Member)] = []
        var wrong: FormatError?
        try wrapping { () throws(CheckpointError) in
            try file.withBytes { bytes throws(CheckpointError) in
                do throws(ZipDirectory.Fault) {
                    for member in try ZipDirectory(bytes).members {
                        found.append(try Self.array(member, bytes))
                    }
                } catch {
                    wrong = .malformedFile(path: path, offset: error.offset, reason: error.reason)
                }
            }
        }
        if let wrong { throw wrong }
        found.sort { $0.0.key.lexicographicallyPrecedes($1.0.key) }
        for (one, next) in zip(found, found.dropFirst()) where one.0.key == next.0.key {
            throw .malformedFile(
                path: path,
                offset: next.1.range.lowerBound,
                reason: "'\(next.0.name)' is there twice"
            )
        }
        self.file = file
        tensors = found.map(\.0)
        members = Dictionary(found.map { ($0.0.name, $0.1) }) { first, _ in first }
        positions = Dictionary(found.enumerated().map { ($1.0.name, $0) }) { first, _ in first }
    }

    /// Reads the head of a member.
    private static func array(
        _ member: ZipDirectory.Member,
        _ bytes: RawSpan
    ) throws(ZipDirectory.Fault) -> (TensorEntry, Member) {
        let name = String(decoding: member.name, as: UTF8.self)
        func fault(_ reason: String) -> ZipDirectory.Fault {
            ZipDirectory.Fault(offset: member.range.lowerBound, reason: "'\(name)' \(reason)")
        }
        guard name.hasSuffix(".npy") else { throw fault("is no array") }
        let content = bytes.extracting(member.range)
        guard
            member.byteCount / DeflatedBytes.largestRatio <= content.byteCount
        else { throw fault("states more bytes than it can have") }
        let limit = min(member.byteCount, NPYHeader.limit + NPYHeader.prefixByteCount)
        var head: [UInt8]?
        if member.isCompressed {
            head = DeflatedBytes.prefix(content, limit)
        } else {
            head = unsafe content.extracting(0..<limit).withUnsafeBytes { unsafe [UInt8]($0) }
        }
        guard let head, head.count == limit else { throw fault("is damaged") }
        let fields: NPYDictionary.Fields
        let start: Int
        do throws(FormatError) {
            start = try NPYHeader.byteCount(head.span)
            fields = try NPYHeader.fields(head.span)
        } catch {
            throw fault("is no array: \(error)")
        }
        guard let type = NPZType.type(of: fields.descriptor), let width = type.byteCount else {
            throw fault("has elements of the type '\(fields.descriptor)', which is not read")
        }
        guard !fields.isColumnOrder || fields.shape.count < 2 else {
            throw fault("is in Fortran order (numpy.ascontiguousarray makes it C order)")
        }
        var needed = width
        for extent in fields.shape {
            let (product, overflow) = needed.multipliedReportingOverflow(by: extent)
            guard !overflow, extent >= 0 else { throw fault("has the shape \(fields.shape)") }
            needed = product
        }
        guard needed == member.byteCount - start else {
            throw fault("has \(member.byteCount - start) bytes, its shape needs \(needed)")
        }
        let entry = TensorEntry(
            array: String(name.dropLast(4)),
            type,
            shape: fields.shape,
            offset: member.range.lowerBound + (member.isCompressed ? 0 : start),
            byteCount: needed
        )
        let place = Member(
            isCompressed: member.isCompressed,
            checksum: member.checksum,
            range: member.range,
            header: start,
            byteCount: needed
        )
        return (entry, place)
    }

    /// The entry of an array, if there is one.
    public func tensor(named name: String) -> TensorEntry? { positions[name].map { tensors[$0] } }

    /// The bytes of an array, little-endian, in row-major order.
    ///
    /// - Throws: `CheckpointError`.
    public func bytes(
        of tensor: TensorEntry,
        verifies: Bool
    ) throws(CheckpointError) -> StoredBytes {
        guard let member = members[tensor.name] else {
            throw .malformedEntry(path: file.path, tensor: tensor.name, reason: "it is not there")
        }
        let stored = try unsafe file.buffer(member.range)
        let end = member.header + member.byteCount
        guard member.isCompressed else {
            if verifies { try check(unsafe CRC32.checksum(stored.bytes), member, tensor) }
            return try unsafe StoredBytes(
                file.buffer(
                    (member.range.lowerBound + member.header)..<(member.range.lowerBound + end)
                ),
                owner: file
            )
        }
        guard let bytes = unsafe DeflatedBytes.prefix(stored.bytes, end), bytes.count == end else {
            throw .malformedEntry(path: file.path, tensor: tensor.name, reason: "it is damaged")
        }
        if verifies { try check(unsafe CRC32.checksum(bytes.span.bytes), member, tensor) }
        return StoredBytes(Array(bytes[member.header...]))
    }

    private func check(
        _ computed: UInt32,
        _ member: Member,
        _ tensor: TensorEntry
    ) throws(CheckpointError) {
        guard computed == member.checksum else {
            throw .malformedEntry(
                path: file.path,
                tensor: tensor.name,
                reason: "its bytes do not match their checksum"
            )
        }
    }

    /// Nothing: arrays of strings are not read.
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
