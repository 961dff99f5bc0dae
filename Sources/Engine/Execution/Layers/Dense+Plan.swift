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
            hasBias: hasBias || !scalings.isEmpty,
            isRectified: isRectified,
            operations: Planner.product(2, planner.batch, self.inputs, outputs)
        ) { () throws(EngineError) in
            try FoldedKernel(
                of: node.name,
                [self.inputs, outputs],
                hasBias: hasBias,
                scalings,
                weights: planner.weights
            )
        }
    }
}
