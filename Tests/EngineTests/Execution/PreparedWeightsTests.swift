import Engine
import Testing

@Suite struct PreparedWeightsTests {
    private static let graph: Graph = {
        var model = ModelConfiguration()
        model.version = 2
        model.width = 16
        model.classes = 7
        model.usesSelectiveKernel = true
        model.antiAliasesConvolutions = true
        do { return try Graph(model, imageSize: 64) } catch { preconditionFailure("\(error)") }
    }()

    private func logits(
        _ weights: Weights,
        _ prepared: PreparedWeights?,
        math: MathMode,
        batch: Int = 2,
        passes: [Pass] = Pass.all
    ) throws -> [Float] {
        let executor = try Executor(
            Self.graph,
            weights: weights,
            batch: batch,
            options: ExecutionOptions(math: math, passes: passes, prepared: prepared)
        )
        unsafe executor.withInput { place in
            for index in place.indices {
                unsafe place[index] = Float(index % 255) - 118
            }
        }
        try executor.run()
        return executor.logits
    }

    @Test("a second start needs no weights and gives the same bits", arguments: MathMode.allCases)
    func restart(math: MathMode) throws {
        // With batch norms that stand alone too.
        for passes in [Pass.all, []] {
            let first = PreparedWeights()
            let weights = Weights.uniform(for: Self.graph)
            let expected = try logits(weights, first, math: math, passes: passes)
            #expect(first.isNew)
            #expect(expected == (try logits(weights, nil, math: math, passes: passes)))

            let second = PreparedWeights(first.pieces)
            #expect(expected == (try logits(Weights(), second, math: math, passes: passes)))
            #expect(!second.isNew)
            #expect(second.pieces.map(\.name) == first.pieces.map(\.name))
        }
    }

    @Test("pieces in another layout are made anew, or missed where there are no weights")
    func otherLayout() throws {
        let weights = Weights.uniform(for: Self.graph)
        let made = PreparedWeights()
        let expected = try logits(weights, nil, math: .fast)
        _ = try logits(weights, made, math: .exact)
        let again = PreparedWeights(made.pieces)
        #expect(expected == (try logits(weights, again, math: .fast)))
        #expect(again.isNew)
        #expect(throws: EngineError.self) {
            try logits(Weights(), PreparedWeights(made.pieces), math: .fast)
        }
    }
}
