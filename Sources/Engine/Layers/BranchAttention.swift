internal import CKernels

/// The mixture of a selective-kernel unit's two branches, weighed channel by channel.
///
/// Inputs: the branches `[batch, height, width, 2 * channel]` and a number for each of their channels
/// `[batch, 2 * channel]`. The weights of a channel's two branches are the softmax of their two numbers; the output is
/// the weighted sum `[batch, height, width, channel]`.
package struct BranchAttention: Layer {
    package static let kind = "branch attention"

    package func outputShape(
        for inputs: [FeatureShape], at node: String
    ) throws(GraphError) -> FeatureShape {
        inputs[0].withChannels(inputs[0].channels / 2)
    }

    package func plan(
        _ node: Node, inputs: [Activation], output: FeatureShape, in planner: Planner
    ) throws(EngineError) -> Activation {
        let (branches, numbers) = (inputs[0], inputs[1])
        let result = planner.makeActivation(output, .blocked)
        let block = Processor.blockSize
        let (area, channels) = (output.area, output.channels)
        let (inputBlocks, outputBlocks) = (branches.blockCount, result.blockCount)
        let areHalvesAligned = channels % block == 0
        planner.appendPlanes(
            node, operations: 3 * planner.batch * output.count, reads: inputs, writes: result,
            planes: planner.batch * outputBlocks
        ) { arena in
            let source = unsafe arena.bytes(of: branches.buffer)
                .assumingMemoryBound(to: Float.self)
            let attention = unsafe arena.bytes(of: numbers.buffer)
                .assumingMemoryBound(to: Float.self)
            let target = unsafe arena.bytes(of: result.buffer).assumingMemoryBound(to: Float.self)
            return { plane in
                let (picture, index) = (plane / outputBlocks, plane % outputBlocks)
                let row = unsafe attention + picture * 2 * channels
                let planes = unsafe source + picture * inputBlocks * area * block
                let mixed = unsafe target + plane * area * block
                unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * block) {
                    weights in
                    unsafe weights.initialize(repeating: 0)
                    for lane in 0..<min(block, channels - index * block) {
                        let channel = index * block + lane
                        let (first, second) = unsafe softmax(row[channel], row[channels + channel])
                        unsafe weights[lane] = first
                        unsafe weights[block + lane] = second
                    }
                    guard let start = weights.baseAddress else { return }
                    if areHalvesAligned {
                        unsafe kernel_mix(
                            planes + index * area * block,
                            planes + (outputBlocks + index) * area * block, start, mixed, area,
                            block)
                        return
                    }
                    for pixel in 0..<area {
                        for lane in 0..<block {
                            let channel = index * block + lane
                            guard channel < channels else {
                                unsafe mixed[pixel * block + lane] = 0
                                continue
                            }
                            let other = channels + channel
                            let first = unsafe planes[
                                (channel / block * area + pixel) * block + channel % block]
                            let second = unsafe planes[
                                (other / block * area + pixel) * block + other % block]
                            unsafe mixed[pixel * block + lane] =
                                first * start[lane] + second * start[block + lane]
                        }
                    }
                }
            }
        }
        return result
    }
}
