internal import CKernels

extension ChannelScale: ExecutableLayer {
    func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        let input = try planner.blocked(inputs[0], for: node)
        let numbers = try planner.matrix(inputs[1], for: node)
        let result = planner.makeActivation(output, .blocked, planner.outputType(of: node))
        let block = Processor.blockSize
        let (area, channels, blocks) = (output.area, output.channels, input.blockCount)
        let (from, to) = (input.type.kernel, result.type.kernel)
        planner.appendPlanes(
            node,
            operations: planner.batch * output.count,
            reads: [input, numbers],
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
