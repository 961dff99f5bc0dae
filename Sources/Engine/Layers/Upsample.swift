internal import CKernels

/// Twice the height and width; every pixel is repeated.
package struct Upsample: Layer {
    package static let kind = "upsample"

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape {
        FeatureShape(
            height: 2 * inputs[0].height,
            width: 2 * inputs[0].width,
            channels: inputs[0].channels
        )
    }

    package func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        let input = inputs[0]
        let result = planner.makeActivation(output, .blocked, input.type)
        let block = Processor.blockSize
        planner.appendPlanes(
            node,
            operations: 0,
            reads: inputs,
            writes: result,
            planes: planner.batch * input.blockCount
        ) { arena in
            let source = unsafe arena.bytes(of: input)
            let target = unsafe arena.bytes(of: result)
            return { plane in
                unsafe kernel_upsample(
                    source + plane * input.planeByteCount,
                    target + plane * result.planeByteCount,
                    input.type.kernel,
                    input.shape.height,
                    input.shape.width,
                    block
                )
            }
        }
        return result
    }
}
