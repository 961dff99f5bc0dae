extension DropBlock: ExecutableLayer {
    func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        guard isRectified else { return inputs[0] }
        return try Nonlinearity(.relu).plan(node, inputs: inputs, output: output, in: planner)
    }
}
