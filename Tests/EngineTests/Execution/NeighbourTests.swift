import Base
import Engine
import TestSupport
import Testing

/// A picture's logits are its own: the same bits in any batch, at any place in it, beside any other pictures.
@Suite struct NeighbourTests {
    private static let side = 64

    private static func pixels(_ picture: Int) -> [Float] {
        Uniform.values("picture \(picture)", count: 3 * side * side).map { $0 * 255 - 118 }
    }

    /// The logits of pictures, computed `batch` at a time; places that are left over hold zeros.
    private static func logits(
        of pictures: [Int],
        batch: Int,
        _ graph: Graph,
        _ math: MathMode
    ) throws -> [[Float]] {
        let executor = try Executor(
            graph,
            weights: .uniform(for: graph),
            batch: batch,
            options: ExecutionOptions(math: math)
        )
        var rows: [[Float]] = []
        for start in stride(from: 0, to: pictures.count, by: batch) {
            let chosen = pictures[start..<min(start + batch, pictures.count)]
            unsafe executor.withInput { place in
                unsafe place.update(repeating: 0)
                for (index, value) in chosen.flatMap(pixels).enumerated() {
                    unsafe place[index] = value
                }
            }
            try executor.run()
            let classes = executor.logits.count / batch
            rows += chosen.indices.map { index in
                let first = (index - start) * classes
                return Array(executor.logits[first..<(first + classes)])
            }
        }
        return rows
    }

    private static func check(_ math: MathMode, version: Int, width: Int, threads: Int) throws {
        var model = ModelConfiguration()
        model.version = version
        model.width = width
        model.classes = 37
        model.usesSelectiveKernel = version == 2
        model.usesSqueezeExcitation = version == 1
        model.antiAliasesConvolutions = true
        model.embeddingSize = version == 1 ? 0 : 24
        let graph = try Graph(model, imageSize: side)
        let before = ThreadCount.current
        ThreadCount.set(threads)
        defer { ThreadCount.set(before) }
        let alone = try logits(of: Array(0..<7), batch: 1, graph, math)
        for batch in [2, 3, 5, 16] {
            #expect(try logits(of: Array(0..<7), batch: batch, graph, math) == alone, "\(batch)")
        }
        let turned = try logits(of: (0..<7).reversed(), batch: 7, graph, math)
        #expect(turned == alone.reversed())
    }

    @Test(
        "logits do not depend on the batch, nor on a picture's place in it",
        arguments: [(1, 16), (1, 64), (2, 8), (2, 64)]
    )
    func exact(version: Int, width: Int) throws {
        for threads in 1...2 {
            try Self.check(.exact, version: version, width: width, threads: threads)
        }
    }

    @Test("neither in bfloat16", .needsBFloat16, arguments: [(1, 16), (2, 64)])
    func bfloat16(version: Int, width: Int) throws {
        try Self.check(.bf16, version: version, width: width, threads: 1)
    }
}
