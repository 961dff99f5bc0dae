internal import CKernels

/// Each channel times a number of its own: the last act of squeeze-and-excitation.
///
/// Inputs `[batch, height, width, channel]` and `[batch, channel]`; output like the first.
package struct ChannelScale: Layer {
    package static let kind = "channel scale"

    package init() {}

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape {
        inputs[0]
    }

    package func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        let (input, numbers) = (inputs[0], inputs[1])
        let result = planner.makeActivation(output, .blocked, planner.outputType(of: node))
        let block = Processor.blockSize
        let (area, channels, blocks) = (output.area, output.channels, input.blockCount)
        let (from, to) = (input.type.kernel, result.type.kernel)
        planner.appendPlanes(
            node,
            operations: planner.batch * output.count,
            reads: inputs,
            writes: result,
            planes: planner.batch * blocks
        ) { arena in
            let source = unsafe arena.bytes(of: input)
            let scales = unsafe arena.values(of: numbers)
            let target = unsafe arena.bytes(of: result)
            return { plane in
                let first = plane % blocks * block
                let row = unsafe scales + plane / blocks * channels + first
                // Scale and offset of the kernel; lanes beyond the last channel stay zero.
                unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * block) { lanes in
                    unsafe lanes.initialize(repeating: 0)
                    guard let start = lanes.baseAddress else { return }
                    unsafe start.update(from: row, count: min(block, channels - first))
                    unsafe kernel_scale_shift(
                        source + plane * input.planeByteCount,
                        from,
                        target + plane * result.planeByteCount,
                        to,
                        start,
                        start + block,
                        area,
                        block,
                        0
                    )
                }
            }
        }
        return result
    }
}

extension ChannelScale: TrainableLayer {
    func planTraining(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: TrainingPlanner
    ) throws(EngineError) -> Tape {
        let (input, numbers) = (inputs[0], inputs[1])
        let result = try plan(node, inputs: inputs, output: output, in: planner.planner)
        return Tape(output: result) { gradient, wanted throws(EngineError) in
            let slope = try gradient.sum()
            var back: Activation?
            if wanted[1] {
                let sums = planner.makeGradient(of: numbers)
                Self.appendGradient(node, slope, input, sums, in: planner)
                back = sums
            }
            return [wanted[0] ? .scaled(slope, by: numbers) : nil, back.map { .whole($0) }]
        }
    }

    /// Appends the step that sums the gradient times the input over space.
    private static func appendGradient(
        _ node: Node,
        _ slope: Activation,
        _ input: Activation,
        _ sums: Activation,
        in planner: TrainingPlanner
    ) {
        let block = Processor.blockSize
        let (area, channels, blocks) = (input.shape.area, input.shape.channels, input.blockCount)
        planner.appendPlanes(
            node,
            "channel scale gradient",
            operations: 2 * input.elementCount,
            reads: [slope, input],
            writes: [sums],
            planes: planner.batch * blocks
        ) { arena in
            let slopes = unsafe arena.bytes(of: slope)
            let source = unsafe arena.bytes(of: input)
            let target = unsafe arena.values(of: sums)
            return { plane in
                let first = plane % blocks * block
                unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: block) { lanes in
                    guard let start = lanes.baseAddress else { return }
                    unsafe training_dot(
                        slopes + plane * slope.planeByteCount,
                        source + plane * input.planeByteCount,
                        input.type.kernel,
                        start,
                        area,
                        block
                    )
                    unsafe (target + plane / blocks * channels + first)
                        .update(from: start, count: min(block, channels - first))
                }
            }
        }
    }
}
