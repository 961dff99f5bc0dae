internal import CKernels

extension Upsample: TrainableLayer {
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
            let back = planner.makeGradient(of: input)
            planner.appendPlanes(
                node,
                "upsample gradient",
                operations: slope.elementCount,
                reads: [slope],
                writes: [back],
                planes: planner.batch * input.blockCount
            ) { arena in
                let source = unsafe arena.bytes(of: slope)
                let target = unsafe arena.bytes(of: back)
                return { plane in
                    unsafe training_upsample(
                        source + plane * slope.planeByteCount,
                        target + plane * back.planeByteCount,
                        back.type.kernel,
                        input.shape.height,
                        input.shape.width,
                        Processor.blockSize
                    )
                }
            }
            return [.whole(back)]
        }
    }
}
