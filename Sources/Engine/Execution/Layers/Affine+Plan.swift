extension Affine: ExecutableLayer, ChannelAffine {
    func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        try planAffine(node, inputs[0], isRectified: isRectified, in: planner)
    }

    package func affine(
        of node: String,
        _ weights: Weights
    ) throws(EngineError) -> (scale: [Double], offset: [Double]) {
        func values(
            _ role: ParameterRole,
            _ isThere: Bool,
            _ usual: Double
        ) throws(EngineError) -> [Double] {
            guard isThere else { return [Double](repeating: usual, count: channels) }
            let key = ParameterKey(node: node, role: role)
            return try weights.tensor(key, shape: [channels]).values.map { Double($0) }
        }
        return (try values(.scale, hasScale, 1), try values(.shift, hasShift, 0))
    }
}
