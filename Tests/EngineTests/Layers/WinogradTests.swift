import Base
import Engine
import TestSupport
import Testing

/// Where Winograd's algorithm is chosen, and that it is the same whatever the threads.
@Suite struct WinogradTests {
    private static func convolution(
        from inputs: Int,
        to outputs: Int,
        padding: Padding = Padding(before: 1, after: 1)
    ) -> Convolution {
        Convolution(
            Window(3, border: .sides(padding)),
            inputChannels: inputs,
            outputChannels: outputs
        )
    }

    private static func problem(
        _ layer: Convolution,
        height: Int,
        width: Int,
        batch: Int = 2,
        math: MathMode = .fast
    ) throws -> LayerProblem {
        let shape = FeatureShape(height: height, width: width, channels: layer.inputChannels)
        return try LayerProblem(shape, batch: batch, math: math) { graph, input in
            graph.append(layer, named: "conv", inputs: [input])
        }
    }

    @Test(
        "tiles are chosen by the map and the channels, whatever the batch",
        arguments: [
            (64, 28, "winograd 4x4"), (128, 7, "winograd 4x4"), (128, 4, "winograd 4x4"),
            (128, 6, "winograd 2x2"), (128, 2, "winograd 2x2"),
        ]
    )
    func choice(channels: Int, extent: Int, expected: String) throws {
        for batch in [1, 2, 16] {
            let layer = Self.convolution(from: channels, to: channels)
            let problem = try Self.problem(layer, height: extent, width: extent, batch: batch)
            #expect(problem.steps.last?.implementation == expected, "\(batch)")
        }
    }

    @Test(
        "every product is computed where tiles gain nothing",
        arguments: [(8, 14, MathMode.fast), (128, 1, .fast), (64, 28, .exact)]
    )
    func direct(channels: Int, extent: Int, math: MathMode) throws {
        let layer = Self.convolution(from: channels, to: channels)
        let problem = try Self.problem(layer, height: extent, width: extent, math: math)
        #expect(problem.steps.last?.implementation.contains("winograd") == false)
    }

    @Test(
        "maps that are no squares and borders that are uneven",
        arguments: [(9, 22, 1, 1), (22, 9, 0, 0), (7, 13, 2, 0), (6, 10, 0, 2), (5, 9, 3, 3)]
    )
    func borders(height: Int, width: Int, before: Int, after: Int) throws {
        let layer = Self.convolution(
            from: 48,
            to: 80,
            padding: Padding(before: before, after: after)
        )
        let problem = try Self.problem(layer, height: height, width: width, batch: 3)
        #expect(problem.steps.last?.implementation.hasPrefix("winograd") == true)
        let expected = problem.input.convolved(
            problem.values("conv", .kernel),
            size: 3,
            stride: 1,
            before: before,
            after: after,
            outputs: 80
        )
        #expect(problem.error(against: expected) < 2e-6)
    }

    @Test(
        "the same bits on any number of threads",
        arguments: [(64, 128, 28, 1), (272, 144, 7, 1), (64, 80, 12, 16), (128, 128, 2, 5)]
    )
    func threads(inputs: Int, outputs: Int, extent: Int, batch: Int) throws {
        SteadyThreads.begin()
        defer { SteadyThreads.end() }
        let before = ThreadCount.current
        defer { ThreadCount.set(before) }
        var alone: [Float] = []
        for threads in [1, 2, 3, 8, 21] {
            ThreadCount.set(threads)
            let layer = Self.convolution(from: inputs, to: outputs)
            let problem = try Self.problem(layer, height: extent, width: extent, batch: batch)
            if threads == 1 { alone = problem.output }
            #expect(problem.output == alone, "\(threads)")
        }
        #expect(alone.contains { $0 != 0 })
    }
}
