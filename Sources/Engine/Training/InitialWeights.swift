#if canImport(Glibc)
    internal import Glibc
#endif

extension Weights {
    /// The values that a training from scratch begins with: TensorFlow's initialisers.
    ///
    /// Convolutions: a normal distribution cut off at two standard deviations, of variance 1 / fan-in. The classifier:
    /// uniform between ±sqrt(6 / (inputs + outputs)). Batch norms do nothing at first; those that end a bottleneck have
    /// gamma 0 if `zeroGamma`.
    ///
    /// With ``LossSettings/Classification/sigmoid``, the classifier's bias starts at -ln(classes - 1). The values are
    /// drawn in the order of the parameters.
    public static func initial(
        for graph: Graph,
        zeroGamma: Bool = false,
        classification: LossSettings.Classification = .softmax,
        using random: inout RandomNumbers
    ) -> Weights {
        var weights = Weights()
        for node in graph.nodes {
            for (role, shape) in node.layer.parameterShapes {
                let count = shape.reduce(1, *)
                let values: [Float]
                switch role {
                case .kernel where node.layer is Dense:
                    let limit = (6 / Double(shape[0] + shape[1])).squareRoot()
                    values = (0..<count).map { _ in
                        Float((2 * random.uniform() - 1) * limit)
                    }
                case .kernel:
                    let fanIn = Double(shape.dropLast().reduce(1, *))
                    // What cutting off takes away of a normal distribution's standard deviation.
                    let deviation = (1 / fanIn).squareRoot() / 0.879_625_661_034_239_78
                    values = (0..<count).map { _ in
                        Float(random.truncatedNormal() * deviation)
                    }
                case .bias:
                    let isSigmoid = classification == .sigmoid
                    values = [Float](
                        repeating: isSigmoid ? -Float(log(Double(max(count - 1, 1)))) : 0,
                        count: count
                    )
                case .gamma:
                    let endsResidual = (node.layer as? BatchNorm)?.endsResidual ?? false
                    values = [Float](repeating: zeroGamma && endsResidual ? 0 : 1, count: count)
                case .movingVariance, .scale: values = [Float](repeating: 1, count: count)
                case .beta, .movingMean, .shift: values = [Float](repeating: 0, count: count)
                }
                weights[ParameterKey(node: node.name, role: role)] = WeightTensor(
                    shape: shape,
                    values: values
                )
            }
        }
        return weights
    }
}
