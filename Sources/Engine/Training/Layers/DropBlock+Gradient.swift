internal import Base
internal import CKernels

extension DropBlock: TrainableLayer {
    func planTraining(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: TrainingPlanner
    ) throws(EngineError) -> Tape {
        let input = inputs[0]
        let mask = planner.mask(of: node, self, shape: output)
        let result = planner.makeGradient(of: input)
        let isRectified = isRectified
        let pictureBytes = input.byteCount / planner.batch
        let count = input.elementCount / planner.batch
        let type = input.type.kernel
        planner.appendPlanes(
            node,
            kind,
            operations: input.elementCount,
            reads: inputs,
            writes: [result],
            planes: planner.batch
        ) { arena in
            let source = unsafe arena.bytes(of: input)
            let target = unsafe arena.bytes(of: result)
            return { picture in
                let start = picture * pictureBytes
                unsafe training_mask(
                    source + start,
                    type,
                    mask.factors.floats.baseAddress,
                    target + start,
                    count,
                    isRectified ? 1 : 0
                )
            }
        }
        return Tape(output: result) { gradient, wanted throws(EngineError) in
            guard wanted[0] else { return [nil] }
            let slope = try gradient.sum()
            let back = planner.makeGradient(of: input)
            planner.appendPlanes(
                node,
                "drop block gradient",
                operations: input.elementCount,
                reads: isRectified ? [slope, result] : [slope],
                writes: [back],
                planes: planner.batch
            ) { arena in
                let source = unsafe arena.bytes(of: slope)
                let positive = unsafe isRectified ? arena.bytes(of: result) : nil
                let target = unsafe arena.bytes(of: back)
                return { picture in
                    let start = picture * pictureBytes
                    unsafe training_mask_gradient(
                        source + start,
                        type,
                        mask.factors.floats.baseAddress,
                        positive.map { unsafe UnsafeRawPointer($0 + start) },
                        target + start,
                        count
                    )
                }
            }
            return [.whole(back)]
        }
    }
}
