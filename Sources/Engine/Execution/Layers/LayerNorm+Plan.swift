internal import Base
internal import CKernels

extension LayerNorm: ExecutableLayer {
    func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        let input = try planner.plain(inputs[0], for: node)
        let result = planner.makePlain(output, for: node)
        func parameter(_ role: ParameterRole, _ isThere: Bool) throws(EngineError) -> Storage? {
            guard isThere else { return nil }
            return try planner.preparedVector(node.name, role.rawValue, count: channels) {
                () throws(EngineError) in
                let key = ParameterKey(node: node.name, role: role)
                return try planner.weights.tensor(key, shape: [channels]).values
            }
        }
        let gamma = try parameter(.gamma, hasScale)
        let beta = try parameter(.beta, hasShift)
        let epsilon = Float(epsilon)
        unsafe planner.appendPixels(
            node,
            operations: 6 * planner.batch * output.count,
            from: input,
            to: result,
            pixels: output.area,
            rowCount: channels
        ) { source, target, pixels, row in
            unsafe kernel_layer_norm(
                source,
                target,
                pixels.lowerBound,
                pixels.count,
                gamma?.floats.baseAddress,
                beta?.floats.baseAddress,
                epsilon,
                row
            )
        }
        return result
    }
}
