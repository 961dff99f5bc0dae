import Checkpoint
import Foundation
import TestSupport

/// A training that takes a second.
enum SmallTraining {
    /// The flags of a training of a small network; its results go to `name` in the folder.
    static func flags(
        _ folder: TemporaryFolder,
        _ name: String,
        _ others: [String] = []
    ) -> [String] {
        [
            "--data-dir", Fixture.path("training"), "--train-regex", "pictures.tfrecord",
            "--model-dir", folder.path(name), "--num-classes=11", "--width=4",
            "--preprocessing-type=imagenet_064", "--batch-size=8", "--train-epochs=2",
            "--learning-rate-decay-type=cosine", "--lr-warmup-epochs=1", "--threads=1", "--seed=5",
        ] + others
    }

    /// Everything random, and every technique.
    static let everything = [
        // DropBlock needs seven pixels in the last group.
        "--preprocessing-type=imagenet_224", "--batch-size=4",
        "--mixup-type=1", "--autoaugment-type=good", "--use-dropblock", "--dropblock-kp=0.9,0.7",
        "--ema-decay=0.9", "--shuffle-buffer=50", "--label-smoothing=0.1", "--nesterov",
        "--clip-gradients=1", "--layer-decay=0.9", "--checkpoint-activations", "--accumulate=2",
    ]

    /// The values of a float32 tensor.
    static func floats(_ entry: TensorEntry, _ source: any TensorSource) throws -> [Float] {
        let bytes = try source.bytes(of: entry, verifies: true).array
        return stride(from: 0, to: bytes.count, by: 4).map { start in
            Float(
                bitPattern: (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[start + $1]) << (8 * $1) }
            )
        }
    }
}

/// A line of `metrics.jsonl`.
struct MetricsLine: Decodable {
    let kind: String
    let step: Int
    let loss: Double?
    let cross_entropy: Double?
    let distillation: Double?
    let weight_decay: Double?
    let learning_rate: Double?
    let accuracy: Double?
    let recall_at_1: Double?

    static func all(in folder: TemporaryFolder, _ name: String) throws -> [MetricsLine] {
        try folder.text("\(name)/metrics.jsonl").split(separator: "\n").map {
            try JSONDecoder().decode(MetricsLine.self, from: Data($0.utf8))
        }
    }
}
