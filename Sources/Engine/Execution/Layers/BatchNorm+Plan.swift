extension BatchNorm: ExecutableLayer, ChannelAffine {
    func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        try planAffine(node, inputs[0], isRectified: isRectified, in: planner)
    }

    /// What the moving statistics amount to.
    package func affine(
        of node: String,
        _ weights: Weights
    ) throws(EngineError) -> (scale: [Double], offset: [Double]) {
        func values(_ role: ParameterRole) throws(EngineError) -> [Float] {
            try weights.tensor(ParameterKey(node: node, role: role), shape: [channels]).values
        }
        let gamma = try values(.gamma)
        let beta = try values(.beta)
        let mean = try values(.movingMean)
        let variance = try values(.movingVariance)
        let scale = (0..<channels).map {
            Double(gamma[$0]) / (Double(variance[$0]) + epsilon).squareRoot()
        }
        let offset = (0..<channels).map { Double(beta[$0]) - Double(mean[$0]) * scale[$0] }
        return (scale, offset)
    }
}
