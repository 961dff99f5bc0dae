import Base
import Engine
import Networks
import TestSupport
import Testing

/// A picture's logits are its own: the same bits in any batch, at any place in it, beside any other pictures, on any
/// number of threads.
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
        _ weights: Weights,
        _ math: MathMode
    ) throws -> [[Float]] {
        var options = ExecutionOptions(math: math)
        // In mixed arithmetic bfloat16 is really to be computed.
        options.bfloat16Gain = .directProducts
        let executor = try Executor(graph, weights: weights, batch: batch, options: options)
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

    private static func check(_ math: MathMode, version: Int, width: Int) throws {
        var model = ModelConfiguration()
        model.version = version
        model.width = width
        model.classes = 37
        model.usesSelectiveKernel = version == 2
        model.usesSqueezeExcitation = version == 1
        model.antiAliasesConvolutions = true
        model.embeddingSize = version == 1 ? 0 : 24
        let graph = try Graph(model, imageSize: side)
        let weights = Weights.uniform(for: graph)
        SteadyThreads.begin()
        defer { SteadyThreads.end() }
        let before = ThreadCount.current
        defer { ThreadCount.set(before) }
        ThreadCount.set(1)
        let alone = try logits(of: Array(0..<7), batch: 1, graph, weights, math)
        for threads in 1...2 {
            ThreadCount.set(threads)
            for batch in [1, 2, 3, 5, 16] {
                let together = try logits(of: Array(0..<7), batch: batch, graph, weights, math)
                #expect(together == alone, "\(batch) on \(threads) threads")
            }
            let turned = try logits(of: (0..<7).reversed(), batch: 7, graph, weights, math)
            #expect(turned == alone.reversed(), "\(threads) threads")
        }
    }

    /// Versions and widths: channels that fill blocks and that do not.
    private static let networks = [(1, 8), (1, 16), (1, 64), (2, 8), (2, 16), (2, 64)]

    @Test("logits do not depend on the batch, nor on a picture's place in it", arguments: networks)
    func exact(version: Int, width: Int) throws {
        try Self.check(.exact, version: version, width: width)
    }

    @Test("neither by Winograd's algorithm", arguments: networks)
    func fast(version: Int, width: Int) throws {
        try Self.check(.fast, version: version, width: width)
    }

    @Test("neither by it and in bfloat16", .needsBFloat16, arguments: networks)
    func mixed(version: Int, width: Int) throws {
        try Self.check(.mixed, version: version, width: width)
    }

    @Test("neither in bfloat16", .needsBFloat16, arguments: networks)
    func bfloat16(version: Int, width: Int) throws {
        try Self.check(.bf16, version: version, width: width)
    }
}
