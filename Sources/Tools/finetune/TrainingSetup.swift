import Checkpoint
import Convert
import Data
import Engine
import Foundation
import Networks
import Pictures
import ToolSupport

/// All that the command line decides before the model is known: data, schedule, how pictures are prepared.
struct TrainingSetup {
    let folder: String
    /// Whether the folder's training goes on.
    let isResumed: Bool
    let data: TrainingData
    /// The ends of the cycles of training, each cut to the steps that it may have at most.
    ///
    /// The data of a cycle go on where the one before has stopped.
    private static func evaluatedSteps(_ options: ParsedOptions, _ length: TrainingLength) -> [Int]
    {
        let ends = EvaluationSchedule.epochs(
            total: length.epochs,
            interval: options[FinetuneOptions.epochsBetweenEvaluations],
            fineFrom: options[FinetuneOptions.fineEvaluation]
        ).map { length.steps(epochs: Double($0)) }
        var (before, done) = (0, 0)
        return ends.map { end in
            done += min(end - before, options[FinetuneOptions.maxSteps] ?? .max)
            before = end
            return done
        }
    }

    /// What is evaluated; nil where there is nothing.
    let validation: TrainingData?
    let dataSet: DataSet?
    let length: TrainingLength
    /// Steps in all.
    let lastStep: Int
    /// The steps behind which the network is evaluated.
    let evaluatedSteps: [Int]
    /// How pictures are prepared while training.
    let preprocessing: Preprocessing
    let distortion: PictureDistortion?
    /// How pictures are prepared for evaluation, and how that is known.
    let input: InputConvention
    /// The weights that are begun with: those of the folder's training, or of another one.
    let start: WeightFile?
    /// What is recorded of these.
    let recorded: RecordedFlags?
    let order: TrainingOrder
    /// What was left out of the data, and what was taken for granted.
    let remarks: [DataRemark]
    /// The names of the classes, where anybody knows them; the first is that of the label offset.
    private let classNames: ClassNames?
    private let labelOffset: Int

    init(_ options: ParsedOptions, _ diagnostics: Diagnostics) throws {
        guard let folder = options[FinetuneOptions.modelDirectory] else {
            throw ToolError(.usage, "give --model-dir, the folder for what is left behind")
        }
        guard let dataFolder = options[FinetuneOptions.dataDirectory] else {
            throw ToolError(.usage, "give --data-dir, the folder of the pictures")
        }
        self.folder = folder
        try FinetuneOptions.refuseContradictions(options, folder: folder)
        isResumed = !options[FinetuneOptions.clean] && TrainingFolder.holdsTraining(folder)
        let replaces = options[FinetuneOptions.clean] || options[RunOptions.force]
        if let stray = TrainingFolder.strayCheckpoint(in: folder), !replaces {
            throw ToolError(
                .file,
                file: folder,
                "\(stray) is there, but no file `checkpoint` that says whether to go on from it; --clean takes it away"
            )
        }
        // Said before the work rather than behind it.
        if let plot = options[FinetuneOptions.plot] {
            guard plot.hasSuffix(".svg") else {
                throw ToolError(.usage, file: plot, "--plot draws SVG: end the name with .svg")
            }
            // A training that goes on has drawn one where it was stopped.
            _ = try ResultFile(plot, replacing: options[RunOptions.force] || isResumed)
        }
        dataSet = try options[FinetuneOptions.datasetName].map { name in
            guard let known = DataSet.named(name) else {
                let names = DataSet.all.map(\.name).joined(separator: ", ")
                throw ToolError(
                    .usage,
                    "the data set '\(name)' is not known (\(names)); leave out --dataset-name and give "
                        + "--num-classes, its pictures are counted"
                )
            }
            return known
        }
        let offset = options[FinetuneOptions.labelOffset]
        labelOffset = offset
        let goesOn = isResumed
        let before = try ToolError.about(nil) {
            try goesOn ? ClassNames.found(in: folder) : nil
        }
        let names = try ToolError.about(nil) {
            try options[FinetuneOptions.labelFile].map { try ClassNames(path: $0) }
                ?? before ?? ClassNames.found(besidesData: dataFolder)
        }
        let data = try ToolError.about(nil) {
            try TrainingData(
                folder: dataFolder,
                pattern: options[FinetuneOptions.trainingPattern],
                subfolders: ["train"],
                classes: names,
                labelOffset: offset,
                keys: RecordOptions.keys(options)
            )
        }
        self.data = data
        let isRetrieval = options[RetrievalOptions.zeroShot]
        let validation = try Self.validation(
            options,
            dataFolder,
            classes: isRetrieval ? nil : data.classNames,
            labelOffset: isRetrieval ? 0 : offset
        )
        self.validation = validation
        let settledNames = data.classNames ?? names
        classNames = settledNames
        try Self.compare(settledNames, with: before, folder)
        let faults = data.faults + (validation?.faults ?? [])
        guard faults.isEmpty || options[RunOptions.force] else {
            throw ToolError(.file, DataError.brokenSet(folder: dataFolder, faults: faults))
        }
        remarks =
            faults.map { .warning("\(dataFolder): \($0)") } + data.remarks
            + (validation?.remarks ?? [])
        let counted =
            try options[FinetuneOptions.imagesPerEpoch] ?? dataSet?.trainingCount
            ?? ToolError.about(nil) { try data.count() }
        guard counted > 0 else { throw ToolError(.file, DataError.emptyData(dataFolder)) }
        length = TrainingLength(
            images: counted,
            batch: options[FinetuneOptions.batchSize],
            epochs: options[FinetuneOptions.epochs]
        )
        guard length.steps > 0 else {
            throw ToolError(
                .usage,
                "there is nothing to train: \(length.epochs) epochs of \(counted) pictures are no batch of "
                    + "\(length.batch); eval evaluates a checkpoint"
            )
        }
        evaluatedSteps = Self.evaluatedSteps(options, length)
        lastStep = min(
            options[FinetuneOptions.maxSteps] == nil
                ? length.steps : evaluatedSteps.last ?? length.steps,
            options[FinetuneOptions.stopAtStep] ?? .max
        )
        let path = isResumed ? folder : options[FinetuneOptions.pretrained]
        let start = try path.map { path in try ToolError.about(nil) { try WeightFile(path) } }
        for note in start?.notes ?? [] { diagnostics.note(note) }
        for warning in start?.warnings ?? [] { diagnostics.warning(warning) }
        self.start = start
        (recorded, input) = try ToolError.about(networkIn: start?.path ?? folder) {
            let recorded = try start?.recordedFlags()
            let request = try NetworkRequest(options)
            return (
                recorded,
                try InputConvention(
                    request.input,
                    published: request.model.published,
                    recorded: recorded
                )
            )
        }
        preprocessing = try Self.training(input)
        distortion = try Self.distortion(options, preprocessing)
        order = TrainingOrder(
            shuffleBuffer: options[FinetuneOptions.shuffle]
                ? options[FinetuneOptions.shuffleBuffer] ?? dataSet?.shuffleBuffer ?? 1000 : nil,
            seed: UInt64(options[FinetuneOptions.seed])
        )
    }

    /// What is evaluated; nil where there is nothing and nothing was asked for.
    ///
    /// Its classes are numbered as those of training. Retrieval's are others, whose labels are compared with each other alone.
    private static func validation(
        _ options: ParsedOptions,
        _ folder: String,
        classes: ClassNames?,
        labelOffset: Int
    ) throws -> TrainingData? {
        let pattern = FinetuneOptions.validationPattern
        do {
            return try TrainingData(
                folder: folder,
                pattern: options[pattern],
                subfolders: ["validation", "val", "test"],
                mustHaveSubfolder: true,
                classes: classes,
                labelOffset: labelOffset,
                keys: RecordOptions.keys(options)
            )
        } catch DataError.noData where !options.isGiven(pattern) {
            return nil
        } catch {
            throw ToolError(.file, error)
        }
    }

    /// Throws if a training would go on with other classes than it was begun with.
    private static func compare(
        _ now: ClassNames?,
        with before: ClassNames?,
        _ folder: String
    ) throws {
        guard let now, let before else { return }
        let places = 0..<min(now.names.count, before.names.count)
        guard
            let place = places.first(where: {
                ByteName(now.names[$0]) != ByteName(before.names[$0])
            })
        else { return }
        throw ToolError(
            .file,
            file: before.path,
            "the training was begun with other classes: the one that was "
                + "'\(ByteName(before.names[place]))' is '\(ByteName(now.names[place]))' now"
        )
    }

    /// Leaves the names of the classes beside the checkpoints; the first is that of the label offset.
    ///
    /// - Throws: ``ToolError``.
    func writeClassNames(classes: Int) throws {
        guard let classNames else { return }
        var names = classNames.names
        // Names beside records begin at the records' first label, which is 1 where class 0 is a background.
        if data.classNames == nil {
            guard labelOffset == 0, [0, 1].contains(classes - names.count) else { return }
            if classes - names.count == 1 { names.insert("background", at: 0) }
        }
        try ToolError.about(nil) {
            try AtomicFile.write(
                try ClassNames.file(names),
                to: "\(folder)/\(ClassNames.fileName)"
            )
        }
    }

    /// The preprocessing of training: that of evaluation, but for the published ones with a size for each.
    private static func training(_ evaluation: InputConvention) throws -> Preprocessing {
        let preprocessing = evaluation.preprocessing
        guard ["imagenet_224_256", "imagenet_224_256a", "reid"].contains(preprocessing.name),
            evaluation.imageSize == nil
        else { return preprocessing }
        return try ToolError.about(nil, exitCode: .usage) {
            try Preprocessing(
                name: preprocessing.name,
                imageSize: 224,
                dctMethod: preprocessing.dctMethod,
                parts: preprocessing.parts
            )
        }
    }

    private static func distortion(
        _ options: ParsedOptions,
        _ preprocessing: Preprocessing
    ) throws -> PictureDistortion? {
        guard options[FinetuneOptions.augmentation] else { return nil }
        let policy = options[FinetuneOptions.autoAugment].flatMap {
            $0 == "cifar" ? .cifar10 : AugmentPolicy(rawValue: $0)
        }
        var distortion = PictureDistortion(
            window: WindowSampler(isRandom: options[FinetuneOptions.randomCrop]),
            policy: policy
        )
        if preprocessing.name.hasPrefix("reid") {
            let largest = PictureDistortion.Style.largerSide
            guard preprocessing.imageSize <= largest else {
                throw ToolError(
                    .usage,
                    "\(preprocessing.name) cuts its pictures out of \(largest)x\(largest): train with a side "
                        + "of at most that, or with --no-augmentation"
                )
            }
            distortion.style = .twoSizes
        } else if preprocessing.name.hasPrefix("inception") {
            guard preprocessing.scale == 1 / 255 else {
                throw ToolError(
                    .usage,
                    "\(preprocessing.name) changes the colours of values of 0...1: leave --pixel-scale out, or train "
                        + "with --no-augmentation"
                )
            }
            guard policy == nil else {
                throw ToolError(
                    .usage,
                    "\(preprocessing.name) changes colours in its own way; the published code has no "
                        + "--autoaugment-type for it"
                )
            }
            distortion.style = .colours(
                ColourDistortion(
                    isFast: options[FinetuneOptions.fastColours],
                    blueRange: Float(options[FinetuneOptions.blueRange]),
                    redRange: Float(options[FinetuneOptions.redRange])
                ),
                .colours
            )
        }
        return distortion
    }

    /// The classes that were asked for, or that the data have.
    func classes(_ options: ParsedOptions) -> Int? {
        options[ModelOptions.classCount] ?? dataSet?.classes ?? data.classCount
    }

    /// The learning rate that was asked for.
    func learningRate(_ options: ParsedOptions) throws -> LearningRate {
        let decay: LearningRate.Decay
        switch options[FinetuneOptions.decayType] {
        case "cosine": decay = .cosine
        case "exponential":
            decay = .exponential(
                factor: Float(options[FinetuneOptions.decayFactor]),
                epochs: options[FinetuneOptions.epochsPerDecay]
            )
        case "polynomial":
            decay = .polynomial(
                end: Float(options[FinetuneOptions.endRate]),
                epochs: options[FinetuneOptions.epochsPerDecay]
            )
        case "piecewise":
            let boundaries = options[FinetuneOptions.boundaries]
            let factors = options[FinetuneOptions.factors]
            let isRising = zip(boundaries, boundaries.dropFirst()).allSatisfy(<)
            guard factors.count == boundaries.count + 1, isRising else {
                throw ToolError(
                    .usage,
                    "--piecewise-lr-boundary-epochs must rise, and --piecewise-lr-decay-rates have one value "
                        + "more: \(boundaries.count) and \(factors.count) were given"
                )
            }
            decay = .piecewise(boundaries: boundaries, factors: factors.map { Float($0) })
        default: decay = .fixed
        }
        return LearningRate(
            base: Float(options[FinetuneOptions.baseRate]),
            decay: decay,
            warmupEpochs: options[FinetuneOptions.warmup],
            length: length
        )
    }

    /// Everything about the steps.
    func settings(_ options: ParsedOptions, _ graph: Graph, _ names: VariableNames) throws
        -> TrainingSettings
    {
        var settings = TrainingSettings(learningRate: try learningRate(options))
        let isBFloat = options[FinetuneOptions.dtype] == .bf16
        settings.options.math =
            isBFloat ? .bf16 : TrainingMath(rawValue: options[FinetuneOptions.math]) ?? .fast
        guard settings.options.math.isAvailable else {
            throw ToolError(
                .usage,
                "\(options.spelling(of: FinetuneOptions.dtype))=bf16: \(EngineError.noBFloat16); use --dtype=fp32"
            )
        }
        settings.options.usesBatchStatistics = options[FinetuneOptions.trainsStatistics]
        settings.options.checkpointsActivations = options[FinetuneOptions.checkpointsActivations]
        settings.loss.classification = options[FinetuneOptions.classification]
        settings.loss.labelSmoothing = options[FinetuneOptions.labelSmoothing]
        settings.loss.distillationTemperature = options[FinetuneOptions.distillationTemperature]
        settings.loss.weightDecay = options[FinetuneOptions.weightDecay]
        if options[FinetuneOptions.usesDropBlock] {
            let range = options[FinetuneOptions.keepProbability]
            settings.keepProbability = KeepProbability(
                start: Float(range[0]),
                end: Float(range[1]),
                length: length
            )
        }
        settings.momentum = Float(options[FinetuneOptions.momentum])
        settings.looksAhead = options[FinetuneOptions.nesterov]
        settings.lossScale = Float(options[FinetuneOptions.lossScale])
        settings.largestGradientNorm = options[FinetuneOptions.clipNorm].map { Float($0) }
        settings.mixup = Mixup(rawValue: options[FinetuneOptions.mixup]) ?? .none
        settings.averageDecay = options[FinetuneOptions.averageDecay]
        // One part is no sum.
        let isRounded =
            options[FinetuneOptions.sumType] == "bf16" && FinetuneOptions.partCount(options) > 1
        settings.sumType = isRounded ? .bfloat16 : .float32
        settings.bucketBytes = Int(options[FinetuneOptions.bucketSize] * 1_048_576)
        settings.seed = UInt64(options[FinetuneOptions.seed])
        let frozen = try frozen(options, names)
        settings.isFrozen = { frozen.contains($0) }
        let (decay, depths) = (Float(options[FinetuneOptions.layerDecay]), graph.depths)
        let largest = graph.largestDepth
        if decay != 1 {
            settings.rateFactor = { key in
                (depths[key, default: largest]..<largest)
                    .reduce(1) { factor, _ in factor * decay }
            }
        }
        return settings
    }

    private func frozen(_ options: ParsedOptions, _ names: VariableNames) throws -> Set<
        ParameterKey
    > {
        var frozen: Set<ParameterKey> = []
        for text in options[FinetuneOptions.freeze] {
            guard let pattern = NamePattern(text) else {
                throw ToolError(.usage, "--freeze: '\(text)' is no regular expression")
            }
            let matched = names.parameters(matching: [pattern])
            guard !matched.isEmpty else {
                throw ToolError(.usage, "--freeze: no variable's name matches '\(text)'")
            }
            frozen.formUnion(matched)
        }
        guard !names.trainable.isSubset(of: frozen) else {
            throw ToolError(.usage, "--freeze: nothing is left to train")
        }
        return frozen
    }
}
