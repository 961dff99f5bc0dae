import Engine
import Testing

@Suite struct AddTests {
    @Test("pictures, rectified or not, in either type", arguments: [16, 20], [false, true])
    func pictures(channels: Int, isRectified: Bool) throws {
        for math in [MathMode.exact, .bf16] where math.isAvailable {
            let shape = FeatureShape(height: 5, width: 7, channels: channels)
            let problem = try LayerProblem(shape, math: math) { graph, input in
                let doubled = graph.append(Add(), named: "double", inputs: [input, input])
                let sum = graph.append(Add(), named: "sum", inputs: [doubled, input])
                guard isRectified else { return sum }
                return graph.append(Nonlinearity(.relu), named: "relu", inputs: [sum])
            }
            #expect(!problem.steps.contains { $0.kind == "relu" }, "it is the sum's last act")
            let expected = problem.input.map {
                let value = 3 * problem.input[$0, $1, $2, $3]
                return isRectified ? max(value, 0) : value
            }
            #expect(problem.error(against: expected) < (math == .bf16 ? 1e-2 : 1e-6))
        }
    }

    @Test("vectors")
    func vectors() throws {
        let shape = FeatureShape(height: 3, width: 2, channels: 20)
        let problem = try LayerProblem(shape) { graph, input in
            let mean = graph.append(GlobalPool(.average), named: "mean", inputs: [input])
            return graph.append(Add(), named: "add", inputs: [mean, mean])
        }
        let means = problem.input.means()
        let expected = means.map { 2 * means[$0, $1, $2, $3] }
        #expect(problem.error(against: expected) < 1e-6)
    }

    @Test("pictures as they come in, and one arranged as the other", arguments: [3, 20])
    func arrangements(channels: Int) throws {
        let shape = FeatureShape(height: 4, width: 5, channels: channels)
        let identity = Pool(.maximum, Window(1))
        for isFirst in [true, false] {
            let problem = try LayerProblem(shape, isLifted: false) { graph, input in
                let blocks = graph.append(identity, named: "blocks", inputs: [input])
                return graph.append(
                    Add(),
                    named: "add",
                    inputs: isFirst ? [blocks, input] : [input, blocks]
                )
            }
            let expected = problem.input.map { 2 * problem.input[$0, $1, $2, $3] }
            #expect(problem.error(against: expected) < 1e-6)
        }
    }

    @Test("a vector and a picture of one pixel", arguments: [16, 20])
    func pixel(channels: Int) throws {
        let shape = FeatureShape(height: 4, width: 5, channels: channels)
        for isFirst in [true, false] {
            let problem = try LayerProblem(shape) { graph, input in
                let mean = graph.append(GlobalPool(.average), named: "mean", inputs: [input])
                let window = Window(Axes(height: 4, width: 5))
                let pixel = graph.append(Pool(.average, window), named: "pixel", inputs: [input])
                return graph.append(
                    Add(),
                    named: "add",
                    inputs: isFirst ? [mean, pixel] : [pixel, mean]
                )
            }
            let means = problem.input.means()
            let expected = means.map { 2 * means[$0, $1, $2, $3] }
            #expect(problem.error(against: expected) < 1e-6)
        }
    }

    @Test("a convolution of a vector adds to another vector")
    func matrixProduct() throws {
        let shape = FeatureShape(height: 4, width: 5, channels: 20)
        let problem = try LayerProblem(shape) { graph, input in
            let mean = graph.append(GlobalPool(.average), named: "mean", inputs: [input])
            let other = graph.append(GlobalPool(.average), named: "other", inputs: [input])
            let product = graph.append(
                Convolution(Window(1), inputChannels: 20, outputChannels: 20),
                named: "conv",
                inputs: [mean]
            )
            return graph.append(Add(), named: "add", inputs: [product, other])
        }
        let means = problem.input.means()
        let products = means.convolved(
            problem.values("conv", .kernel),
            size: 1,
            stride: 1,
            before: 0,
            after: 0,
            outputs: 20
        )
        let expected = products.map { products[$0, $1, $2, $3] + means[$0, $1, $2, $3] }
        #expect(problem.error(against: expected) < 1e-6)
    }

    @Test("other than two inputs, and inputs of two shapes, are refused")
    func inputs() {
        let shape = FeatureShape(height: 4, width: 5, channels: 8)
        var graph = Graph(input: shape)
        let input = graph.append(Input(shape: shape), named: "input", inputs: [])
        var alone = graph
        _ = alone.append(Add(), named: "add", inputs: [input])
        let error = GraphError.wrongInputCount(node: "add", found: 1, expected: 2)
        #expect(throws: error) { try alone.shapes() }
        #expect(error.description == "add: the number of inputs is 1, but must be 2")

        let half = graph.append(
            Pool(.maximum, Window(2, stride: 2)),
            named: "half",
            inputs: [input]
        )
        _ = graph.append(Add(), named: "add", inputs: [input, half])
        #expect(
            throws: GraphError.shapesDiffer(
                node: "add",
                first: shape,
                second: FeatureShape(height: 2, width: 2, channels: 8)
            )
        ) { try graph.shapes() }
    }
}
