internal import CKernels

/// The mean over space of the sum of a selective-kernel unit's two branches.
///
/// Input `[batch, height, width, 2 * channel]`, the branches behind each other; output `[batch, channel]`.
package struct BranchMean: Layer {
    package static let kind = "branch mean"

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
        planner.appendPlanes(
            node,
            operations: planner.batch * input.shape.count,
            reads: inputs,
            writes: result,
            planes: planner.batch
        ) { arena in
            let source = unsafe arena.bytes(of: input)
            let target = unsafe arena.values(of: result)
            return { picture in
                unsafe withUnsafeTemporaryAllocation(
                    of: Float.self,
                    capacity: blocks * block
                ) { means in
                    guard let start = means.baseAddress else { return }
                    for index in 0..<blocks {
                        unsafe kernel_mean(
                            source + (picture * blocks + index) * input.planeByteCount,
                            input.type.kernel,
                            start + index * block,
                            area,
                            block
                        )
                    }
                    for channel in 0..<channels {
                        unsafe target[picture * channels + channel] =
                            means[channel] + means[channels + channel]
                    }
                }
            }
        }
        return result
    }
}
