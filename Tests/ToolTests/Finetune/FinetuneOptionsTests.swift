import Foundation
import TestSupport
import Testing

@Suite("finetune: options", .serialized)
struct FinetuneOptionsTests {
    @Test(
        "says what is wrong with a command",
        arguments: [
            (["--num-classes=11"], 2, "give --model-dir"),
            (["--model-dir=x"], 2, "give --data-dir"),
            (["--model-dir=x", "--data-dir=/nowhere"], 3, "/nowhere: there is no such folder"),
            (["--model-dir=x", "--data-dir=/nowhere", "--dataset-name=y"], 2, "is not known"),
            (["--model-dir=x", "--data-dir=y", "--eval_only=True"], 2, "this tool trains"),
            (["--model-dir=x", "--data-dir=y", "--plot=a.png"], 2, "a.png: --plot draws SVG"),
            (["--model-dir=x", "--data-dir=y", "--plot=/dev/null/a.svg"], 3, "/dev/null/a.svg"),
        ]
    )
    func errors(flags: [String], code: Int32, message: String) throws {
        let folder = try TemporaryFolder()
        let outcome = try Tool.run("finetune", flags, in: folder.url)
        #expect(outcome.exitCode == code)
        #expect(outcome.errors.contains(message), "\(outcome.errors)")
        #expect(try folder.names().isEmpty)
    }

    @Test("refuses settings that cannot be, before anything is trained")
    func settings() throws {
        let folder = try TemporaryFolder()
        for (flags, message) in [
            (["--freeze", "("], "'(' is no regular expression"),
            (["--freeze", "nothing"], "no variable's name matches 'nothing'"),
            (["--freeze", "."], "nothing is left to train"),
            (["--dropblock-kp=0.9"], "takes two numbers"),
            (["--num_gpus=3"], "a batch of 8 cannot be divided into 3 parts (--num-gpus)"),
            (["--mixup-type=2", "--accumulate=8"], "1 pictures have none"),
            (["--eval-weights=ema"], "--eval-weights=ema needs --ema-decay"),
            (["--warm-start=all"], "need --pretrained-model-checkpoint-path"),
            (["--no-augmentation", "--autoaugment-type=good"], "contradict each other"),
            (["--export-only"], "convert exports"),
            (["--train-epochs=0"], "there is nothing to train"),
            (["--images-per-epoch=3"], "there is nothing to train"),
            (["--width=4096"], "of memory are needed"),
            (["--batch-size=65536", "--images-per-epoch=65536"], "of memory are needed"),
            (
                ["--piecewise-lr-boundary-epochs=3,3", "--piecewise-lr-decay-rates=1,0.1,0.01"]
                    + ["--learning-rate-decay-type=piecewise"], "must rise"
            ),
            (["--accumulate=3"], "a batch of 8 cannot be divided into 3 parts (--accumulate)"),
            (
                ["--learning-rate-decay-type=piecewise", "--piecewise-lr-decay-rates=1"],
                "have one value more: 4 and 1 were given"
            ),
            (["--preprocessing-type=reid"], "with --no-augmentation"),
            (
                [
                    "--preprocessing-type=imagenet_096", "--bl-alpha=2", "--resnet-size=200",
                    "--resnet-version=2",
                ], "200"
            ),
        ] {
            let outcome = try Tool.run("finetune", SmallTraining.flags(folder, "out", flags))
            #expect(outcome.exitCode == 2, "\(outcome.errors)")
            #expect(outcome.errors.contains(message), "\(outcome.errors)")
        }
        #expect(try folder.names().isEmpty)
    }

    @Test(
        "trains with a sigmoid for each class, and as if it had float16",
        arguments: ["--cls-loss-type=sigmoid", "--dtype=fp16 --loss-scale=128"]
    )
    func modes(flags: String) throws {
        try trainTwoSteps(flags)
    }

    @Test("trains in bfloat16", .needsBFloat16)
    func bfloat16() throws {
        try trainTwoSteps("--dtype=bf16")
    }

    private func trainTwoSteps(_ flags: String) throws {
        let folder = try TemporaryFolder()
        let all = flags.split(separator: " ").map(String.init)
        let outcome = try Tool.run(
            "finetune",
            SmallTraining.flags(folder, "out", all + ["--stop-at-step=2", "--log-every=1"])
        )
        try #require(outcome.exitCode == 0, "\(outcome.errors)")
        let lines = try MetricsLine.all(in: folder, "out").filter { $0.kind == "step" }
        #expect(lines.allSatisfy { ($0.loss ?? .nan).isFinite } && lines.count == 2)
    }

    @Test("says in one sentence that a processor cannot compute in bfloat16")
    func noBFloat16() throws {
        let folder = try TemporaryFolder()
        let lack =
            "this processor lacks AVX-512, which bfloat16 arithmetic needs (or DNNL_MAX_CPU_ISA forbids it)"
        let training = try Tool.run(
            "finetune",
            SmallTraining.flags(folder, "out", ["--dtype=bf16"]),
            environment: ["DNNL_MAX_CPU_ISA": "AVX2"]
        )
        #expect(training.exitCode == 2)
        #expect(
            training.errors.hasSuffix("finetune: --dtype=bf16: \(lack); use --dtype=fp32\n"),
            "\(training.errors)"
        )
        #expect(try folder.names().isEmpty)
        let arguments = [
            "--model-dir", Fixture.path("tiny/model"), "--data-dir", Fixture.path("tiny/data"),
            "-p", "imagenet_096", "-n", "8", "--no-progress", "--math",
        ]
        let evaluation = try Tool.run(
            "eval",
            arguments + ["bf16"],
            environment: ["DNNL_MAX_CPU_ISA": "AVX2"]
        )
        #expect(evaluation.exitCode == 2)
        #expect(
            evaluation.errors.hasSuffix("eval: --math=bf16: \(lack); use --math=fast\n"),
            "\(evaluation.errors)"
        )
        let mixed = try Tool.run(
            "eval",
            arguments + ["mixed"],
            environment: ["DNNL_MAX_CPU_ISA": "AVX2"]
        )
        #expect(mixed.exitCode == 0)
        #expect(mixed.errors.contains("so --math mixed computes as fast"), "\(mixed.errors)")
    }

    @Test(
        "knows every flag of the published scripts",
        arguments: [
            "--mixup_type=1 --autoaugment_type=good --label_smoothing=0.1 --resnet_version=2 "
                + "--resnet_size=50 --anti_alias_filter_size=3 --anti_alias_type=sconv "
                + "--use_sk_block=True --use_dropblock=True --dropblock_kp=0.9,0.7 --bn_momentum=0.966 "
                + "--weight_decay=0.001 --keep_checkpoint_max=0 --ratio_fine_eval=0.9 "
                + "--epochs_between_evals=10 --clean --dataset_name=food101",
            "--preprocessing_type=imagenet_224_256 --batch_size=1024 --mixup_type=1 "
                + "--autoaugment_type=imagenet --learning_rate_decay_type=cosine --weight_decay=1e-4 "
                + "--base_learning_rate=0.4 --momentum=0.9 --lr_warmup_epochs=5 --zero_gamma=True "
                + "--label_smoothing=0.1 --kd_temp=1 --dtype=fp16 --epochs_between_evals=10 "
                + "--train_epochs=600 --dataset_name=imagenet --resnet_version=2 --resnet_size=50 "
                + "--use_sk_block=True --anti_alias_type=sconv --anti_alias_filter_size=3 "
                + "--use_dropblock=True",
            "--recipe food101-assemble", "--recipe food101-vanilla", "--recipe imagenet-assemble",
            "--recipe imagenet-vanilla",
        ]
    )
    func publishedFlags(flags: String) throws {
        let folder = try TemporaryFolder()
        let outcome = try Tool.run(
            "finetune",
            flags.split(separator: " ").map(String.init) + [
                "--num_gpus=4", "--data_dir=\(folder.root)",
                "--model_dir=\(folder.path("out"))",
            ]
        )
        #expect(outcome.exitCode == 3)
        #expect(outcome.errors.contains("no file matches 'train-*'"))
    }
}
