import Engine
import GoldenNetworks
import Networks
import TestSupport
import Testing

/// How the reference's architectures are planned, at their full width.
@Suite(.serialized)
struct GoldenPlanTests {
    /// Planned in full; weights are zeros, as nothing is computed.
    private func executor(
        _ name: String,
        imageSize: Int? = nil,
        batch: Int = 2,
        math: MathMode
    ) throws -> Executor {
        let golden = try GoldenGraph.load(name)
        let graph = try Graph(golden.configuration, imageSize: imageSize ?? golden.image_size)
        var weights = Weights()
        for parameter in graph.parameters {
            weights[parameter.key] = WeightTensor(
                shape: parameter.shape,
                values: [Float](repeating: 0, count: parameter.count)
            )
        }
        return try Executor(
            graph,
            weights: weights,
            batch: batch,
            options: ExecutionOptions(math: math)
        )
    }

    private func check(_ executor: Executor, _ what: String) {
        for step in executor.plan {
            let family = step.implementation.prefix { $0 != ":" && $0 != "_" }
            #expect(
                !["ref", "simple", "gemm", "unknown"].contains(family),
                "\(what): \(step.node) runs \(step.implementation)"
            )
        }
        let plan = executor.memory
        for first in plan.offsets.indices {
            let place = plan.offsets[first]..<(plan.offsets[first] + plan.byteCounts[first])
            #expect(place.upperBound <= plan.byteCount)
            for second in 0..<first where plan.lifetimes[first].overlaps(plan.lifetimes[second]) {
                let other = plan.offsets[second]..<(plan.offsets[second] + plan.byteCounts[second])
                #expect(!place.overlaps(other), "\(what): buffers \(second) and \(first)")
            }
        }
        #expect(plan.byteCount < plan.byteCounts.reduce(0, +) / 2, "\(what): memory is reused")
    }

    @Test(
        "no step runs a reference implementation, no memory is shared",
        arguments: GoldenGraph.names
    )
    func goldens(name: String) throws {
        check(try executor(name, math: .fast), name)
    }

    @Test("nor at the published picture size", arguments: [MathMode.exact, .fast, .mixed])
    func published(math: MathMode) throws {
        try checkPublished(math)
    }

    @Test("nor at the published picture size in bfloat16", .needsBFloat16)
    func publishedBFloat16() throws {
        try checkPublished(.bf16)
    }

    private func checkPublished(_ math: MathMode) throws {
        check(
            try executor("assemble-50", imageSize: 256, batch: 1, math: math),
            "assemble-50 \(math.rawValue)"
        )
    }
}
