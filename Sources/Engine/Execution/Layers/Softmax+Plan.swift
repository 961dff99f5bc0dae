internal import CKernels

extension Softmax: ExecutableLayer {
    func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        let input = try planner.plain(inputs[0], for: node)
        let result = planner.makePlain(output, for: node)
        let isLogarithm: Int32 = isLogarithm ? 1 : 0
        unsafe planner.appendPixels(
            node,
            operations: 3 * planner.batch * output.count,
            from: input,
            to: result,
            pixels: output.area,
            rowCount: output.channels
        ) { source, target, pixels, row in
            unsafe kernel_softmax(
                source,
                target,
                pixels.lowerBound,
                pixels.count,
                isLogarithm,
                row
            )
        }
        return result
    }
}
