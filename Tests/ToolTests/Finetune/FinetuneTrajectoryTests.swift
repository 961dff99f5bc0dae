import Checkpoint
import Engine
import Foundation
import Networks
import Proto
import TestSupport
import Testing

/// What TensorFlow 1.14 did from a stated start with stated pictures.
private struct Golden: Decodable {
    struct Step: Decodable {
        let cross_entropy: Double
        let distillation: Double
        let weight_decay: Double
        let loss: Double
        let learning_rate: Double
    }

    struct Variable: Decodable {
        let shape: [Int]
        let norm: Double
        let index: [Int]
        let sample: [Double]
    }

    struct Loss: Decodable {
        let label_smoothing: Double
    }

    let variant: String
    let loss: Loss
    let num_classes: Int
    let batch: Int
    let bn_momentum: Double
    let weight_decay: Double
    let momentum: Double
    let kd_temp: Double
    let start: String
    let steps: [Step]
    let variables_after: [String: Variable]

    /// The flags that say the same to the tool.
    var arguments: [String] {
        [
            "--pretrained-model-checkpoint-path", Fixture.path(start), "--warm-start", "all",
            "--preprocessing-type=imagenet_096", "--no-augmentation", "--no-shuffle",
            "--batch_size=\(batch)", "--images-per-epoch=80", "--train_epochs=2",
            "--stop_at_step=\(steps.count)", "--learning_rate_decay_type=cosine",
            "--base_learning_rate=0.01", "--bn_momentum=\(bn_momentum)",
            "--weight_decay=\(weight_decay)", "--momentum=\(momentum)", "--kd_temp=\(kd_temp)",
            "--label_smoothing=\(loss.label_smoothing)", "--log-every=1", "--math=exact",
            "--threads=1", "--num-classes=\(num_classes)",
        ]
            + (variant == "assemble-50"
                ? ["--anti_alias_type=sconv", "--anti_alias_filter_size=3"] : [])
    }
}

@Suite("finetune: trajectories", .serialized)
struct FinetuneTrajectoryTests {
    /// The pictures of the golden set-ups, with the stated teacher's logits if there is a teacher.
    private func data(_ golden: Golden, in folder: TemporaryFolder) throws {
        try folder.makeFolder("data")
        let target = folder.path("data/train-00000-of-00001")
        guard golden.kd_temp > 0 else {
            try FileManager.default.copyItem(
                atPath: Fixture.path("training/pictures.tfrecord"),
                toPath: target
            )
            return
        }
        let reader = try RecordReader(path: Fixture.path("training/pictures.tfrecord"))
        let writer = try RecordWriter(path: target)
        for step in golden.steps.indices {
            let classes = golden.num_classes
            let logits = Uniform.values("teacher/\(step)", count: golden.batch * classes)
                .map { ($0 - 0.5) * 8 }
            for picture in 0..<golden.batch {
                let record = try #require(try reader.next())
                var example = unsafe try Example(record.bytes.array.span.bytes)
                example["image/logit"] = .floats(
                    Array(logits[(picture * classes)..<((picture + 1) * classes)])
                )
                unsafe try writer.write(example.serialized.span.bytes)
            }
        }
        try writer.finish()
    }

    @Test(
        "repeats TensorFlow's trajectories, and leaves what TensorFlow left",
        arguments: ["softmax", "distill", "vanilla"]
    )
    func trajectory(name: String) throws {
        let golden = try Fixture.json("training/\(name).json", as: Golden.self)
        let folder = try TemporaryFolder()
        try data(golden, in: folder)
        let outcome = try Tool.run(
            "finetune",
            ["--data-dir", folder.path("data"), "--model-dir", folder.path("out")]
                + golden.arguments
        )
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        let lines = try MetricsLine.all(in: folder, "out").filter { $0.kind == "step" }
        #expect(lines.map(\.step) == Array(1...golden.steps.count))
        for (line, step) in zip(lines, golden.steps) {
            #expect(close(line.cross_entropy, step.cross_entropy, 1e-4))
            #expect(close(line.distillation ?? 0, step.distillation, 1e-4))
            #expect(close(line.weight_decay, step.weight_decay, 1e-4))
            #expect(close(line.loss, step.loss, 1e-4))
            #expect(close(line.learning_rate, step.learning_rate, 1e-5))
        }
        try compare(golden, WeightFile(folder.path("out")).tensors)
    }

    private func close(_ ours: Double?, _ theirs: Double, _ tolerance: Double) -> Bool {
        abs((ours ?? .nan) - theirs) <= tolerance * abs(theirs)
    }

    /// Weights and moving statistics one by one, momentum slots together.
    private func compare(_ golden: Golden, _ source: any TensorSource) throws {
        var names = Set(golden.variables_after.keys)
        names.insert(VariableNames.globalStep)
        #expect(Set(source.tensors.map(\.name)) == names)
        var (difference, total) = (0.0, 0.0)
        for (name, expected) in golden.variables_after where name != VariableNames.globalStep {
            let entry = try #require(source.tensor(named: name))
            #expect(entry.shape == expected.shape, "\(name)")
            let values = try SmallTraining.floats(entry, source).map(Double.init)
            if name.hasSuffix("/\(VariableNames.momentumSlot)") {
                for (index, value) in zip(expected.index, expected.sample) {
                    difference += (values[index] - value) * (values[index] - value)
                    total += value * value
                }
                continue
            }
            let norm = values.reduce(0) { $0 + $1 * $1 }.squareRoot()
            #expect(abs(norm - expected.norm) <= 1e-3 * max(expected.norm, 1e-12), "\(name)")
            let scale = max(expected.sample.map(abs).max() ?? 0, 1e-3)
            for (index, value) in zip(expected.index, expected.sample) {
                #expect(abs(values[index] - value) <= 2e-3 * scale, "\(name)[\(index)]")
            }
        }
        #expect((difference / total).squareRoot() <= 5e-2)
        let step = try #require(source.tensor(named: VariableNames.globalStep))
        #expect(step.dataType == .int64 && step.shape.isEmpty)
        #expect(
            try source.bytes(of: step, verifies: true).array == [
                UInt8(golden.steps.count), 0, 0, 0, 0, 0, 0, 0,
            ]
        )
    }
}
