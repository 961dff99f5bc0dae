internal import CKernels

extension BranchMean: TrainableLayer {
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
            // Both branches have the same.
            let twice = planner.planner.makeVectors(FeatureShape(channels: input.shape.channels))
            let channels = output.channels
            planner.appendPlanes(
                node,
                "branch mean gradient",
                operations: 0,
                reads: [slope],
                writes: [twice],
                planes: planner.batch
            ) { arena in
                let source = unsafe arena.values(of: slope)
                let target = unsafe arena.values(of: twice)
                return { picture in
                    let row = unsafe source + picture * channels
                    unsafe (target + 2 * picture * channels).update(from: row, count: channels)
                    unsafe (target + (2 * picture + 1) * channels)
                        .update(from: row, count: channels)
                }
            }
            return [.uniform(twice, factor: 1 / Float(input.shape.area))]
        }
    }
}
