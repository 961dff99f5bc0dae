internal import CKernels

extension BranchMean: ExecutableLayer {
    func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        let input = try planner.blocked(inputs[0], for: node)
        let result = planner.makeVectors(output)
        let block = Processor.blockSize
        let (area, channels, blocks) = (input.shape.area, output.channels, input.blockCount)
        // Where the second branch begins a block, a block of it and one of the first make a block of the result.
        let isAligned = channels % block == 0
        let groups = isAligned ? blocks / 2 : 1
        let width = isAligned ? block : channels
        planner.appendPlanes(
            node,
            operations: planner.batch * input.shape.count,
            reads: [input],
            writes: result,
            planes: planner.batch * groups
        ) { arena in
            let source = unsafe arena.bytes(of: input)
            let target = unsafe arena.values(of: result)
            return { plane in
                let (picture, group) = (plane / groups, plane % groups)
                let indices = isAligned ? [group, group + groups] : Array(0..<blocks)
                unsafe withUnsafeTemporaryAllocation(
                    of: Float.self,
                    capacity: indices.count * block
                ) { means in
                    guard let start = means.baseAddress else { return }
                    for (place, index) in indices.enumerated() {
                        unsafe kernel_mean(
                            source + (picture * blocks + index) * input.planeByteCount,
                            input.type.kernel,
                            start + place * block,
                            area,
                            block
                        )
                    }
                    let row = unsafe target + picture * channels + group * block
                    for channel in 0..<width {
                        unsafe row[channel] = means[channel] + means[width + channel]
                    }
                }
            }
        }
        return result
    }
}
