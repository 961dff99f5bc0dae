import Base
import Engine
import Networks
import TestSupport
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

    @Test(
        "a second start needs no weights and gives the same bits",
        arguments: [MathMode.exact, .fast, .mixed]
    )
    func restart(math: MathMode) throws {
        try checkRestart(math)
    }

    @Test("so does one in bfloat16", .needsBFloat16)
    func restartBFloat16() throws {
        try checkRestart(.bf16)
    }

    private func checkRestart(_ math: MathMode) throws {
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
        let first = PreparedWeights()
        let expected = try logits(weights, first, math: .fast)
        // Which layouts a processor wants is its own affair; what is in another one than it wants, it must not take.
        let others = first.pieces.map { piece in
            let zeros = [UInt8](repeating: 0, count: piece.bytes.count)
            return PreparedWeights.Piece(
                name: piece.name,
                layout: piece.layout + " turned round",
                bytes: unsafe OwnedBytes(copying: zeros.span.bytes)
            )
        }
        let again = PreparedWeights(others)
        #expect(expected == (try logits(weights, again, math: .fast)))
        #expect(again.isNew)
        #expect(throws: EngineError.self) {
            try logits(Weights(), PreparedWeights(others), math: .fast)
        }
    }
}
