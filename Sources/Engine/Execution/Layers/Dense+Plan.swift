extension Dense: ExecutableLayer {
    func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        try planner.appendMatrixProduct(
            node,
            planner.matrix(inputs[0], for: node),
            outputs: outputs,
            hasBias: hasBias,
            operations: Planner.product(2, planner.batch, self.inputs, outputs)
        ) { () throws(EngineError) in
            func values(_ role: ParameterRole, _ shape: [Int]) throws(EngineError) -> WeightTensor {
                try planner.weights.tensor(ParameterKey(node: node.name, role: role), shape: shape)
            }
            return FoldedKernel(
                kernel: try values(.kernel, [self.inputs, outputs]),
                bias: try hasBias ? values(.bias, [outputs]) : nil
            )
        }
    }
}
