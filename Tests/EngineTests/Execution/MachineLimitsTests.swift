import Base
import Engine
import Testing

/// What a profile holds layers against.
@Suite struct MachineLimitsTests {
    @Test("limits are measured, with more for arithmetic than for memory")
    func measured() throws {
        let limits = try MachineLimits.measured()
        #expect(limits.threads == ThreadCount.current)
        #expect(!limits.instructions.isEmpty)
        #expect(limits.gigabytes > 0.1 && limits.gigabytes < 1e5)
        #expect(limits.gigaflops > limits.gigabytes / 8)
        #expect(limits.gigaflops < 1e6)
    }

    @Test("a step is held back by what takes longer, and counts what it multiplies and moves")
    func floors() throws {
        let layer = Convolution(
            Window(3, border: .sides(Padding(before: 1, after: 1))),
            inputChannels: 64,
            outputChannels: 64
        )
        var graph = Graph(input: FeatureShape(height: 16, width: 16, channels: 64))
        let input = graph.append(Input(shape: graph.input), named: "input", inputs: [])
        let first = graph.append(layer, named: "first", inputs: [input])
        let output = graph.append(layer, named: "second", inputs: [first])
        graph.mark(.logits, at: output)
        for (math, products) in [(MathMode.exact, 9.0), (.fast, 36.0 / 16)] {
            let executor = try Executor(
                graph,
                weights: .uniform(for: graph),
                batch: 2,
                options: ExecutionOptions(math: math)
            )
            let steps = try executor.runMeasured()
            let step = try #require(steps.first { $0.node == "second" && $0.operations > 0 })
            let pixels = 2 * 16 * 16
            #expect(step.operations == 2 * pixels * 9 * 64 * 64)
            #expect(Double(step.arithmetic) == Double(2 * pixels * 64 * 64) * products)
            let kernel = math == .exact ? 9 : 36
            // Between the points of a transformed kernel lies a line of a cache.
            let bytes = 4 * (2 * pixels * 64 + kernel * 64 * 64)
            let gaps = math == .exact ? 0 : 36 * 64 * 64 / 16
            #expect(bytes...(bytes + gaps) ~= step.byteCount)
            let arithmetic = Double(step.arithmetic) / 1e9
            let quick = MachineLimits(
                gigaflops: 1,
                gigabytes: 1e9,
                threads: 1,
                instructions: "none"
            )
            #expect(quick.floor(of: step).bound == .arithmetic)
            #expect(abs(quick.floor(of: step).seconds / arithmetic - 1) < 1e-9)
            let slow = MachineLimits(
                gigaflops: 1e9,
                gigabytes: 1,
                threads: 1,
                instructions: "none"
            )
            #expect(slow.floor(of: step).bound == .memory)
            #expect(abs(slow.floor(of: step).seconds / Double(step.byteCount) * 1e9 - 1) < 1e-9)
        }
    }
}
