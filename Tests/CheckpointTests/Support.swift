import Checkpoint
import Foundation
import Proto
import TestSupport

extension BundleWriter {
    /// Adds a tensor of these values.
    func add(
        _ name: String,
        _ type: DataType,
        shape: [Int],
        values: [some BitwiseCopyable],
        shard: Int = 0
    ) throws(CheckpointError) {
        try add(name, type, shape: shape, bytes: unsafe values.span.bytes, shard: shard)
    }
}

/// Compresses bytes with the system's own tool.
enum Compressed {
    static func gzip(_ bytes: [UInt8], in folder: TemporaryFolder) throws -> [UInt8] {
        let path = try folder.write(bytes, to: "plain")
        let tool = Process()
        tool.executableURL = URL(filePath: "/usr/bin/env")
        tool.arguments = ["gzip", path]
        try tool.run()
        tool.waitUntilExit()
        return try folder.bytes("plain.gz")
    }
}
