internal import Base
internal import CKernels

extension Layer where Self: ChannelAffine {
    /// Appends the steps that compute it, rectified if asked for.
    func planAffine(
        _ node: Node,
        _ activation: Activation,
        isRectified: Bool,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        let output = activation.shape
        let channels = output.channels
        let isPlanar = activation.layout == .planar && !output.isVector && !isRectified
        let input =
            activation.isMatrix || isPlanar
            ? activation : try planner.blocked(activation, for: node)
        let result = planner.makeActivation(
            output,
            input.layout,
            input.layout == .planar ? .float32 : planner.outputType(of: node)
        )
        let count = input.storedChannels
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
            let padding = [Float](repeating: 0, count: count - channels)
            return affine[keyPath: part].map { Float($0) } + padding
        }
        let scale = try planner.preparedVector(node.name, "scale", count: count) {
            () throws(EngineError) in try values(\.scale)
        }
        let offset = try planner.preparedVector(node.name, "offset", count: count) {
            () throws(EngineError) in try values(\.offset)
        }
        let operations = 2 * planner.batch * output.count
        let area = output.area
        if isPlanar {
            planner.appendPlanes(
                node,
                operations: operations,
                reads: [input],
                writes: result,
                planes: planner.batch * channels
            ) { arena in
                let source = unsafe arena.values(of: input)
                let target = unsafe arena.values(of: result)
                return { plane in
                    unsafe kernel_linear(
                        source + plane * area,
                        target + plane * area,
                        kernel_float32,
                        scale.floats[plane % channels],
                        offset.floats[plane % channels],
                        area
                    )
                }
            }
            return result
        }
        if input.isMatrix {
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
        let block = Processor.blockSize
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
}
