extension Dense: TrainableLayer {
    func planTraining(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: TrainingPlanner
    ) throws(EngineError) -> Tape {
        try planner.planMatrixProduct(
            node,
            inputs[0],
            outputs: outputs,
            kernel: planner.parameter(node.name, .kernel),
            bias: hasBias ? planner.parameter(node.name, .bias) : nil,
            isRectified: isRectified
        )
    }
}
