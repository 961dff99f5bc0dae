internal import CKernels

extension GlobalPool: ExecutableLayer {
    func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        let input = try planner.blocked(inputs[0], for: node)
        let result = planner.makeVectors(output)
        let block = Processor.blockSize
        let (area, channels, blocks) = (input.shape.area, input.shape.channels, input.blockCount)
        let function = function
        unsafe planner.appendPlanes(
            node,
            operations: planner.batch * input.shape.count,
            from: input,
            to: result
        ) { source, target, plane in
            let first = plane % blocks * block
            let count = min(block, channels - first)
            let type = input.type
            if function == .flatten {
                // Pixels follow each other, so a picture's vector is longer than its channels.
                let values = unsafe target.assumingMemoryBound(to: Float.self)
                for pixel in 0..<area {
                    unsafe kernel_convert(
                        source + pixel * block * type.byteCount,
                        type.kernel,
                        values + pixel * channels,
                        kernel_float32,
                        count
                    )
                }
                return
            }
            unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: block) { means in
                guard let start = means.baseAddress else { return }
                if function == .average {
                    unsafe kernel_mean(source, type.kernel, start, area, block)
                } else {
                    unsafe kernel_generalized_mean(source, type.kernel, start, area, block)
                }
                unsafe target.assumingMemoryBound(to: Float.self).update(from: start, count: count)
            }
        }
        return result
    }
}
