internal import CKernels
internal import Glibc

/// The mixture of a selective-kernel unit's two branches, weighed channel by channel.
///
/// Inputs: the branches `[batch, height, width, 2 * channel]` and a number for each of their channels
/// `[batch, 2 * channel]`. The weights of a channel's two branches are the softmax of their two numbers; the output is
/// the weighted sum `[batch, height, width, channel]`.
package struct BranchAttention: Layer {
    package static let kind = "branch attention"

    package init() {}

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape {
        inputs[0].withChannels(inputs[0].channels / 2)
    }

    package func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        let (branches, numbers) = (inputs[0], inputs[1])
        let result = planner.makeActivation(output, .blocked, planner.outputType(of: node))
        let block = Processor.blockSize
        let (area, channels) = (output.area, output.channels)
        let (inputBlocks, outputBlocks) = (branches.blockCount, result.blockCount)
        let areHalvesAligned = channels % block == 0
        planner.appendPlanes(
            node,
            operations: 3 * planner.batch * output.count,
            reads: inputs,
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
private func softmax(_ first: Float, _ second: Float) -> (Float, Float) {
    let largest = max(first, second)
    let (x, y) = (expf(first - largest), expf(second - largest))
    return (x / (x + y), y / (x + y))
}

extension BranchAttention: TrainableLayer {
    func planTraining(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: TrainingPlanner
    ) throws(EngineError) -> Tape {
        let (branches, numbers) = (inputs[0], inputs[1])
        let result = try plan(node, inputs: inputs, output: output, in: planner.planner)
        return Tape(output: result) { gradient, wanted throws(EngineError) in
            let slope = try gradient.sum()
            let weights = planner.makeGradient(of: numbers)
            let back = planner.makeGradient(of: numbers)
            Self.appendGradient(
                node,
                slope,
                branches,
                numbers,
                weights: weights,
                back: back,
                in: planner
            )
            return [
                wanted[0] ? .scaled(slope, by: weights) : nil, wanted[1] ? .whole(back) : nil,
            ]
        }
    }

    /// Appends the step that finds the weights of the branches, and the gradient of the numbers behind them.
    ///
    /// With weights a and b = 1 - a, and da and db the sums over space of the gradient times each branch, the
    /// gradients of the two numbers are a * b * (da - db) and its opposite.
    private static func appendGradient(
        _ node: Node,
        _ slope: Activation,
        _ branches: Activation,
        _ numbers: Activation,
        weights: Activation,
        back: Activation,
        in planner: TrainingPlanner
    ) {
        let block = Processor.blockSize
        let channels = slope.shape.channels
        let area = slope.shape.area
        let isAligned = channels % block == 0
        let (blocks, slopeBlocks) = (branches.blockCount, slope.blockCount)
        let type = branches.type.kernel
        planner.appendPlanes(
            node,
            "branch attention gradient",
            operations: 2 * branches.elementCount,
            reads: [slope, branches, numbers],
            writes: [weights, back],
            planes: planner.batch
        ) { arena in
            let slopes = unsafe arena.bytes(of: slope)
            let source = unsafe arena.bytes(of: branches)
            let attention = unsafe arena.values(of: numbers)
            let shares = unsafe arena.values(of: weights)
            let target = unsafe arena.values(of: back)
            return { picture in
                let row = picture * 2 * channels
                let gradients = unsafe slopes + picture * slopeBlocks * slope.planeByteCount
                for index in 0..<blocks {
                    let first = index * block
                    let plane =
                        unsafe source + (picture * blocks + index) * branches.planeByteCount
                    if isAligned {
                        unsafe training_dot(
                            plane,
                            gradients + index % slopeBlocks * slope.planeByteCount,
                            type,
                            target + row + first,
                            area,
                            block
                        )
                    } else {
                        unsafe training_dot_lanes(
                            plane,
                            gradients,
                            type,
                            target + row + first,
                            first,
                            min(block, 2 * channels - first),
                            channels,
                            area,
                            block
                        )
                    }
                }
                for channel in 0..<channels {
                    let (one, other) = (row + channel, row + channels + channel)
                    let pair = unsafe softmax(attention[one], attention[other])
                    let slope = unsafe pair.0 * pair.1 * (target[one] - target[other])
                    unsafe (shares[one], shares[other]) = pair
                    unsafe (target[one], target[other]) = (slope, -slope)
                }
            }
        }
    }
}
