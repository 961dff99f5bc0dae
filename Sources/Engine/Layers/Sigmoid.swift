internal import CKernels

/// 1 / (1 + exp(-x)), of vectors.
package struct Sigmoid: Layer {
    package static let kind = "sigmoid"

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape {
        inputs[0]
    }

    package func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        precondition(inputs[0].isMatrix, "\(node.name): blocks would be filled up with halves")
        return unsafe planner.appendElementwise(node, inputs[0], to: .float32) {
            source,
            target,
            count in
            unsafe kernel_sigmoid(
                source.assumingMemoryBound(to: Float.self),
                target.assumingMemoryBound(to: Float.self),
                count
            )
        }
    }
}
