internal import CKernels

extension Nonlinearity: TrainableLayer {
    func planTraining(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: TrainingPlanner
    ) throws(EngineError) -> Tape {
        switch function {
        case .relu: break
        case .sigmoid where inputs[0].isMatrix: break
        default:
            throw .graph(.untrainable(node: node.name, reason: "\(kind) has no gradient yet"))
        }
        let result = try plan(node, inputs: inputs, output: output, in: planner.planner)
        let isSigmoid = function == .sigmoid
        return Tape(output: result) { gradient, wanted throws(EngineError) in
            guard wanted[0] else { return [nil] }
            guard isSigmoid else { return [.whole(try gradient.sum(rectifiedBy: result))] }
            return [.whole(Self.sigmoid(node, result, try gradient.sum(), in: planner))]
        }
    }

    /// With y = sigmoid(x), dy/dx = y * (1 - y).
    private static func sigmoid(
        _ node: Node,
        _ result: Activation,
        _ slope: Activation,
        in planner: TrainingPlanner
    ) -> Activation {
        let back = planner.makeGradient(of: result)
        let count = result.elementCount / planner.batch
        planner.appendPlanes(
            node,
            "sigmoid gradient",
            operations: 3 * result.elementCount,
            reads: [slope, result],
            writes: [back],
            planes: planner.batch
        ) { arena in
            let source = unsafe arena.values(of: slope)
            let values = unsafe arena.values(of: result)
            let target = unsafe arena.values(of: back)
            return { picture in
                let start = picture * count
                unsafe training_sigmoid(source + start, values + start, target + start, count)
            }
        }
        return back
    }
}
