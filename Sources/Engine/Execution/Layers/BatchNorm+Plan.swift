internal import Base
internal import CKernels

extension BatchNorm: ExecutableLayer {
    func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        let input =
            inputs[0].isMatrix ? inputs[0] : try planner.blocked(inputs[0], for: node)
        let result = planner.makeActivation(
            output,
            input.layout,
            input.isMatrix ? .float32 : planner.outputType(of: node)
        )
        let isRectified = isRectified
        let block = Processor.blockSize
        var made: (scale: [Double], offset: [Double])?
        func values(
            _ part: KeyPath<(scale: [Double], offset: [Double]), [Double]>
        ) throws(EngineError) -> [Float] {
            let affine: (scale: [Double], offset: [Double])
            if let made {
                affine = made
            } else {
                affine = try self.affine(of: node.name, planner.weights)
                made = affine
            }
            let padding = [Float](repeating: 0, count: input.storedChannels - channels)
            return affine[keyPath: part].map { Float($0) } + padding
        }
        let count = input.storedChannels
        let scale = try planner.preparedVector(node.name, "scale", count: count) {
            () throws(EngineError) in try values(\.scale)
        }
        let offset = try planner.preparedVector(node.name, "offset", count: count) {
            () throws(EngineError) in try values(\.offset)
        }
        let operations = 2 * planner.batch * output.count
        if input.isMatrix {
            let channels = channels
            planner.appendPlanes(
                node,
                operations: operations,
                reads: [input],
                writes: result,
                planes: planner.batch
            ) { arena in
                let source = unsafe arena.values(of: input)
                let target = unsafe arena.values(of: result)
                return { row in
                    for channel in 0..<channels {
                        let index = row * channels + channel
                        let value =
                            unsafe source[index] * scale.floats[channel]
                            + offset.floats[channel]
                        unsafe target[index] = isRectified && value < 0 ? 0 : value
                    }
                }
            }
            return result
        }
        let area = output.area
        unsafe planner.appendPlanes(node, operations: operations, from: input, to: result) {
            source,
            target,
            plane in
            let channel = plane % input.blockCount * block
            unsafe kernel_scale_shift(
                source,
                input.type.kernel,
                target,
                result.type.kernel,
                scale.floats.baseAddress?.advanced(by: channel),
                offset.floats.baseAddress?.advanced(by: channel),
                area,
                block,
                isRectified ? 1 : 0
            )
        }
        return result
    }

    /// The factor and the summand of each channel that the moving statistics amount to.
    func affine(
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
