public import Networks
internal import Checkpoint

/// The tensors of a plan under the names that it gives them, their elements as they are stored.
struct RenamedSource: TensorSource {
    let tensors: [TensorEntry]
    private let source: any TensorSource
    private let originals: [[UInt8]: TensorEntry]

    init(_ plan: ConversionPlan, of source: any TensorSource) {
        var originals: [[UInt8]: TensorEntry] = [:]
        for item in plan.items { originals[Array(item.name.utf8)] = item.source }
        self.originals = originals
        self.source = source
        tensors = originals.map { key, entry in entry.named(key) }
            .sorted { $0.key.lexicographicallyPrecedes($1.key) }
    }

    private func original(_ tensor: TensorEntry) -> TensorEntry {
        originals[tensor.key] ?? tensor
    }

    func bytes(of tensor: TensorEntry, verifies: Bool) throws(CheckpointError) -> StoredBytes {
        try source.bytes(of: original(tensor), verifies: verifies)
    }

    func strings(of tensor: TensorEntry) throws(CheckpointError) -> [[UInt8]] {
        try source.strings(of: original(tensor))
    }
}

extension WeightFile {
    /// The file with its tensors chosen and renamed as a request says, and PyTorch's names recognised among the new ones.
    ///
    /// - Returns: The file, and what became of each of its tensors.
    /// - Throws: ``ConversionError``, as ``ConversionPlan`` does.
    public func renamed(
        _ request: ConversionRequest
    ) throws(ConversionError) -> (file: WeightFile, plan: ConversionPlan) {
        var names = ConversionRequest()
        names.only = request.only
        names.exclude = request.exclude
        names.renames = request.renames
        let plan = try ConversionPlan(self, names)
        return (replacing(RenamedSource(plan, of: tensors)), plan)
    }
}
