internal import CKernels

extension Upsample: ExecutableLayer {
    func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        let input = try planner.blocked(inputs[0], for: node)
        let result = planner.makeActivation(output, .blocked, input.type)
        let block = Processor.blockSize
        unsafe planner.appendPlanes(node, operations: 0, from: input, to: result) {
            source,
            target,
            _ in
            unsafe kernel_upsample(
                source,
                target,
                input.type.kernel,
                input.shape.height,
                input.shape.width,
                block
            )
        }
        return result
    }
}
