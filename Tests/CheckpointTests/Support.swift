import Checkpoint
import Proto

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
