import Convert
import Engine
import ToolSupport

/// `hparams.json`: every flag by its published name, as the published code leaves it behind.
struct HyperParameters {
    private let members: [JSONValue.Member]

    init(_ options: ParsedOptions, _ setup: TrainingSetup, _ model: TrainingModel) {
        var members: [JSONValue.Member] = []
        func add(_ name: String, _ value: JSONValue) { members.append(.init(name, value)) }
        let configuration = model.configuration
        add("autoaugment_type", .text(orNull: options[FinetuneOptions.autoAugment]))
        add("anti_alias_filter_size", .integer(configuration.antiAliasSize))
        let blurred =
            (configuration.antiAliasesConvolutions ? ["sconv"] : [])
            + (configuration.antiAliasesProjections ? ["proj"] : [])
        add("anti_alias_type", .text(blurred.joined(separator: ",")))
        add("base_learning_rate", .number(options[FinetuneOptions.baseRate]))
        add("batch_size", .integer(setup.length.batch))
        add("bl_alpha", .integer(configuration.alpha))
        add("bl_beta", .integer(configuration.beta))
        add("bn_momentum", .number(configuration.batchNormDecay))
        add("cls_loss_type", .text(options[FinetuneOptions.classification].rawValue))
        add("data_dir", .text(setup.data.folder))
        add("dataset_name", .text(orNull: options[FinetuneOptions.datasetName]))
        add(
            "dct_method",
            .text(setup.preprocessing.dctMethod == .fast ? "INTEGER_FAST" : "INTEGER_ACCURATE")
        )
        add(
            "dropblock_kp",
            .array(options[FinetuneOptions.keepProbability].map { .number($0) })
        )
        add("dtype", .text(options[FinetuneOptions.dtype].rawValue))
        add("embedding_size", .integer(configuration.embeddingSize))
        add("end_learning_rate", .number(options[FinetuneOptions.endRate]))
        add("epochs_between_evals", .integer(options[FinetuneOptions.epochsBetweenEvaluations]))
        add("images_per_epoch", .integer(setup.length.images))
        add("kd_temp", .number(options[FinetuneOptions.distillationTemperature]))
        add("keep_checkpoint_max", .integer(options[FinetuneOptions.keptCheckpoints]))
        add("keep_ckpt_every_eval", .bool(options[FinetuneOptions.keepsEvaluated]))
        add("label_smoothing", .number(options[FinetuneOptions.labelSmoothing]))
        add("learning_rate_decay_factor", .number(options[FinetuneOptions.decayFactor]))
        add("learning_rate_decay_type", .text(options[FinetuneOptions.decayType]))
        add("loss_scale", .number(options[FinetuneOptions.lossScale]))
        add("lr_warmup_epochs", .integer(options[FinetuneOptions.warmup]))
        add("max_train_steps", options[FinetuneOptions.maxSteps].map { .integer($0) } ?? .null)
        add("mixup_type", .integer(options[FinetuneOptions.mixup]))
        add("model_dir", .text(setup.folder))
        add("momentum", .number(options[FinetuneOptions.momentum]))
        add("no_downsample", .bool(configuration.keepsLastResolution))
        add("num_best_ckpt_to_keep", .integer(options[FinetuneOptions.bestCheckpoints]))
        add("num_classes", .integer(configuration.classes))
        add("num_epochs_per_decay", .number(options[FinetuneOptions.epochsPerDecay]))
        add("num_filters", .integer(configuration.width))
        add(
            "piecewise_lr_boundary_epochs",
            .array(options[FinetuneOptions.boundaries].map { .integer($0) })
        )
        add(
            "piecewise_lr_decay_rates",
            .array(options[FinetuneOptions.factors].map { .number($0) })
        )
        add("pool_type", .text(configuration.pooling.rawValue))
        add("preprocessing_type", .text(setup.preprocessing.name))
        add(
            "pretrained_model_checkpoint_path",
            .text(orNull: options[FinetuneOptions.pretrained])
        )
        add("ratio_fine_eval", .number(options[FinetuneOptions.fineEvaluation]))
        add("resnet_size", .text("\(configuration.size)"))
        add("resnet_version", .text("\(configuration.version)"))
        add("save_checkpoints_epochs", .number(options[FinetuneOptions.saveEpochs]))
        add("seed", .integer(options[FinetuneOptions.seed]))
        add("train_epochs", .integer(setup.length.epochs))
        add("train_regex", .text(options[FinetuneOptions.trainingPattern]))
        add("training_random_crop", .bool(options[FinetuneOptions.randomCrop]))
        add("use_dropblock", .bool(options[FinetuneOptions.usesDropBlock]))
        add("use_resnet_d", .bool(configuration.usesResNetD))
        add("use_se_block", .bool(configuration.usesSqueezeExcitation))
        add("use_sk_block", .bool(configuration.usesSelectiveKernel))
        add("val_regex", .text(options[FinetuneOptions.validationPattern]))
        add("weight_decay", .number(options[FinetuneOptions.weightDecay]))
        add("zero_gamma", .bool(options[ModelOptions.zeroGamma] ?? false))
        self.members = members
    }

    func write(to folder: String) throws {
        var file = try ResultFile("\(folder)/hparams.json", replacing: true)
        try file.write(JSONValue.object(members).indentedText)
        try file.finish()
    }
}
