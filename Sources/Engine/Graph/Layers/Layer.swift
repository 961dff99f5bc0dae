/// What one kind of arithmetic in a network is: its attributes, its parameters and its shape rule.
///
/// How it runs is said in Execution, how it learns in Training, each in a file of the layer's own.
package protocol Layer: Sendable {
    /// What the layer is called in profiles and drawings.
    var kind: String { get }

    /// The layer as one of those that there are.
    var operation: Node.Operation { get }

    /// How many inputs it takes.
    var inputCount: Int { get }

    /// The parameters that it owns, in the order of creation.
    var parameterShapes: [(role: ParameterRole, shape: [Int])] { get }

    /// The shape of the output, without the batch.
    ///
    /// - Precondition: as many inputs as it takes.
    /// - Throws: ``GraphError`` for attributes that make no sense, and inputs that do not fit.
    func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape
}

extension Layer {
    package var inputCount: Int { 1 }

    package var parameterShapes: [(role: ParameterRole, shape: [Int])] { [] }
}

/// A layer that can end in a relu of its own.
package protocol Rectifiable: Layer {
    /// Whether negative results become zero.
    var isRectified: Bool { get set }
}
