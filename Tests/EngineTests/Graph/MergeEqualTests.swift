import Engine
import Testing

@Suite struct MergeEqualTests {
    private static let shape = FeatureShape(height: 5, width: 6, channels: 20)

    private func problem(_ passes: [Pass] = Pass.all) throws -> LayerProblem {
        try LayerProblem(Self.shape, passes: passes) { graph, input in
            let functions: [Nonlinearity.Function] = [.softsign, .softsign, .square, .softsign]
            var ends = functions.enumerated().map { index, function in
                graph.append(Nonlinearity(function), named: "\(index)", inputs: [input])
            }
            // Equal only once what they are computed of is one.
            ends += ends.prefix(2).enumerated().map { index, end in
                graph.append(Nonlinearity(.abs), named: "abs\(index)", inputs: [end])
            }
            return graph.append(Concat(count: ends.count), named: "concat", inputs: ends)
        }
    }

    @Test("equal functions of the same are computed once, and the values stay")
    func merged() throws {
        let (all, none) = (try problem(), try problem([]))
        #expect(all.output == none.output)
        let names = ["0", "1", "2", "3", "abs0", "abs1"]
        #expect(Set(all.steps.map(\.node)).intersection(names) == ["0", "2", "abs0"])
        #expect(Set(none.steps.map(\.node)).intersection(names).count == names.count)
    }

    @Test("layers with parameters of their own stay apart, and so does what is observed")
    func apart() throws {
        var graph = Graph(input: Self.shape)
        let input = graph.append(Input(shape: Self.shape), named: "input", inputs: [])
        let convolution = Convolution(Window(1), inputChannels: 20, outputChannels: 20)
        let one = graph.append(convolution, named: "one", inputs: [input])
        let two = graph.append(convolution, named: "two", inputs: [input])
        let first = graph.append(Nonlinearity(.relu), named: "first", inputs: [input])
        let second = graph.append(Nonlinearity(.relu), named: "second", inputs: [input])
        let all = graph.append(Concat(count: 4), named: "all", inputs: [one, two, first, second])
        graph.mark(.logits, at: all)
        graph.mark(Stage("second"), at: second)
        graph.observeAllStages()
        let pass = try #require(Pass.all.first { $0.name == "merge-equal" })
        #expect(pass.applied(to: graph).nodes.count == graph.nodes.count)
        graph.observed = [.logits]
        #expect(pass.applied(to: graph).nodes.count == graph.nodes.count - 1)
    }
}
