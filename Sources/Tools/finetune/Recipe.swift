import ToolSupport

/// The flags of a published training script, under one name.
enum Recipe: String, Sendable, CaseIterable {
    case food101Assemble = "food101-assemble"
    case food101Vanilla = "food101-vanilla"
    case imageNetAssemble = "imagenet-assemble"
    case imageNetVanilla = "imagenet-vanilla"

    /// What the script passes on, but for paths and GPUs.
    ///
    /// - SeeAlso: `scripts/` in clovaai/assembled-cnn.
    var arguments: [String] {
        switch self {
        case .food101Assemble:
            Self.food101 + Self.assemble + [
                "--mixup_type=1", "--autoaugment_type=good", "--label_smoothing=0.1",
                "--use_dropblock=True", "--dropblock_kp=0.9,0.7",
            ]
        case .food101Vanilla:
            Self.food101 + Self.vanilla + ["--preprocessing_type=imagenet"]
        case .imageNetAssemble:
            Self.imageNet + Self.assemble + [
                "--preprocessing_type=imagenet_224_256", "--mixup_type=1",
                "--autoaugment_type=imagenet", "--use_dropblock=True", "--label_smoothing=0.1",
                "--kd_temp=1", "--epochs_between_evals=10", "--train_epochs=600",
            ]
        case .imageNetVanilla:
            Self.imageNet + Self.vanilla + [
                "--preprocessing_type=imagenet", "--epochs_between_evals=5", "--train_epochs=120",
            ]
        }
    }

    private static let assemble = [
        "--resnet_version=2", "--resnet_size=50", "--use_sk_block=True",
        "--anti_alias_type=sconv", "--anti_alias_filter_size=3",
    ]
    private static let vanilla = ["--resnet_version=1", "--resnet_size=50"]
    private static let food101 = [
        "--dataset_name=food101", "--batch_size=256", "--base_learning_rate=0.01",
        "--learning_rate_decay_type=cosine", "--lr_warmup_epochs=5", "--train_epochs=100",
        "--bn_momentum=0.966", "--weight_decay=0.001", "--keep_checkpoint_max=0",
        "--ratio_fine_eval=0.9", "--epochs_between_evals=10",
    ]
    private static let imageNet = [
        "--dataset_name=imagenet", "--batch_size=1024", "--learning_rate_decay_type=cosine",
        "--weight_decay=1e-4", "--base_learning_rate=0.4", "--momentum=0.9",
        "--lr_warmup_epochs=5", "--zero_gamma=True",
    ]

    /// The command line with the flags of its recipe, if it names one, in front.
    static func expand(_ options: ParsedOptions, _ arguments: [String]) throws -> ParsedOptions {
        guard let recipe = options[FinetuneOptions.recipe] else { return options }
        return try FinetuneOptions.table.parse(recipe.arguments + arguments)
    }
}
