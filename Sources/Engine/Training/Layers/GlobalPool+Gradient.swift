internal import CKernels

extension GlobalPool: TrainableLayer {
    func planTraining(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: TrainingPlanner
    ) throws(EngineError) -> Tape {
        let input = inputs[0]
        let result = try plan(node, inputs: inputs, output: output, in: planner.planner)
        let function = function
        return Tape(output: result) { gradient, wanted throws(EngineError) in
            guard wanted[0] else { return [nil] }
            let slope = try gradient.sum()
            switch function {
            case .average: return [.uniform(slope, factor: 1 / Float(input.shape.area))]
            case .generalizedMean:
                return [.whole(Self.generalizedMean(node, input, result, slope, in: planner))]
            case .flatten: return [.whole(Self.unflatten(node, input, slope, in: planner))]
            }
        }
    }

    /// With y = (sum x^3 / pixels)^(1/3), dy/dx = x^2 / (pixels * y^2); nothing where x or the sum was clipped.
    private static func generalizedMean(
        _ node: Node,
        _ input: Activation,
        _ result: Activation,
        _ slope: Activation,
        in planner: TrainingPlanner
    ) -> Activation {
        let back = planner.makeGradient(of: input)
        let block = Processor.blockSize
        let (area, channels, blocks) = (input.shape.area, input.shape.channels, input.blockCount)
        planner.appendPlanes(
            node,
            "generalized mean gradient",
            operations: 2 * input.elementCount,
            reads: [input, result, slope],
            writes: [back],
            planes: planner.batch * blocks
        ) { arena in
            let source = unsafe arena.bytes(of: input)
            let means = unsafe arena.values(of: result)
            let slopes = unsafe arena.values(of: slope)
            let target = unsafe arena.bytes(of: back)
            return { plane in
                let first = plane % blocks * block
                let row = plane / blocks * channels + first
                unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: block) { factors in
                    unsafe factors.update(repeating: 0)
                    for lane in 0..<min(block, channels - first) {
                        let mean = unsafe means[row + lane]
                        let isClipped = mean * mean * mean * Float(area) <= 1.00001e-6
                        unsafe factors[lane] =
                            isClipped ? 0 : slopes[row + lane] / (Float(area) * mean * mean)
                    }
                    unsafe training_generalized_mean(
                        source + plane * input.planeByteCount,
                        input.type.kernel,
                        factors.baseAddress,
                        target + plane * back.planeByteCount,
                        area,
                        block
                    )
                }
            }
        }
        return back
    }

    private static func unflatten(
        _ node: Node,
        _ input: Activation,
        _ slope: Activation,
        in planner: TrainingPlanner
    ) -> Activation {
        let back = planner.makeGradient(of: input)
        let block = Processor.blockSize
        let (area, channels, blocks) = (input.shape.area, input.shape.channels, input.blockCount)
        let type = back.type
        planner.appendPlanes(
            node,
            "flatten gradient",
            operations: 0,
            reads: [slope],
            writes: [back],
            planes: planner.batch * blocks
        ) { arena in
            let source = unsafe arena.values(of: slope)
            let target = unsafe arena.bytes(of: back)
            return { plane in
                let (picture, first) = (plane / blocks, plane % blocks * block)
                let values = unsafe target + plane * back.planeByteCount
                unsafe values.initializeMemory(
                    as: UInt8.self,
                    repeating: 0,
                    count: back.planeByteCount
                )
                for pixel in 0..<area {
                    unsafe kernel_convert(
                        source + (picture * area + pixel) * channels + first,
                        kernel_float32,
                        values + pixel * block * type.byteCount,
                        type.kernel,
                        min(block, channels - first)
                    )
                }
            }
        }
        return back
    }
}
