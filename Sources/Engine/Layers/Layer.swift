/// One kind of arithmetic in a network: its attributes, its shape rule, and how it runs.
///
/// Each layer has a file of its own, where its gradient will stand beside its forward code.
package protocol Layer: Sendable {
    /// What the layer is called in profiles and drawings.
    static var kind: String { get }

    /// The parameters that it owns, in the order of creation.
    var parameterShapes: [(role: ParameterRole, shape: [Int])] { get }

    /// The shape of the output, without the batch.
    func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape

    /// The type in which the layer wants an input, or nil if it takes what comes.
    ///
    /// `output` is the type that the layer's own output is wanted in.
    func inputType(at index: Int, output: ElementType, math: MathMode) -> ElementType?

    /// Appends the steps that compute the layer, and returns where its output will lie.
    func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation
}

extension Layer {
    package var parameterShapes: [(role: ParameterRole, shape: [Int])] { [] }

    package func inputType(at index: Int, output: ElementType, math: MathMode) -> ElementType? {
        nil
    }
}
