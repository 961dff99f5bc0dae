internal import CKernels

/// The mean over space of the sum of a selective-kernel unit's two branches.
///
/// Input `[batch, height, width, 2 * channel]`, the branches behind each other; output `[batch, channel]`.
package struct BranchMean: Layer {
    package static let kind = "branch mean"

    package init() {}

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape {
        FeatureShape(channels: inputs[0].channels / 2)
    }

    package func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        let input = inputs[0]
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
            reads: inputs,
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

extension BranchMean: TrainableLayer {
    func planTraining(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: TrainingPlanner
    ) throws(EngineError) -> Tape {
        let input = inputs[0]
        let result = try plan(node, inputs: inputs, output: output, in: planner.planner)
        return Tape(output: result) { gradient, wanted throws(EngineError) in
            guard wanted[0] else { return [nil] }
            let slope = try gradient.sum()
            // Both branches have the same.
            let twice = planner.planner.makeVectors(FeatureShape(channels: input.shape.channels))
            let channels = output.channels
            planner.appendPlanes(
                node,
                "branch mean gradient",
                operations: 0,
                reads: [slope],
                writes: [twice],
                planes: planner.batch
            ) { arena in
                let source = unsafe arena.values(of: slope)
                let target = unsafe arena.values(of: twice)
                return { picture in
                    let row = unsafe source + picture * channels
                    unsafe (target + 2 * picture * channels).update(from: row, count: channels)
                    unsafe (target + (2 * picture + 1) * channels)
                        .update(from: row, count: channels)
                }
            }
            return [.uniform(twice, factor: 1 / Float(input.shape.area))]
        }
    }
}
