import Engine
import Testing

@Suite struct FoldPaddingTests {
    private static let shape = FeatureShape(height: 8, width: 7, channels: 20)

    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let pad: Pad
        let isFolded: Bool
        let layer: Pool

        init(_ text: String, _ pad: Pad, isFolded: Bool, _ layer: Pool) {
            testDescription = text
            self.pad = pad
            self.isFolded = isFolded
            self.layer = layer
        }

        /// A depthwise convolution over the same window.
        var convolution: Convolution {
            Convolution(layer.window, inputChannels: 20, outputChannels: 20, groups: 20)
        }
    }

    private static let one = Padding(before: 1, after: 1)
    static let cases = [
        Case("one around, valid", Pad(one), isFolded: true, Pool(.average, Window(3, stride: 2))),
        Case(
            "one behind, padded itself",
            Pad(Padding(top: 0, bottom: 1, left: 1, right: 0)),
            isFolded: true,
            Pool(
                .average,
                Window(
                    Axes(height: 3, width: 4),
                    border: .sides(Padding(top: 1, bottom: 0, left: 0, right: 2))
                ),
                countsPadding: true
            )
        ),
        Case(
            "one around, as the padded picture's size wants it",
            Pad(one),
            isFolded: true,
            Pool(.average, Window(4, stride: 2, border: .same), countsPadding: true)
        ),
        Case("more than the window", Pad(one), isFolded: false, Pool(.average, Window(1))),
        Case(
            "other than zeros",
            Pad(one, mode: .constant(1)),
            isFolded: false,
            Pool(.average, Window(3))
        ),
        Case("mirrored", Pad(one, mode: .reflect), isFolded: false, Pool(.average, Window(3))),
    ]

    private func run(
        _ instance: Case,
        _ layer: any Layer,
        passes: [Pass]
    ) throws -> LayerProblem {
        try LayerProblem(Self.shape, passes: passes) { graph, input in
            let pad = graph.append(instance.pad, named: "pad", inputs: [input])
            return graph.append(layer, named: "layer", inputs: [pad])
        }
    }

    private func values(_ problem: LayerProblem) -> NaiveMap {
        let count = problem.output.count
        return NaiveMap(
            batch: 1,
            height: 1,
            width: 1,
            channels: count,
            values: problem.output.map(Double.init)
        )
    }

    /// Pads and windows have suites of their own; here they must say the same with the pass and without.
    @Test("zeros become the border of convolutions and means", arguments: cases)
    func folded(_ instance: Case) throws {
        for layer in [instance.convolution, instance.layer] as [any Layer] {
            let pass = Pass.all.filter { $0.name == "fold-padding" }
            let with = try run(instance, layer, passes: pass)
            let without = try run(instance, layer, passes: [])
            #expect(with.steps.contains { $0.node == "pad" } == !instance.isFolded)
            #expect(without.steps.contains { $0.node == "pad" })
            #expect(with.error(against: values(without)) < 1e-6)
        }
    }

    @Test("a mean of real cells, a maximum, and who else reads the padded picture, keep it")
    func kept() throws {
        let border = Window(3, border: .sides(Self.one))
        for layer in [
            Pool(.average, border), Pool(.maximum, Window(3)),
        ] {
            let problem = try LayerProblem(Self.shape) { graph, input in
                let pad = graph.append(Pad(Self.one), named: "pad", inputs: [input])
                return graph.append(layer, named: "layer", inputs: [pad])
            }
            #expect(problem.steps.contains { $0.node == "pad" })
        }
        let both = try LayerProblem(Self.shape) { graph, input in
            let pad = graph.append(Pad(Self.one), named: "pad", inputs: [input])
            let mean = graph.append(Pool(.average, Window(3)), named: "mean", inputs: [pad])
            let most = graph.append(Pool(.maximum, Window(3)), named: "most", inputs: [pad])
            return graph.append(Binary(.subtract), named: "end", inputs: [mean, most])
        }
        let expected = both.input.map { picture, y, x, channel in
            var cells: [Double] = []
            for i in -1...1 {
                for j in -1...1 { cells.append(both.input[picture, y + i, x + j, channel]) }
            }
            return cells.reduce(0, +) / 9 - (cells.max() ?? .nan)
        }
        #expect(both.error(against: expected) < 1e-6)
    }
}
