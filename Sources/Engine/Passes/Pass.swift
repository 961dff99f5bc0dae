/// A rewriting of a graph that leaves its results what they are, up to rounding.
public struct Pass: Sendable {
    /// What `--disable-pass` calls it.
    public let name: String
    /// What it does, in one sentence.
    public let summary: String
    package let apply: @Sendable (inout Graph) -> Void

    /// All passes, in the order in which they are applied.
    public static let all: [Pass] = [
        .recognizeFunctions, .mergeEqual, .recognizeSums, .foldPadding, .foldBatchNorm,
        .foldScaling,
        .fuseResidual, .fuseRelu, .fuseFunction, .fusePreparation,
        .fuseGate,
    ]

    /// The graph after the pass.
    package func applied(to graph: Graph) -> Graph {
        var result = graph
        apply(&result)
        return result
    }
}
