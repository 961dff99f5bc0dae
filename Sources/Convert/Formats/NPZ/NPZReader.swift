public import Checkpoint
internal import Proto

/// An npz file; arrays that are not compressed stay where they are mapped.
public struct NPZReader: TensorSource {
    /// The arrays, sorted by their names' bytes.
    public let tensors: [TensorEntry]
    private let file: MappedFile
    /// Members that are no arrays, or whose elements are of a type that is not read.
    public let unread: [UnreadArray]
    private let members: [Member]
    private let positions: [[UInt8]: Int]

    private struct Member: Sendable {
        let isCompressed: Bool
        let checksum: UInt32
        /// The whole `.npy` file, which may be compressed.
        let range: Range<Int>
        /// Where the elements begin in it, decompressed.
        let header: Int
        let byteCount: Int
        /// How the elements lie.
        let arrangement: ArrayArrangement
    }

    /// Maps a file and reads its directory and the head of every array.
    ///
    /// - Throws: ``FormatError/malformedFile(path:offset:reason:)`` or ``FormatError/checkpoint(_:)``.
    public init(path: String) throws(FormatError) {
        let file = try wrapping { () throws(CheckpointError) in try MappedFile(path: path) }
        var found: [(entry: TensorEntry, member: Member)] = []
        var unread: [UnreadArray] = []
        var wrong: FormatError?
        try wrapping { () throws(CheckpointError) in
            try file.withBytes { bytes throws(CheckpointError) in
                do throws(ZipDirectory.Fault) {
                    for member in try ZipDirectory(bytes).members {
                        do throws(Unreadable) {
                            found.append(try Self.array(member, bytes))
                        } catch {
                            unread.append(
                                UnreadArray(
                                    key: Self.key(member.name) ?? member.name,
                                    reason: error.reason,
                                    isDamaged: error.isDamaged
                                )
                            )
                        }
                    }
                } catch {
                    wrong = .malformedFile(path: path, offset: error.offset, reason: error.reason)
                }
            }
        }
        if let wrong { throw wrong }
        found.sort { $0.entry.key.lexicographicallyPrecedes($1.entry.key) }
        for (one, next) in zip(found, found.dropFirst()) where one.entry.key == next.entry.key {
            throw .malformedFile(
                path: path,
                offset: next.member.range.lowerBound,
                reason: "'\(printableName(next.entry.key))' is there twice"
            )
        }
        if found.isEmpty, let first = unread.first {
            let reason =
                "there is no array that can be read: '\(first.name)' \(first.reason)"
            throw first.isDamaged
                ? .malformedFile(path: path, offset: 0, reason: reason)
                : .unknownFile(path: path, reason: reason)
        }
        self.file = file
        self.unread = unread
        tensors = found.map(\.entry)
        members = found.map(\.member)
        positions = Dictionary(uniqueKeysWithValues: tensors.enumerated().map { ($1.key, $0) })
    }

    /// Why a member cannot be read.
    private struct Unreadable: Error {
        let reason: String
        var isDamaged = true
    }

    /// The name of the array in a file of this name; nil for a file of another kind.
    private static func key(_ name: [UInt8]) -> [UInt8]? {
        let ending = Array(".npy".utf8)
        return name.count > ending.count && name.suffix(ending.count).elementsEqual(ending)
            ? Array(name.dropLast(ending.count)) : nil
    }

    /// Reads the head of a member.
    private static func array(
        _ member: ZipDirectory.Member,
        _ bytes: RawSpan
    ) throws(Unreadable) -> (entry: TensorEntry, member: Member) {
        guard let key = key(member.name) else {
            throw Unreadable(reason: "is no array", isDamaged: false)
        }
        func fault(_ reason: String) -> Unreadable { Unreadable(reason: reason) }
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
            if case .unsupportedType(let type) = error {
                throw Unreadable(
                    reason: "has elements of the type \(type), which is not read",
                    isDamaged: false
                )
            }
            throw fault("is no array: \(error)")
        }
        guard let (type, isSwapped) = NPZType.type(of: fields.descriptor),
            let width = type.byteCount
        else {
            throw Unreadable(
                reason: "has elements of the type '\(fields.descriptor.printable)', "
                    + "which is not read",
                isDamaged: false
            )
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
            array: key,
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
            byteCount: needed,
            arrangement: ArrayArrangement(
                isColumnOrder: fields.isColumnOrder,
                swapWidth: isSwapped ? type.swapWidth : 1
            )
        )
        return (entry, place)
    }

    /// The bytes of an array, little-endian, in row-major order.
    ///
    /// - Throws: `CheckpointError`.
    public func bytes(
        of tensor: TensorEntry,
        verifies: Bool
    ) throws(CheckpointError) -> StoredBytes {
        guard let member = positions[tensor.key].map({ members[$0] }) else {
            throw .malformedEntry(path: file.path, tensor: tensor.name, reason: "it is not there")
        }
        let stored = try storedBytes(of: tensor, member, verifies: verifies)
        return member.arrangement.rowMajor(stored, of: tensor)
    }

    /// The elements as they lie in the member, decompressed.
    private func storedBytes(
        of tensor: TensorEntry,
        _ member: Member,
        verifies: Bool
    ) throws(CheckpointError) -> StoredBytes {
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
}
