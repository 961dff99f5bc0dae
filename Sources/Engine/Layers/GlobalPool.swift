internal import CKernels

/// One vector for each picture.
///
/// Input `[batch, height, width, channel]`; output `[batch, channel]`, or `[batch, height * width * channel]` in this
/// order for ``Kind/flatten``.
package struct GlobalPool: Layer {
    package enum Kind: Hashable, Sendable {
        /// The mean over space.
        case average
        /// With x clipped to 1e-6...1e12: (max(sum x^3, 1e-6) / pixels)^(1/3).
        case generalizedMean
        /// All values.
        case flatten
    }

    package static let kind = "global pool"
    package let function: Kind

    init(_ function: Kind) {
        self.function = function
    }

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape {
        FeatureShape(channels: function == .flatten ? inputs[0].count : inputs[0].channels)
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
        let (area, channels, blocks) = (input.shape.area, input.shape.channels, input.blockCount)
        let function = function
        planner.appendPlanes(
            node,
            operations: planner.batch * input.shape.count,
            reads: inputs,
            writes: result,
            planes: planner.batch * blocks
        ) { arena in
            let source = unsafe arena.bytes(of: input)
            let target = unsafe arena.values(of: result)
            let type = input.type
            return { plane in
                let (picture, index) = (plane / blocks, plane % blocks)
                let values = unsafe source + plane * input.planeByteCount
                let first = index * block
                let count = min(block, channels - first)
                if function == .flatten {
                    for pixel in 0..<area {
                        unsafe kernel_convert(
                            values + pixel * block * type.byteCount,
                            type.kernel,
                            target + (picture * area + pixel) * channels + first,
                            kernel_float32,
                            count
                        )
                    }
                    return
                }
                unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: block) { means in
                    guard let start = means.baseAddress else { return }
                    if function == .average {
                        unsafe kernel_mean(values, type.kernel, start, area, block)
                    } else {
                        unsafe kernel_generalized_mean(values, type.kernel, start, area, block)
                    }
                    unsafe (target + picture * channels + first).update(from: start, count: count)
                }
            }
        }
        return result
    }
}
