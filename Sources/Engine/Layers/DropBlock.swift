internal import Base
internal import CKernels

/// Drops squares of seven by seven pixels of single channels while a network is trained; at other times it does nothing.
///
/// The same squares are dropped for every picture of a batch, and what is left is scaled up by its share.
///
/// - SeeAlso: `dropblock` in clovaai/assembled-cnn, `nets/blocks.py`; <https://arxiv.org/abs/1810.12890>.
package struct DropBlock: Layer, Rectifiable {
    package static let kind = "drop block"
    /// The side of what is dropped, in pixels.
    package static let blockSize = 7
    /// How many squares are dropped, as a share of what the keep probability amounts to.
    package let gammaScale: Float
    package var isRectified = false

    package init(gammaScale: Float) {
        self.gammaScale = gammaScale
    }

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape {
        guard min(inputs[0].height, inputs[0].width) >= Self.blockSize else {
            throw .tooSmall(node: node, height: inputs[0].height, width: inputs[0].width)
        }
        return inputs[0]
    }

    package func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        guard isRectified else { return inputs[0] }
        return try Relu().plan(node, inputs: inputs, output: output, in: planner)
    }
}

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
            Self.kind,
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
