internal import CKernels

/// Negative values become zero.
package struct Relu: Layer {
    package static let kind = "relu"

    package init() {}

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
        let type = inputs[0].type
        return unsafe planner.appendElementwise(node, inputs[0], to: type) {
            source,
            target,
            count in
            unsafe kernel_relu(source, target, type.kernel, count)
        }
    }
}

extension Relu: TrainableLayer {
    func planTraining(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: TrainingPlanner
    ) throws(EngineError) -> Tape {
        let result = try plan(node, inputs: inputs, output: output, in: planner.planner)
        return Tape(output: result) { gradient, wanted throws(EngineError) in
            guard wanted[0] else { return [nil] }
            return [.whole(try gradient.sum(rectifiedBy: result))]
        }
    }
}
