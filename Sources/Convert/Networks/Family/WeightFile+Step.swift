public import Checkpoint
internal import Proto

extension WeightFile {
    /// What the counter of the training's steps stands at; nil where there is none.
    ///
    /// - Throws: `CheckpointError` if it cannot be read.
    public func step() throws(CheckpointError) -> Int64? {
        guard let entry = tensors.tensor(named: VariableNames.globalStep),
            entry.dataType == .int64, entry.shape.isEmpty
        else { return nil }
        let bytes = try tensors.bytes(of: entry, verifies: true)
        return unsafe Int64(littleEndian: bytes.buffer.loadUnaligned(as: Int64.self))
    }
}
