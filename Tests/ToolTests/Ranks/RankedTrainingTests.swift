import Foundation
import TestSupport
import Testing

/// Trainings that ranks share: they leave the bytes of one process that computes as many parts.
@Suite(
    "finetune on several ranks",
    .serialized,
    .enabled(if: !RankedRun.all.isEmpty, "\(RankedRun.reason)")
)
struct RankedTrainingTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// What two trainings have left that does not depend on the clock.
    private func compare(_ one: String, _ other: String) throws {
        let (left, right) = (
            try folder.contents(below: one), try folder.contents(below: other)
        )
        func kept(_ names: some Sequence<String>) -> [String] {
            names.filter { !$0.contains("events.out.tfevents") }.sorted()
        }
        #expect(kept(left.keys) == kept(right.keys))
        for name in kept(left.keys) where name != "metrics.jsonl" && name != "hparams.json" {
            #expect(left[name] == right[name], "\(name)")
        }
        let lines = try [one, other].map { name in
            try folder.text("\(name)/metrics.jsonl").split(separator: "\n").map { line in
                var found = try RobustnessData.json(String(line))
                for key in ["seconds", "pictures_per_second", "examples_per_second"] {
                    found[key] = nil
                }
                return found as NSDictionary
            }
        }
        #expect(!lines[0].isEmpty && lines[0] == lines[1])
    }

    private func train(_ name: String, _ others: [String], ranks: Int? = nil) throws {
        let flags = SmallTraining.flags(folder, name, others)
        let outcome =
            try ranks.map { try RankedRun.run($0, "finetune", flags) }
            ?? Tool.run("finetune", flags, environment: ["OMP_NUM_THREADS": "1"])
        try #require(outcome.exitCode == 0, "\(outcome.errors)")
    }

    @Test(
        "leaves the same bytes as --num-gpus, with an evaluation of all pictures",
        arguments: [2, 3, 4]
    )
    func equality(ranks: Int) throws {
        let others = [
            "--val-regex", "pictures.tfrecord", "--stop-at-step=6", "--log-every=1",
            "--images-per-epoch=24", "--batch-size=\(ranks == 3 ? 6 : 8)",
        ]
        try train("one", others + ["--num-gpus=\(ranks)"])
        try train("many", others, ranks: ranks)
        try compare("one", "many")
        #expect(try folder.bytes("one/hparams.json").count > 100)
    }

    @Test(
        "whatever the buckets, and in bfloat16 too, by every MPI library that is here",
        arguments: [2, 3, 4]
    )
    func buckets(ranks: Int) throws {
        let others = [
            "--stop-at-step=4", "--log-every=1", "--images-per-epoch=48", "--batch-size=12",
            "--accumulate=\(2 * ranks)",
        ]
        let fits = ranks == 4 ? ["--batch-size=16"] : []
        for type in ["fp32", "bf16"] {
            let flags = others + fits + ["--allreduce-dtype", type]
            try train("one-\(type)", flags)
            for (index, launcher) in RankedRun.all.enumerated() {
                for bucket in index == 0 ? ["0", "0.01", "4"] : ["0.02"] {
                    let name = "many-\(type)-\(index)-\(bucket)"
                    let outcome = try RankedRun.run(
                        ranks,
                        "finetune",
                        SmallTraining.flags(folder, name, flags + ["--bucket-mb", bucket]),
                        by: launcher
                    )
                    try #require(outcome.exitCode == 0, "\(outcome.errors)")
                    #expect(outcome.output.contains("waiting_for_sums"))
                    try compare("one-\(type)", name)
                }
            }
        }
        let (exact, rounded) = (
            try folder.bytes("one-fp32/model.ckpt-4.data-00000-of-00001"),
            try folder.bytes("one-bf16/model.ckpt-4.data-00000-of-00001")
        )
        #expect(exact != rounded)
    }

    @Test("one part is no sum, whose rounding is told to have no effect")
    func onePart() throws {
        let outcome = try Tool.run(
            "finetune",
            SmallTraining.flags(folder, "one", ["--stop-at-step=1", "--allreduce-dtype=bf16"])
        )
        #expect(outcome.exitCode == 0)
        #expect(outcome.errors.contains("--allreduce-dtype=bf16 has no effect"))
    }

    @Test("so does a training with every technique, in more parts than ranks")
    func everything() throws {
        let others =
            SmallTraining.everything.map { $0 == "--batch-size=4" ? "--batch-size=8" : $0 }
            .map { $0 == "--accumulate=2" ? "--accumulate=4" : $0 }
            + ["--stop-at-step=3", "--train-epochs=1"]
        try train("one", others)
        try train("many", others, ranks: 2)
        try compare("one", "many")
    }

    @Test("pictures that are left out are the same, and told once")
    func corrupt() throws {
        try TinyData.records("data/train-00000", in: folder, 0..<24)
        var bytes = try folder.bytes("data/train-00000")
        bytes[bytes.count / 2] ^= 0xFF
        try folder.write(bytes, to: "data/train-00000")
        let others = [
            "--data-dir", folder.path("data"), "--train-regex", "train-*", "--stop-at-step=5",
            "--skip-corrupt=1", "--log-every=1",
        ]
        try train("one", others + ["--num-gpus=2"])
        let outcome = try RankedRun.run(
            2,
            "finetune",
            SmallTraining.flags(folder, "many", others)
        )
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        #expect(outcome.errors.components(separatedBy: "left out: ").count == 2)
        try compare("one", "many")
        let strict = try RankedRun.run(
            2,
            "finetune",
            SmallTraining.flags(folder, "strict", others + ["--skip-corrupt=0"])
        )
        #expect(strict.exitCode == 3, "\(strict.errors)")
    }

    @Test(
        "a signal to any rank saves once, and another number of ranks goes on to the same end",
        arguments: [0, 1]
    )
    func interrupted(rank: Int) throws {
        let others = ["--num-gpus=4", "--stop-at-step=60", "--train-epochs=30", "--log-every=1"]
        try train("one", others)
        let stopped = try RankedRun.run(
            2,
            "finetune",
            SmallTraining.flags(folder, "many", others),
            signal: RankedRun.Signal(
                name: "TERM",
                rank: rank,
                file: folder.path("many/metrics.jsonl")
            )
        )
        // A machine that is quick enough has ended by then.
        if stopped.exitCode != 0 {
            #expect(stopped.exitCode == 130, "\(stopped.errors)")
            #expect(
                stopped.errors.components(separatedBy: "finetune: warning: interrupted;").count == 2
            )
        }
        try train("many", others, ranks: 4)
        let (left, right) = (
            try folder.contents(below: "one"), try folder.contents(below: "many")
        )
        let name = "model.ckpt-60.data-00000-of-00001"
        #expect(left[name] != nil && left[name] == right[name])
    }

    @Test("a rank that is killed, or says nothing any more, ends all", arguments: ["KILL", "STOP"])
    func lost(signal: String) throws {
        let outcome = try RankedRun.run(
            2,
            "finetune",
            SmallTraining.flags(
                folder,
                "lost",
                [
                    "--stop-at-step=100000", "--train-epochs=100000", "--no-progress",
                    "--log-every=1",
                ]
            ),
            environment: ["REASSEMBLE_RANK_TIMEOUT": "4"],
            signal: RankedRun.Signal(
                name: signal,
                rank: 1,
                file: folder.path("lost/metrics.jsonl")
            )
        )
        #expect(outcome.exitCode != 0)
        guard signal == "STOP" else { return }
        #expect(outcome.exitCode == 3, "\(outcome.errors)")
        #expect(outcome.errors.contains("rank 1 has given no sign of life for 4 seconds"))
    }

    @Test("parts that ranks cannot share are refused")
    func refused() throws {
        let outcome = try RankedRun.run(
            2,
            "finetune",
            SmallTraining.flags(folder, "odd", ["--num-gpus=1"])
        )
        #expect(outcome.exitCode == 2, "\(outcome.errors)")
        #expect(outcome.errors.contains("--num-gpus=1: 2 ranks share the parts of a step"))
    }
}
