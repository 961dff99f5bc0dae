internal import CKernels

/// 1 / (1 + exp(-x)), of vectors.
package struct Sigmoid: Layer {
    package static let kind = "sigmoid"

    package init() {}

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape {
        inputs[0]
    }

    package func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        precondition(inputs[0].isMatrix, "\(node.name): blocks would be filled up with halves")
        return unsafe planner.appendElementwise(node, inputs[0], to: .float32) {
            source,
            target,
            count in
            unsafe kernel_sigmoid(
                source.assumingMemoryBound(to: Float.self),
                target.assumingMemoryBound(to: Float.self),
                count
            )
        }
    }
}

extension Sigmoid: TrainableLayer {
    func planTraining(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: TrainingPlanner
    ) throws(EngineError) -> Tape {
        let result = try plan(node, inputs: inputs, output: output, in: planner.planner)
        return Tape(output: result) { gradient, wanted throws(EngineError) in
            guard wanted[0] else { return [nil] }
            let slope = try gradient.sum()
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
            return [.whole(back)]
        }
    }
}
