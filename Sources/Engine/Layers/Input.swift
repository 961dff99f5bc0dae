/// The pictures, planar, with the means subtracted.
package struct Input: Layer {
    package static let kind = "input"
    let shape: FeatureShape

    package init(shape: FeatureShape) {
        self.shape = shape
    }

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape {
        shape
    }

    package func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        planner.makeActivation(output, .planar, .float32)
    }
}

extension Input: TrainableLayer {
    func planTraining(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: TrainingPlanner
    ) throws(EngineError) -> Tape {
        let result = try plan(node, inputs: inputs, output: output, in: planner.planner)
        return Tape(output: result) { _, _ in [] }
    }
}
