internal import CKernels

extension Reduce: ExecutableLayer {
    func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        let function = function.kernel
        let operations = planner.batch * inputs[0].shape.count
        if axes == .channels {
            let input = try planner.plain(inputs[0], for: node)
            let result = planner.makePlain(output, for: node)
            unsafe planner.appendPixels(
                node,
                operations: operations,
                from: input,
                to: result,
                pixels: output.area,
                rowCount: input.shape.channels
            ) { source, target, pixels, row in
                unsafe kernel_reduce_channels(
                    function,
                    source,
                    target,
                    pixels.lowerBound,
                    pixels.count,
                    row
                )
            }
            return result
        }
        let input = try planner.blocked(inputs[0], for: node)
        let result = planner.makeVectors(output)
        let block = Processor.blockSize
        let (area, channels, blocks) = (input.shape.area, input.shape.channels, input.blockCount)
        let type = input.type
        unsafe planner.appendPlanes(node, operations: operations, from: input, to: result) {
            source,
            target,
            plane in
            unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: block) { numbers in
                guard let start = numbers.baseAddress else { return }
                unsafe kernel_reduce_space(function, source, type.kernel, start, area, block)
                unsafe target.assumingMemoryBound(to: Float.self).update(
                    from: start,
                    count: min(block, channels - plane % blocks * block)
                )
            }
        }
        return result
    }
}

extension Reduce.Function {
    fileprivate var kernel: kernel_reduction {
        switch self {
        case .mean: kernel_reduce_mean
        case .sum: kernel_reduce_sum
        case .maximum: kernel_reduce_maximum
        case .minimum: kernel_reduce_minimum
        }
    }
}
