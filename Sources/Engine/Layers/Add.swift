internal import CKernels

/// The sum of two activations of the same shape.
package struct Add: Layer, Rectifiable {
    package static let kind = "add"
    package var isRectified = false

    package init() {}

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape {
        guard inputs[0] == inputs[1] else {
            throw .shapesDiffer(node: node, first: inputs[0], second: inputs[1])
        }
        return inputs[0]
    }

    package func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        precondition(inputs[0].layout == inputs[1].layout, "\(node.name): layouts differ")
        let type = inputs[0].type
        let inputs = [inputs[0], planner.converted(inputs[1], to: type, for: node)]
        let result = planner.makeActivation(output, inputs[0].layout, type)
        let isRectified: Int32 = isRectified ? 1 : 0
        planner.appendPieces(node, reads: inputs, writes: result) { arena in
            let first = unsafe arena.bytes(of: inputs[0])
            let second = unsafe arena.bytes(of: inputs[1])
            let target = unsafe arena.bytes(of: result)
            return { piece in
                let start = piece.lowerBound * type.byteCount
                unsafe kernel_add(
                    first + start,
                    second + start,
                    target + start,
                    type.kernel,
                    piece.count,
                    isRectified
                )
            }
        }
        return result
    }
}

extension Add: TrainableLayer {
    func planTraining(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: TrainingPlanner
    ) throws(EngineError) -> Tape {
        let result = try plan(node, inputs: inputs, output: output, in: planner.planner)
        let isRectified = isRectified
        return Tape(output: result) { gradient, wanted throws(EngineError) in
            // Both inputs have the same gradient; nobody writes to a gradient once it is made.
            let slope = try gradient.sum(rectifiedBy: isRectified ? result : nil)
            return wanted.map { $0 ? .whole(slope) : nil }
        }
    }
}
