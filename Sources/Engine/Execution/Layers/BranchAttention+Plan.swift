internal import CKernels
internal import Glibc

extension BranchAttention: ExecutableLayer {
    func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        let branches = try planner.blocked(inputs[0], for: node)
        let numbers = try planner.matrix(inputs[1], for: node)
        let result = planner.makeActivation(output, .blocked, planner.outputType(of: node))
        let block = Processor.blockSize
        let (area, channels) = (output.area, output.channels)
        let (inputBlocks, outputBlocks) = (branches.blockCount, result.blockCount)
        let areHalvesAligned = channels % block == 0
        planner.appendPlanes(
            node,
            operations: 3 * planner.batch * output.count,
            reads: [branches, numbers],
            writes: result,
            planes: planner.batch * outputBlocks
        ) { arena in
            let source = unsafe arena.bytes(of: branches)
            let attention = unsafe arena.values(of: numbers)
            let target = unsafe arena.bytes(of: result)
            let (from, to) = (branches.type.kernel, result.type.kernel)
            return { plane in
                let (picture, index) = (plane / outputBlocks, plane % outputBlocks)
                let first = index * block
                let count = min(block, channels - first)
                let planes = unsafe source + picture * inputBlocks * branches.planeByteCount
                let mixed = unsafe target + plane * result.planeByteCount
                unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * block) {
                    weights in
                    guard let start = weights.baseAddress else { return }
                    let row = unsafe attention + picture * 2 * channels + first
                    for lane in 0..<count {
                        let pair = unsafe softmax(row[lane], row[channels + lane])
                        unsafe (weights[lane], weights[block + lane]) = pair
                    }
                    if areHalvesAligned {
                        unsafe kernel_mix(
                            planes + index * branches.planeByteCount,
                            planes + (outputBlocks + index) * branches.planeByteCount,
                            from,
                            start,
                            mixed,
                            to,
                            area,
                            block
                        )
                    } else {
                        unsafe kernel_mix_lanes(
                            planes,
                            from,
                            start,
                            mixed,
                            to,
                            first,
                            channels + first,
                            count,
                            area,
                            block
                        )
                    }
                }
            }
        }
        return result
    }
}

/// The softmax of two numbers.
func softmax(_ first: Float, _ second: Float) -> (Float, Float) {
    let largest = max(first, second)
    let (x, y) = (expf(first - largest), expf(second - largest))
    return (x / (x + y), y / (x + y))
}
