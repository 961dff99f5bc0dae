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
