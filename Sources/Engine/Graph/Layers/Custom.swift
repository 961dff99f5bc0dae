/// Arithmetic that is given from outside: what a graph has and no layer computes.
///
/// Takes and gives float32 with channels last, whatever the neighbours want.
package struct Custom: Layer {
    /// Computes a batch: for each input its values, `[batch, height, width, channel]`, to those of the output.
    ///
    /// What it throws becomes ``EngineError/custom(node:reason:)``.
    package typealias Compute = @Sendable (_ inputs: [[Float]], _ batch: Int) throws -> [Float]

    package let kind = "custom"
    package let inputCount: Int
    /// The shape of the output.
    package let output: FeatureShape
    /// What it computes, in words: two that are equal compute the same.
    package let identity: String
    let compute: Compute

    package init(
        inputCount: Int,
        output: FeatureShape,
        identity: String,
        _ compute: @escaping Compute
    ) {
        self.inputCount = inputCount
        self.output = output
        self.identity = identity
        self.compute = compute
    }

    package var operation: Node.Operation { .custom(self) }

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape { output }
}

extension Custom: CustomStringConvertible {
    package var description: String { "custom \(identity) -> \(output)" }
}
