import Base
import Engine
import Foundation
import Networks

/// A network that came as a graph, on the pictures of a file: float32, `[picture, height, width, 3]`.
///
/// What is timed begins with a batch of prepared pictures in memory and ends with its logits.
final class GraphWorker: Work {
    let executor: Executor
    private let planes: [Float]
    private(set) var result: [Float] = []
    let facts: [String: Double]

    init(_ options: WorkerOptions) throws {
        ThreadCount.set(try options.count("threads", default: 2))
        let size = try options.count("image-size", default: 224)
        let bytes = try Data(contentsOf: URL(filePath: try options.text("pictures")))
        let area = size * size
        let batch = bytes.count / (4 * 3 * area)
        guard batch > 0, bytes.count == 4 * 3 * area * batch else {
            throw WorkerOptions.Mistake(text: "--pictures holds no pictures of side \(size)")
        }
        planes = Self.planes(bytes, area: area, batch: batch)
        let clock = ContinuousClock()
        let start = clock.now
        let network = try Network(
            GraphSource(try options.text("graph"), ImportOptions()),
            NetworkRequest()
        )
        executor = try network.executor(
            imageSize: size,
            batch: batch,
            .raw,
            ExecutionOptions(math: try options.choice("math", default: .fast))
        )
        facts = ["preparation": (clock.now - start) / .seconds(1)]
        try run()
    }

    func run() throws {
        unsafe executor.withInput { input in
            _ = unsafe input.update(fromContentsOf: planes)
        }
        try executor.run()
        result = executor.logits
    }

    /// The pictures channel by channel, as the engine takes them.
    private static func planes(_ bytes: Data, area: Int, batch: Int) -> [Float] {
        var pixels = [Float](repeating: 0, count: bytes.count / 4)
        unsafe pixels.withUnsafeMutableBytes { target in
            _ = unsafe bytes.copyBytes(to: target)
        }
        var planes = [Float](repeating: 0, count: pixels.count)
        for picture in 0..<batch {
            for pixel in 0..<area {
                for channel in 0..<3 {
                    planes[(picture * 3 + channel) * area + pixel] =
                        pixels[(picture * area + pixel) * 3 + channel]
                }
            }
        }
        return planes
    }
}
