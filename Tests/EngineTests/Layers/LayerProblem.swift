import Engine
import TestSupport

/// A layer or a few on an input of deterministic numbers, run by the engine.
///
/// The input passes through a convolution that changes nothing first, so that the layers find it as they find it inside
/// of a network, in blocks of channels; unless it is not lifted, and they find it as it comes in.
struct LayerProblem {
    let input: NaiveMap
    private(set) var output: [Float] = []
    private(set) var weights = Weights()
    private(set) var steps: [PlannedStep] = []

    init(
        _ shape: FeatureShape,
        batch: Int = 2,
        math: MathMode = .exact,
        passes: [Pass] = Pass.all,
        isLifted: Bool = true,
        scale: Double = 1,
        _ build: (inout Graph, NodeID) -> NodeID
    ) throws {
        let numbers = Uniform.values("layer input", count: batch * shape.count)
        input = NaiveMap(
            batch: batch,
            height: shape.height,
            width: shape.width,
            channels: shape.channels,
            values: numbers.map { Double(Float(Double($0 * 2 - 0.75) * scale)) }
        )
        var graph = Graph(input: shape)
        let picture = graph.append(Input(shape: shape), named: "input", inputs: [])
        let lift = Convolution(
            Window(1),
            inputChannels: shape.channels,
            outputChannels: shape.channels
        )
        let lifted = graph.append(lift, named: "lift", inputs: [picture])
        graph.mark(.logits, at: build(&graph, isLifted ? lifted : picture))
        weights = .uniform(for: graph)
        weights[ParameterKey(node: "lift", role: .kernel)] = WeightTensor(
            shape: lift.kernelShape,
            values: (0..<(shape.channels * shape.channels)).map {
                $0 % (shape.channels + 1) == 0 ? 1 : 0
            }
        )
        let executor = try Executor(
            graph,
            weights: weights,
            batch: batch,
            options: ExecutionOptions(math: math, passes: passes)
        )
        unsafe executor.withInput { place in
            for picture in 0..<batch {
                for pixel in 0..<shape.area {
                    for channel in 0..<shape.channels {
                        let from = (picture * shape.area + pixel) * shape.channels + channel
                        let to = (picture * shape.channels + channel) * shape.area + pixel
                        unsafe place[to] = Float(input.values[from])
                    }
                }
            }
        }
        try executor.run()
        output = executor.logits
        steps = executor.plan
    }

    /// The values of a parameter.
    func values(_ node: String, _ role: ParameterRole) -> [Float] {
        weights[ParameterKey(node: node, role: role)]?.values ?? []
    }

    /// The largest difference over the largest value that is expected; infinite where the sizes differ.
    func error(against expected: NaiveMap) -> Double {
        guard output.count == expected.values.count else { return .infinity }
        let scale = expected.values.map(abs).max() ?? 0
        let worst = zip(output, expected.values).map { abs(Double($0) - $1) }.max() ?? .infinity
        return worst / scale
    }
}

extension Weights {
    /// A deterministic value for every parameter of a graph, of sizes that keep activations where they are.
    static func uniform(for graph: Graph) -> Weights {
        var weights = Weights()
        for parameter in graph.parameters {
            let numbers = Uniform.values("\(parameter.key)", count: parameter.count)
            let inputs = Float(parameter.count / (parameter.shape.last ?? 1))
            let values: [Float] =
                switch parameter.key.role {
                case .kernel: numbers.map { ($0 - 0.5) * 3.5 / inputs.squareRoot() }
                case .gamma, .movingVariance, .scale: numbers.map { $0 + 0.5 }
                case .bias, .beta, .movingMean, .shift: numbers.map { $0 - 0.5 }
                }
            weights[parameter.key] = WeightTensor(shape: parameter.shape, values: values)
        }
        return weights
    }
}
