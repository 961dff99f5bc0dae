internal import CKernels

extension Blur: ExecutableLayer {
    func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        let input = try planner.blocked(inputs[0], for: node)
        let result = planner.makeActivation(output, .blocked, planner.outputType(of: node))
        let block = Processor.blockSize
        let rows = places(outputs: output.height, extent: input.shape.height)
        let columns = places(outputs: output.width, extent: input.shape.width)
        let (taps, size) = (taps, size)
        unsafe planner.appendPlanes(
            node,
            operations: 2 * planner.batch * output.count * size * size,
            from: input,
            to: result
        ) { source, target, _ in
            unsafe kernel_blur(
                source,
                input.type.kernel,
                target,
                result.type.kernel,
                rows,
                columns,
                taps,
                size,
                input.shape.width,
                output.height,
                output.width,
                block
            )
        }
        return result
    }

    /// For each output and each tap the place that it reads, mirrored into `extent`.
    func places(outputs: Int, extent: Int) -> [Int32] {
        (0..<outputs).flatMap { output in
            (0..<size).map { tap in
                let place = abs(output * stride + tap - border)
                return Int32(place < extent ? place : 2 * (extent - 1) - place)
            }
        }
    }
}
