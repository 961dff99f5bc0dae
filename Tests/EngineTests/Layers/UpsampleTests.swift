import Engine
import Testing

@Suite struct UpsampleTests {
    @Test("every pixel becomes four", arguments: [MathMode.exact, .bf16])
    func upsample(math: MathMode) throws {
        let shape = FeatureShape(height: 5, width: 7, channels: 40)
        let problem = try LayerProblem(shape, math: math) { graph, input in
            graph.append(Upsample(), named: "upsample", inputs: [input])
        }
        let expected = problem.input.map(height: 10, width: 14) { picture, y, x, channel in
            problem.input[picture, y / 2, x / 2, channel]
        }
        #expect(problem.error(against: expected) < (math == .bf16 ? 5e-3 : 1e-7))
    }
}
