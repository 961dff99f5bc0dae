import Checkpoint
import Foundation
import Networks
import Proto
import TestSupport
import Testing

@Suite("finetune", .serialized)
struct FinetuneTests {
    @Test("begins with another network's variables, but for its classifier")
    func warmStart() throws {
        let folder = try TemporaryFolder()
        let flags = [
            "--data-dir", Fixture.path("training"), "--train-regex", "pictures.tfrecord",
            "--pretrained-model-checkpoint-path", Fixture.path("tiny/model"),
            "--num-classes=12", "--anti-alias-type=sconv", "--anti-alias-filter-size=3",
            "--preprocessing-type=imagenet_064", "--batch-size=4", "--stop-at-step=1",
            "--base-learning-rate=0", "--threads=1", "--no-train-batch-norm-statistics",
        ]
        let original = try WeightFile(Fixture.path("tiny/model")).tensors
        for (rule, takesStatistics) in [("backbone", true), ("published", false)] {
            let outcome = try Tool.run(
                "finetune",
                flags + ["--model-dir", folder.path(rule), "--warm-start=\(rule)"]
            )
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
            let ours = try WeightFile(folder.path(rule)).tensors
            #expect(ours.tensor(named: "resnet_model/dense/kernel")?.shape.last == 12)
            for entry in original.tensors
            where entry.name.hasPrefix("resnet_model") && !entry.name.contains("dense")
                && !entry.name.hasSuffix("/Momentum")
            {
                let other = try #require(ours.tensor(named: entry.name))
                let values = try SmallTraining.floats(other, ours)
                if takesStatistics || !entry.name.contains("/moving_") {
                    #expect(try values == SmallTraining.floats(entry, original), "\(entry.name)")
                } else {
                    let start: Float = entry.name.hasSuffix("moving_mean") ? 0 : 1
                    #expect(values.allSatisfy { $0 == start }, "\(entry.name)")
                }
            }
        }
    }

    @Test("what is frozen stays, and only that")
    func freezing() throws {
        let folder = try TemporaryFolder()
        for (name, steps) in [("a", "1"), ("b", "2")] {
            let outcome = try Tool.run(
                "finetune",
                SmallTraining.flags(
                    folder,
                    name,
                    [
                        "--stop-at-step=\(steps)", "--freeze", "conv2d(_[0-9]+)?/", "gamma$",
                        "--no-train-batch-norm-statistics",
                    ]
                )
            )
            #expect(outcome.exitCode == 0, "\(outcome.errors)")
        }
        let (first, second) = (
            try WeightFile(folder.path("a")).tensors, try WeightFile(folder.path("b")).tensors
        )
        var (stayed, moved) = (0, 0)
        for entry in first.tensors where entry.dataType == .float32 {
            let other = try #require(second.tensor(named: entry.name))
            let same = try SmallTraining.floats(entry, first) == SmallTraining.floats(other, second)
            let isFrozen =
                entry.name.contains("/kernel") && !entry.name.contains("dense")
                || entry.name.contains("gamma") || entry.name.contains("moving_")
            if isFrozen { #expect(same, "\(entry.name)") }
            if same { stayed += 1 } else { moved += 1 }
        }
        #expect(stayed > 0 && moved > 50)
    }

    @Test("moving statistics that are frozen stay, where others follow")
    func frozenStatistics() throws {
        let folder = try TemporaryFolder()
        let outcome = try Tool.run(
            "finetune",
            SmallTraining.flags(
                folder,
                "out",
                ["--stop-at-step=1", "--freeze", "batch_normalization_[12]/moving"]
            )
        )
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        let source = try WeightFile(folder.path("out")).tensors
        for entry in source.tensors where entry.name.hasSuffix("/moving_mean") {
            let isFrozen = entry.name.contains(/_[12]\//)
            let stayed = try SmallTraining.floats(entry, source).allSatisfy { $0 == 0 }
            #expect(stayed == isFrozen, "\(entry.name)")
        }
    }

    @Test("a loss that is no number stops, or is left out")
    func notANumber() throws {
        let folder = try TemporaryFolder()
        let wild = [
            "--base-learning-rate=1e6", "--learning-rate-decay-type=fixed", "--lr-warmup-epochs=0",
        ]
        let good = try Tool.run(
            "finetune",
            SmallTraining.flags(folder, "out", ["--stop-at-step=1"])
        )
        #expect(good.exitCode == 0)
        let before = try folder.bytes("out/model.ckpt-1.data-00000-of-00001")
        let stopped = try Tool.run("finetune", SmallTraining.flags(folder, "out", wild))
        #expect(stopped.exitCode == 1)
        #expect(!stopped.errors.contains("left out"))
        #expect(
            stopped.errors.contains(
                "the loss or its gradient is no number; the last checkpoint is "
                    + "\(folder.path("out"))/model.ckpt-1"
            )
        )
        #expect(try folder.bytes("out/model.ckpt-1.data-00000-of-00001") == before)
        let skipped = try Tool.run(
            "finetune",
            SmallTraining.flags(folder, "out", wild + ["--on-nan=skip", "--stop-at-step=20"])
        )
        #expect(skipped.exitCode == 0)
        #expect(skipped.errors.contains("the step is left out"))
        let source = try WeightFile(folder.path("out")).tensors
        for entry in source.tensors where entry.dataType == .float32 {
            #expect(try SmallTraining.floats(entry, source).allSatisfy(\.isFinite), "\(entry.name)")
        }
    }
}
