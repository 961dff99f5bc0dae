internal import CKernels

extension LocalResponseNorm: ExecutableLayer {
    func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        let input = try planner.plain(inputs[0], for: node)
        let result = planner.makePlain(output, for: node)
        let (radius, bias, alpha, beta) = (radius, bias, alpha, beta)
        let width = min(radius, output.channels)
        unsafe planner.appendPixels(
            node,
            operations: Planner.product(planner.batch, output.count, 4 * width + 4),
            from: input,
            to: result,
            pixels: output.area,
            rowCount: 2 * output.channels
        ) { source, target, pixels, row in
            unsafe kernel_local_response_norm(
                source,
                target,
                pixels.lowerBound,
                pixels.count,
                radius,
                bias,
                alpha,
                beta,
                row
            )
        }
        return result
    }
}
