import Engine
import TestSupport
import Testing

@Suite struct UpsampleTests {
    @Test("every pixel becomes four")
    func exact() throws {
        #expect(try error(.exact) < 1e-7)
    }

    @Test("every pixel becomes four in bfloat16", .needsBFloat16)
    func bfloat16() throws {
        #expect(try error(.bf16) < 5e-3)
    }

    private func error(_ math: MathMode) throws -> Double {
        let shape = FeatureShape(height: 5, width: 7, channels: 40)
        let problem = try LayerProblem(shape, math: math) { graph, input in
            graph.append(Upsample(), named: "upsample", inputs: [input])
        }
        let expected = problem.input.map(height: 10, width: 14) { picture, y, x, channel in
            problem.input[picture, y / 2, x / 2, channel]
        }
        return problem.error(against: expected)
    }
}
