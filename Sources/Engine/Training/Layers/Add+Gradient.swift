internal import CKernels

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
