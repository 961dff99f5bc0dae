internal import CKernels

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
