import Base
import Engine
import GoldenNetworks
import Networks
import TestSupport

/// A whole network with the golden data's weights, on the golden data's pictures.
///
/// What is timed begins with a batch of prepared pictures in memory and ends with its logits.
final class NetworkWorker: Work {
    let executor: Executor
    private let pictures: [Float]
    private(set) var result: [Float] = []
    let facts: [String: Double]

    init(_ options: WorkerOptions) throws {
        ThreadCount.set(try options.count("threads", default: 2))
        let model: PublishedModel = try options.choice("network")
        let size = try options.count("image-size", default: model == .resNet50 ? 224 : 256)
        let batch = try options.count("batch", default: 1)
        let network = try FamilyNetwork(model.configuration, imageSize: size)
        let weights = Weights.filled(VariableNames(network))
        pictures = Self.planes(size: size, batch: batch)

        let clock = ContinuousClock()
        let start = clock.now
        executor = try Executor(
            network.graph,
            weights: weights,
            batch: batch,
            options: ExecutionOptions(
                math: try options.choice("math", default: .fast)
            )
        )
        let preparation = clock.now - start
        facts = [
            "preparation": preparation / .seconds(1),
            "activation_bytes": Double(executor.activationByteCount),
        ]
        try run()
    }

    func run() throws {
        unsafe executor.withInput { input in
            _ = unsafe input.update(fromContentsOf: pictures)
        }
        try executor.run()
        result = executor.logits
    }

    /// A batch of the golden input, channel by channel; its two pictures take turns.
    private static func planes(size: Int, batch: Int) -> [Float] {
        let area = size * size
        let pixels = Uniform.values("input", count: 2 * area * 3)
        var planes = [Float](repeating: 0, count: batch * 3 * area)
        for picture in 0..<batch {
            for pixel in 0..<area {
                for channel in 0..<3 {
                    planes[(picture * 3 + channel) * area + pixel] =
                        pixels[((picture % 2) * area + pixel) * 3 + channel] * 255 - 118
                }
            }
        }
        return planes
    }
}
