/// Which algorithm was measured to be the fastest for which layer on this machine.
///
/// Keys hold the layer's geometry, batch, element types and threads; whoever keeps the table on disk keeps one for each
/// processor and library version.
public final class AlgorithmTable {
    /// The fastest algorithm by layer.
    public private(set) var entries: [String: String]
    /// Whether layers that are not in the table are measured; else the preferred algorithm is taken.
    public let measures: Bool

    /// A table of earlier measurements.
    public init(entries: [String: String] = [:], measures: Bool) {
        self.entries = entries
        self.measures = measures
    }

    /// The fastest of several ways to compute a layer.
    func fastest(
        for key: String,
        of candidates: [(algorithm: ConvolutionAlgorithm, primitive: PrimitiveDescriptor)],
        on processor: Processor
    ) throws(EngineError) -> (algorithm: ConvolutionAlgorithm, primitive: PrimitiveDescriptor) {
        if let known = candidates.first(where: { $0.algorithm.rawValue == entries[key] }) {
            return known
        }
        guard measures else { return candidates[0] }
        var best = (index: 0, duration: Duration.seconds(Int.max))
        for (index, candidate) in candidates.enumerated() {
            let duration = try wrapped { () throws(OneDNNError) in
                try candidate.primitive.measure(on: processor)
            }
            if duration < best.duration { best = (index, duration) }
        }
        entries[key] = candidates[best.index].algorithm.rawValue
        return candidates[best.index]
    }
}
