import Checkpoint
import Proto
import TestSupport

/// A checkpoint with what arithmetic or a careless writer would change.
enum OddNumbers {
    /// Writes it: NaNs with payloads, -0.0, denormals and infinity, no elements, a scalar, truths.
    ///
    /// - Parameters:
    ///   - folder: Where it goes.
    ///   - name: The name of the floats.
    ///   - scalar: The name and the two-byte type of the scalar.
    /// - Returns: A reader of it.
    /// - Throws: `CheckpointError`.
    static func checkpoint(
        in folder: TemporaryFolder,
        floats name: String,
        scalar: (name: String, type: DataType)
    ) throws -> BundleReader {
        let words: [UInt32] = [0x7FC0_1234, 0xFFA0_0001, 0x8000_0000, 1, 0x807F_FFFF, 0x7F80_0000]
        let bytes = words.flatMap { word in
            (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * UInt32($0))) }
        }
        let none: [UInt8] = []
        let short: [UInt8] = [7, 1]
        let truths: [UInt8] = [1, 0, 1]
        let writer = try BundleWriter(prefix: folder.path("a"))
        try unsafe writer.add("empty", .int64, shape: [0, 5], bytes: none.span.bytes)
        try unsafe writer.add(scalar.name, scalar.type, shape: [], bytes: short.span.bytes)
        try unsafe writer.add(name, .float32, shape: [2, 3], bytes: bytes.span.bytes)
        try unsafe writer.add("z", .bool, shape: [3], bytes: truths.span.bytes)
        try writer.finish()
        return try BundleReader(prefix: folder.path("a"))
    }
}
