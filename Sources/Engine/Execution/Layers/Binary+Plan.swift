internal import CKernels

extension Binary: ExecutableLayer {
    func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        let isSwapped = !Self.broadcasts(inputs[1].shape, to: output) || inputs[0].shape != output
        let (whole, other) = isSwapped ? (inputs[1], inputs[0]) : (inputs[0], inputs[1])
        return output.isVector
            ? try planVectors(node, whole, other, isSwapped: isSwapped, in: planner)
            : try planPictures(node, whole, other, isSwapped: isSwapped, in: planner)
    }

    private func planVectors(
        _ node: Node,
        _ whole: Activation,
        _ other: Activation,
        isSwapped: Bool,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        let first = try planner.matrix(whole, for: node)
        let second = try planner.matrix(other, for: node)
        let result = planner.makeVectors(first.shape)
        let (count, width) = (first.shape.channels, second.shape.channels)
        let function = function.kernel
        planner.appendPlanes(
            node,
            operations: planner.batch * count,
            reads: [first, second],
            writes: result,
            planes: planner.batch
        ) { arena in
            let one = unsafe arena.values(of: first)
            let two = unsafe arena.values(of: second)
            let target = unsafe arena.values(of: result)
            return { row in
                unsafe kernel_binary_row(
                    function,
                    one + row * count,
                    two + row * width,
                    width == count ? 0 : 1,
                    isSwapped ? 1 : 0,
                    target + row * count,
                    count
                )
            }
        }
        return result
    }

    private func planPictures(
        _ node: Node,
        _ whole: Activation,
        _ other: Activation,
        isSwapped: Bool,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        let first = try planner.blocked(whole, for: node)
        let operand: kernel_operand
        let second: Activation
        if other.shape == first.shape {
            operand = kernel_each
            second = try planner.arranged(other, like: first, for: node)
        } else if other.shape.isVector {
            operand = kernel_each_lane
            second = try planner.matrix(other, for: node)
        } else {
            operand = kernel_each_pixel
            second = planner.converted(
                try planner.blocked(other, for: node),
                to: first.type,
                for: node
            )
        }
        let result = planner.makeActivation(first.shape, .blocked, first.type)
        let (channels, blocks, area) = (first.shape.channels, first.blockCount, first.shape.area)
        let (type, block) = (first.type, Processor.blockSize)
        let width = second.shape.channels
        let function = function.kernel
        planner.appendPlanes(
            node,
            operations: planner.batch * first.shape.count,
            reads: [first, second],
            writes: result,
            planes: planner.batch * blocks
        ) { arena in
            let one = unsafe arena.bytes(of: first)
            let two = unsafe arena.bytes(of: second)
            let target = unsafe arena.bytes(of: result)
            return { plane in
                let (picture, index) = (plane / blocks, plane % blocks)
                func compute(_ operands: UnsafeRawPointer) {
                    unsafe kernel_binary(
                        function,
                        one + plane * first.planeByteCount,
                        operands,
                        operand,
                        isSwapped ? 1 : 0,
                        target + plane * result.planeByteCount,
                        type.kernel,
                        area,
                        block
                    )
                }
                switch operand {
                case kernel_each: unsafe compute(two + plane * second.planeByteCount)
                case kernel_each_pixel: unsafe compute(two + picture * second.planeByteCount)
                default:
                    unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: block) { lanes in
                        unsafe lanes.initialize(repeating: 0)
                        guard let start = lanes.baseAddress else { return }
                        let row = unsafe two.assumingMemoryBound(to: Float.self) + picture * width
                        for lane in 0..<min(block, channels - index * block) {
                            unsafe lanes[lane] = row[width == 1 ? 0 : index * block + lane]
                        }
                        unsafe compute(start)
                    }
                }
                // Zero over zero is no number, and a pixel's number added to zero is not zero.
                let lanes = channels - index * block
                if lanes < block {
                    unsafe kernel_zero_lanes(
                        target + plane * result.planeByteCount,
                        type.kernel,
                        lanes,
                        area,
                        block
                    )
                }
            }
        }
        return result
    }
}

extension Binary.Function {
    fileprivate var kernel: kernel_binary_function {
        switch self {
        case .add: kernel_binary_add
        case .subtract: kernel_binary_subtract
        case .multiply: kernel_binary_multiply
        case .divide: kernel_binary_divide
        case .maximum: kernel_binary_maximum
        case .minimum: kernel_binary_minimum
        case .squaredDifference: kernel_binary_squared_difference
        case .power: kernel_binary_power
        }
    }
}
