public import Checkpoint
internal import Formats
internal import Proto

/// Writes an npz file: a zip file of `.npy` files, as `numpy.load` reads it.
///
/// The members are stored as they are, and their elements begin at multiples of 64 bytes, so that they can be mapped. The
/// same tensors give the same bytes. The file appears under its name when it is whole.
public enum NPZWriter {
    private static let alignment = 64

    /// A member that has been written.
    private struct Member {
        let name: [UInt8]
        let checksum: UInt32
        let byteCount: UInt64
        let offset: UInt64
    }

    /// Writes the tensors of a plan, one after the other.
    ///
    /// - Throws: ``ConversionError``; tensors that NumPy cannot hold are listed.
    public static func write(
        _ plan: ConversionPlan,
        from source: any TensorSource,
        to path: String,
        replacing isReplacing: Bool
    ) throws(ConversionError) {
        try plan.check("npz") { item in
            guard item.name.utf8.count + 4 < 1 << 16 else { return "the name is too long" }
            return NPZType.descriptor(of: item.dataType) == nil
                ? "\(item.dataType.name) elements" : nil
        }
        do {
            var file = try OutputFile(path, replacing: isReplacing)
            var members: [Member] = []
            var offset = 0
            for item in plan.items {
                let bytes = try source.bytes(for: item)
                let start = NPYHeader.bytes(
                    descriptor: NPZType.descriptor(of: item.dataType) ?? "",
                    shape: item.shape
                )
                let checksum = unsafe CRC32.checksum(
                    bytes.buffer.bytes,
                    continuing: CRC32.checksum(start.span.bytes)
                )
                let member = Member(
                    name: Array("\(item.name).npy".utf8),
                    checksum: checksum,
                    byteCount: UInt64(start.count + bytes.count),
                    offset: UInt64(offset)
                )
                let header = local(member)
                try unsafe file.write(header.span.bytes)
                try unsafe file.write(start.span.bytes)
                try unsafe file.write(bytes.buffer.bytes)
                try bytes.checkIntact()
                bytes.release()
                offset += header.count + start.count + bytes.count
                members.append(member)
            }
            let end = directory(members, at: UInt64(offset))
            try unsafe file.write(end.span.bytes)
            try file.commit()
        } catch let error as FormatError {
            throw .unwritable(path: path, reason: error.description)
        } catch let error as CheckpointError {
            throw .checkpoint(error)
        } catch let error as ConversionError {
            throw error
        } catch {
            throw .unwritable(path: path, reason: "\(error)")
        }
    }

    /// A member's header, long enough to put what follows at a multiple of the alignment.
    private static func local(_ member: Member) -> [UInt8] {
        let isWide = member.byteCount >= ZipBytes.wide32
        var extra: [UInt8] = []
        if isWide {
            extra.append(littleEndian: ZipBytes.wideExtra)
            extra.append(littleEndian: UInt16(16))
            extra.append(littleEndian: member.byteCount)
            extra.append(littleEndian: member.byteCount)
        }
        let end = Int(member.offset) + ZipBytes.localSize + member.name.count + extra.count + 4
        let padding = (alignment - end % alignment) % alignment
        extra.append(littleEndian: ZipBytes.paddingExtra)
        extra.append(littleEndian: UInt16(padding))
        extra += [UInt8](repeating: 0, count: padding)

        var bytes: [UInt8] = []
        bytes.append(littleEndian: ZipBytes.localSignature)
        appendCommon(member, extra.count, isWide, to: &bytes)
        return bytes + member.name + extra
    }

    /// What a local header and an entry of the directory have in common.
    private static func appendCommon(
        _ member: Member,
        _ extraCount: Int,
        _ isWide: Bool,
        to bytes: inout [UInt8]
    ) {
        bytes.append(littleEndian: UInt16(isWide ? 45 : 20))
        bytes.append(littleEndian: ZipBytes.textFlag)
        // Stored; midnight of the first day that zip knows.
        bytes.append(littleEndian: UInt16(0))
        bytes.append(littleEndian: UInt16(0))
        bytes.append(littleEndian: UInt16(1 << 5 | 1))
        bytes.append(littleEndian: member.checksum)
        let size = UInt32(truncatingIfNeeded: min(member.byteCount, ZipBytes.wide32))
        bytes.append(littleEndian: size)
        bytes.append(littleEndian: size)
        bytes.append(littleEndian: UInt16(member.name.count))
        bytes.append(littleEndian: UInt16(extraCount))
    }

    /// The directory and the end of the file.
    private static func directory(_ members: [Member], at start: UInt64) -> [UInt8] {
        var bytes: [UInt8] = []
        for member in members {
            let isLarge = member.byteCount >= ZipBytes.wide32
            let isFar = member.offset >= ZipBytes.wide32
            var extra: [UInt8] = []
            if isLarge || isFar {
                extra.append(littleEndian: ZipBytes.wideExtra)
                extra.append(littleEndian: UInt16((isLarge ? 16 : 0) + (isFar ? 8 : 0)))
                if isLarge {
                    extra.append(littleEndian: member.byteCount)
                    extra.append(littleEndian: member.byteCount)
                }
                if isFar { extra.append(littleEndian: member.offset) }
            }
            bytes.append(littleEndian: ZipBytes.entrySignature)
            bytes.append(littleEndian: UInt16(45))
            appendCommon(member, extra.count, isLarge || isFar, to: &bytes)
            // No comment, first disk, no attributes.
            for _ in 0..<3 { bytes.append(littleEndian: UInt16(0)) }
            bytes.append(littleEndian: UInt32(0))
            bytes.append(
                littleEndian: UInt32(truncatingIfNeeded: min(member.offset, ZipBytes.wide32))
            )
            bytes += member.name
            bytes += extra
        }
        let size = UInt64(bytes.count)
        let count = UInt64(members.count)
        if count >= ZipBytes.wide16 || start >= ZipBytes.wide32 || size >= ZipBytes.wide32 {
            appendWideEnd(count, size, start, to: &bytes)
        }
        bytes.append(littleEndian: ZipBytes.endSignature)
        bytes.append(littleEndian: UInt32(0))
        for _ in 0..<2 {
            bytes.append(littleEndian: UInt16(truncatingIfNeeded: min(count, ZipBytes.wide16)))
        }
        bytes.append(littleEndian: UInt32(truncatingIfNeeded: min(size, ZipBytes.wide32)))
        bytes.append(littleEndian: UInt32(truncatingIfNeeded: min(start, ZipBytes.wide32)))
        bytes.append(littleEndian: UInt16(0))
        return bytes
    }

    private static func appendWideEnd(
        _ count: UInt64,
        _ size: UInt64,
        _ start: UInt64,
        to bytes: inout [UInt8]
    ) {
        bytes.append(littleEndian: ZipBytes.wideEndSignature)
        bytes.append(littleEndian: UInt64(ZipBytes.wideEndSize - 12))
        bytes.append(littleEndian: UInt16(45))
        bytes.append(littleEndian: UInt16(45))
        bytes.append(littleEndian: UInt64(0))
        bytes.append(littleEndian: count)
        bytes.append(littleEndian: count)
        bytes.append(littleEndian: size)
        bytes.append(littleEndian: start)
        bytes.append(littleEndian: ZipBytes.locatorSignature)
        bytes.append(littleEndian: UInt32(0))
        bytes.append(littleEndian: start + size)
        bytes.append(littleEndian: UInt32(1))
    }
}
