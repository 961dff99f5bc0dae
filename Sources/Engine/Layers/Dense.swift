/// A matrix product with bias: the classifier.
///
/// Input `[batch, inputs]`, kernel `[inputs, outputs]`, bias `[outputs]`, output `[batch, outputs]`.
package struct Dense: Layer {
    package static let kind = "dense"
    package let inputs: Int
    package let outputs: Int

    package init(inputs: Int, outputs: Int) {
        self.inputs = inputs
        self.outputs = outputs
    }

    package var parameterShapes: [(role: ParameterRole, shape: [Int])] {
        [(.kernel, [inputs, outputs]), (.bias, [outputs])]
    }

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape {
        precondition(inputs[0].count == self.inputs, "\(node): \(inputs[0]), not \(self.inputs)")
        return FeatureShape(channels: outputs)
    }

    package func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        try planner.appendMatrixProduct(
            node,
            inputs[0],
            outputs: outputs,
            hasBias: true,
            postOperations: PostOperations(),
            operations: 2 * planner.batch * self.inputs * outputs
        ) { () throws(EngineError) in
            func values(_ role: ParameterRole, _ shape: [Int]) throws(EngineError) -> WeightTensor {
                try planner.weights.tensor(ParameterKey(node: node.name, role: role), shape: shape)
            }
            return FoldedKernel(
                kernel: try values(.kernel, [self.inputs, outputs]),
                bias: try values(.bias, [outputs])
            )
        }
    }
}

extension Dense: TrainableLayer {
    func planTraining(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: TrainingPlanner
    ) throws(EngineError) -> Tape {
        try planner.planMatrixProduct(
            node,
            inputs[0],
            outputs: outputs,
            kernel: planner.parameter(node.name, .kernel),
            bias: planner.parameter(node.name, .bias),
            isRectified: false
        )
    }
}
