import TestSupport
import Testing

/// The flags of the published training script, as its users have them in their scripts.
@Suite("A published command")
struct PublishedCommandsTests {
    /// Those that mean nothing in an evaluation; truths stand without a value.
    private static let trainingOnly = [
        "--mixup_type=1", "--autoaugment_type=good", "--use_dropblock=True",
        "--dropblock_kp=0.9,0.7", "--base_learning_rate=0.01", "--learning_rate_decay_type=cosine",
        "--learning_rate_decay_factor=0.94", "--num_epochs_per_decay=2.0",
        "--end_learning_rate=0.0001", "--lr_warmup_epochs=5", "--train_epochs=100",
        "--momentum=0.9", "--keep_checkpoint_max=0",
        "--ratio_fine_eval=0.9", "--epochs_between_evals=10", "--clean",
        "--pretrained_model_checkpoint_path=none", "--piecewise_lr_boundary_epochs=30,60",
        "--piecewise_lr_decay_rates=1,0.1,0.01", "--logit_type=arc_margin", "--arc_s=80",
        "--arc_m=0.15", "--use_ranking_loss=0.5", "--with_drawing_bbox",
        "--use_hyperdash=False", "--num_best_ckpt_to_keep=3", "--keep_ckpt_every_eval",
        "--training_random_crop=False", "--save_checkpoints_epochs=1.0", "--train_regex=train-*",
        "--stop_threshold=0.9", "--hooks=LoggingTensorHook",
        "--loss_scale=128", "--benchmark_logger_type=BaseBenchmarkLogger",
        "--benchmark_test_id=a", "--benchmark_log_dir=b", "--gcp_project=c",
        "--bigquery_data_set=d", "--bigquery_run_table=e", "--bigquery_run_status_table=f",
        "--bigquery_metric_table=g",
    ]

    /// Those whose part is taken by something else, with what the note says of them.
    private static let replaced = [
        ("--num_gpus=4", "the processor computes"), ("--gpu_index=0,1", "the processor computes"),
        ("--all_reduce_alg=nccl", "one processor computes"),
        ("--data_format=channels_first", "the engine chooses its layout"),
        ("--inter_op_parallelism_threads=2", "--threads decides"),
        ("--intra_op_parallelism_threads=2", "--threads decides"),
        ("--val_batch_size=256", "--batch-size decides"),
        ("--export_dir=out", "nothing is exported"),
        ("--export_decoder_type=jpeg", "nothing is exported"),
        ("--use_synthetic_data=False", "the data set is read"),
    ]

    @Test("may carry every training flag; one note names them all")
    func training() throws {
        let folder = try TemporaryFolder()
        let flags = Self.trainingOnly + Self.replaced.map(\.0)
        let outcome = try Tool.run("eval", ["--model_dir=\(folder.path("none"))"] + flags)
        let names = Self.trainingOnly.map { String($0.prefix { $0 != "=" }) }
        let explained = Self.replaced.map { flag, reason in
            "\(flag.prefix { $0 != "=" }) (\(reason))"
        }
        let note =
            "eval: note: not used for evaluation: "
            + (names + explained).joined(separator: ", ")
        let lines = outcome.errors.split(separator: "\n").map { String($0) }
        #expect(lines.first == note)
        #expect(!outcome.errors.contains("no such option"))
    }

    @Test("may carry every flag that describes the model, the data and the run")
    func evaluation() throws {
        let folder = try TemporaryFolder()
        let outcome = try Tool.run(
            "eval",
            [
                "--model_dir=\(folder.path("none"))", "--eval_only=True", "--dataset_name=imagenet",
                "--data_dir=\(folder.path("data"))", "--preprocessing_type=imagenet_224_256a",
                "--resnet_version=2", "--resnet_size=152", "--bl_alpha=1", "--bl_beta=2",
                "--use_sk_block=True", "--use_se_block=False", "--anti_alias_type=sconv",
                "--anti_alias_filter_size=3", "--no_downsample=False", "--pool_type=gap",
                "--embedding_size=0", "--bn_momentum=0.966", "--zero_gamma=True",
                "--dct_method=INTEGER_ACCURATE", "--batch_size=256", "--label_smoothing=0.1",
                "--kd_temp=1", "--cls_loss_type=sigmoid", "--val_regex=validation-*",
                "--num_classes=1001", "--label_offset=1",
                "--label_file=labels", "--image_size=256", "--use_resnet_d==False",
            ]
        )
        let warning = "eval: warning: --use_resnet_d==False: taken as --use_resnet_d=False\n"
        #expect(outcome.errors.hasPrefix(warning))
        #expect(!outcome.errors.contains("no such option"))
        #expect(!outcome.errors.contains("is not what it takes"))
    }
}
