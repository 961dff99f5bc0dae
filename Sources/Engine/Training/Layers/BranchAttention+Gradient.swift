internal import CKernels

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
