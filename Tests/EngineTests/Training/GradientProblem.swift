import Engine
import TestSupport
import Testing

/// A small network, whose gradient is compared with differences of its loss.
///
/// The loss is a fixed random combination of the last layer's values. It is moved along random directions of the
/// pictures and of each parameter; the slope that two points around the start show is compared with the gradient's.
struct GradientProblem: CustomTestStringConvertible, Sendable {
    let name: String
    let batch: Int
    let graph: Graph
    var math = TrainingMath.exact
    var usesBatchStatistics = true
    var keepProbability: Float?
    /// How far a slope may be from the gradient's, as a share of the gradient's norm.
    var tolerance = 2e-3
    /// How far the parameters are moved, as a share of their norm.
    var distance = 4e-3

    /// Where the slope jumps, shorter differences cross fewer jumps, and some of them still do.
    mutating func hasKinks() {
        distance = 2e-4
        tolerance = 1e-2
    }

    var testDescription: String { name }

    /// Input of `height` by `width` by 3, a convolution to `channels`, what `body` appends, and all values side by side.
    init(
        _ name: String,
        height: Int = 9,
        width: Int = 8,
        channels: Int,
        batch: Int = 3,
        _ body: (inout NetworkSketch) -> NodeID
    ) {
        self.name = "\(name), \(channels) channels"
        self.batch = batch
        var sketch = NetworkSketch(FeatureShape(height: height, width: width, channels: 3))
        let first = sketch.convolution(sketch.input, size: 3, from: 3, to: channels)
        sketch.start = first
        let last = body(&sketch)
        sketch.finish(last)
        graph = sketch.graph
    }

    /// The largest difference of a slope, over the gradient's norm, and where it is.
    func worstError() throws -> (place: String, error: Double) {
        var worst = (place: "none", error: 0.0)
        let store = try ParameterStore(graph, weights: startWeights())
        var options = TrainingOptions(math: math)
        options.usesBatchStatistics = usesBatchStatistics
        options.wantsInputGradient = true
        let plan = try TrainingPlan(graph, parameters: store, batch: batch, options: options)
        if let keepProbability {
            for mask in plan.dropBlockMasks {
                mask.draw(
                    keepProbability: keepProbability,
                    noise: Uniform.values("noise", count: mask.noiseCount)
                )
            }
        }
        let pictures = Uniform.values("pictures", count: batch * graph.input.count)
            .map { 2 * $0 - 1 }
        let share = Uniform.values("loss", count: batch * plan.classes).map { 2 * $0 - 1 }

        func loss(_ pictures: [Float]) throws -> Double {
            unsafe plan.withInput { _ = unsafe $0.update(fromContentsOf: pictures) }
            var sum = 0.0
            plan.parametersChanged()
            try unsafe plan.run { logits, gradient in
                for index in logits.indices {
                    unsafe sum += Double(logits[index]) * Double(share[index])
                    unsafe gradient[index] = share[index]
                }
            }
            return sum
        }

        func check(
            _ place: String,
            values: [Float],
            gradient: [Float],
            _ loss: ([Float]) throws -> Double
        ) rethrows {
            let norm = gradient.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
            let size = values.reduce(0) { $0 + Double($1) * Double($1) }.squareRoot()
            for round in 0..<3 {
                let signs = Uniform.values("\(place) \(round)", count: values.count)
                let length = Double(values.count).squareRoot()
                let direction = signs.map { $0 < 0.5 ? -1 / length : 1 / length }
                let step = distance * size
                func moved(_ sign: Double) -> [Float] {
                    zip(values, direction).map { Float(Double($0) + sign * step * $1) }
                }
                let slope = (try loss(moved(1)) - loss(moved(-1))) / (2 * step)
                let expected = zip(gradient, direction).reduce(0) { $0 + Double($1.0) * $1.1 }
                // A random direction sees this much of a gradient.
                let error = abs(slope - expected) / max(norm / length.squareRoot(), 1e-6)
                if !(error <= worst.error) { worst = (place, error) }
            }
        }

        _ = try loss(pictures)
        let gradients = store.parameters.map(\.gradientValues)
        guard let pictureGradient = plan.pictureGradient else { return ("no gradient", .infinity) }
        try check("pictures", values: pictures, gradient: pictureGradient, loss)
        for (parameter, gradient) in zip(store.parameters, gradients) where parameter.isTrained {
            let values = parameter.tensor.values
            try check(parameter.parameter.key.description, values: values, gradient: gradient) {
                parameter.set($0)
                return try loss(pictures)
            }
            parameter.set(values)
        }
        return worst
    }

    private func startWeights() -> Weights {
        var weights = Weights()
        for parameter in graph.parameters {
            weights[parameter.key] = WeightTensor(
                shape: parameter.shape,
                values: Uniform.fill(
                    "\(parameter.key.node)/\(Self.component(parameter.key.role))",
                    shape: parameter.shape
                )
            )
        }
        return weights
    }

    private static func component(_ role: ParameterRole) -> String {
        role == .movingVariance ? "moving_variance" : role.rawValue
    }
}

/// A graph under construction.
struct NetworkSketch {
    var graph: Graph
    let input: NodeID
    /// What the layers under test begin from.
    var start: NodeID
    private var count = 0

    init(_ shape: FeatureShape) {
        graph = Graph(input: shape)
        input = graph.append(Input(shape: shape), named: "input", inputs: [])
        start = input
    }

    mutating func append(_ layer: any Layer, _ inputs: NodeID...) -> NodeID {
        count += 1
        return graph.append(
            layer,
            named: "\(layer.kind)\(count)",
            inputs: inputs
        )
    }

    mutating func convolution(
        _ input: NodeID,
        size: Int,
        stride: Int = 1,
        from: Int,
        to: Int
    ) -> NodeID {
        let before = (size - 1) / 2
        return append(
            Convolution(
                Window(
                    size,
                    stride: stride,
                    border: .sides(Padding(before: before, after: size - 1 - before))
                ),
                inputChannels: from,
                outputChannels: to
            ),
            input
        )
    }

    mutating func norm(_ input: NodeID, _ channels: Int) -> NodeID {
        append(
            BatchNorm(channels: channels, decay: 0.9),
            input
        )
    }

    /// Lays pictures out as vectors, where they are not, and ends the graph.
    mutating func finish(_ last: NodeID) {
        let shape = try? graph.shapes()[last]
        let end = shape?.isVector == true ? last : append(GlobalPool(.flatten), last)
        graph.mark(.logits, at: end)
    }
}
