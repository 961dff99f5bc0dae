extension Dense: TrainableLayer {
    func planTraining(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: TrainingPlanner
    ) throws(EngineError) -> Tape {
        guard inputs[0].isMatrix else {
            throw .graph(
                .untrainable(node: node.name, reason: "its input is a picture of one pixel")
            )
        }
        return try planner.planMatrixProduct(
            node,
            inputs[0],
            outputs: outputs,
            kernel: planner.parameter(node.name, .kernel),
            bias: hasBias ? planner.parameter(node.name, .bias) : nil,
            isRectified: false
        )
    }
}
