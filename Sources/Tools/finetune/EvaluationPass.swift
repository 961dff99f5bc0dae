import Convert
import Data
import Engine
import Networks
import Pictures
import ToolSupport

/// Evaluates a network between the epochs of its training, on all pictures for validation.
struct EvaluationPass {
    private let data: TrainingData
    private let preprocessing: Preprocessing
    private let configuration: ModelConfiguration
    private let classification: LossSettings.Classification
    private let labelSmoothing: Double
    /// What near means, and how many are looked at, where retrieval is measured.
    private let retrieval: (similarity: RecallAtK.Similarity, depths: [Int])?
    private let set: WeightSet
    private let math: MathMode
    private let batch: Int
    private let skips: Int
    /// The most pictures that are looked at.
    private let limit: Int?
    /// Those who share the pictures.
    private let ranks: any Communicator

    init(
        _ data: TrainingData,
        _ options: ParsedOptions,
        _ setup: TrainingSetup,
        _ model: TrainingModel
    ) {
        self.init(
            data,
            options,
            setup.input.preprocessing,
            model.configuration,
            batch: setup.length.batch,
            math: MathMode(rawValue: model.trainer.settings.options.math.rawValue) ?? .exact,
            ranks: Ranks.current
        )
    }

    /// An evaluation of any weights of a network.
    init(
        _ data: TrainingData,
        _ options: ParsedOptions,
        _ preprocessing: Preprocessing,
        _ configuration: ModelConfiguration,
        batch whole: Int,
        math: MathMode = .fast,
        ranks: any Communicator = Alone()
    ) {
        self.data = data
        self.preprocessing = preprocessing
        self.configuration = configuration
        self.math = math
        classification = options[FinetuneOptions.classification]
        labelSmoothing = options[FinetuneOptions.labelSmoothing]
        retrieval =
            options[RetrievalOptions.zeroShot]
            ? (options[RetrievalOptions.similarity], options[RetrievalOptions.recallAtK]) : nil
        set = options[FinetuneOptions.evaluatedWeights]
        batch = min(whole, 64)
        skips = options[FinetuneOptions.skipCorrupt]
        // The published retrieval always looks at all.
        limit =
            retrieval == nil
            ? options[FinetuneOptions.maxSteps].map { $0 * whole } : nil
        // Which pictures make up for those that are left out is not known to a part.
        self.ranks = limit != nil && skips > 0 ? Alone() : ranks
    }

    /// Looks at the first picture, so that what is wrong with all of them is said before the training.
    func check() throws -> [DataRemark] {
        var source = data.inOrder
        do {
            guard let picture = try source.next() else {
                throw ToolError(.file, DataError.emptyData(data.folder))
            }
            // The classes of retrieval are others than those that are learnt.
            guard retrieval == nil else { return [] }
            _ = try label(of: picture)
            return try Self.labelRemarks(data, classes: configuration.classes)
        } catch let error as CorruptPicture {
            guard skips > 0 else { throw ToolError(.file, error) }
            return []
        }
    }

    /// Compares the labels of data with the classes of a model, as far as that is cheap.
    static func labelRemarks(_ data: TrainingData, classes: Int) throws -> [DataRemark] {
        do {
            return try data.checkLabels(classes: classes)
        } catch let error as CorruptPicture {
            throw error
        } catch let error as DataError {
            switch error {
            case .label, .outsideModel: throw ToolError(.mismatch, error)
            default: throw ToolError(.file, error)
            }
        } catch {
            throw ToolError(.file, error)
        }
    }

    /// The class of a picture.
    private func label(of picture: LabelledPicture) throws -> Int {
        let classes = configuration.classes
        guard let label = picture.label, (0..<classes).contains(label) else {
            throw ToolError(
                .mismatch,
                DataError.label(
                    origin: "\(picture.origin)",
                    label: picture.label ?? -1,
                    classes: classes
                )
            )
        }
        return label
    }

    /// What the network as it is now makes of the pictures; nil if it was interrupted.
    func run(_ trainer: Trainer) throws -> EvaluationResult? {
        var weights = trainer.weights
        if set == .movingAverages {
            for (key, tensor) in trainer.averages { weights[key] = tensor }
        }
        return try run(weights)
    }

    /// What the network makes of the pictures with some weights; nil if it was interrupted.
    func run(_ weights: Weights) throws -> EvaluationResult? {
        var graph = try Graph(configuration, imageSize: preprocessing.imageSize)
        if retrieval != nil { graph.observed.insert(.embedding) }
        let executor = try Executor(
            graph,
            weights: weights,
            batch: batch,
            options: ExecutionOptions(math: math)
        )
        return try run(executor, data.inOrder)
    }

    private func run(
        _ executor: Executor,
        _ source: some PictureSource
    ) throws -> EvaluationResult? {
        let classes = configuration.classes
        let evaluator = Evaluator(executor, classes: classes, preprocessing: preprocessing)
        var evaluation = Evaluation(classification, labelSmoothing: labelSmoothing)
        var rows = RetrievalRows()
        let isShared = ranks.count > 1
        var source = PictureShare(
            source,
            part: ranks.rank,
            of: ranks.count,
            limit: isShared ? limit : nil
        )
        do {
            try unsafe evaluator.run(
                &source,
                limit: isShared ? nil : limit,
                tolerance: Evaluator.Tolerance(skips: skips)
            ) { batch in
                if retrieval != nil {
                    rows.add(batch.pictures, of: executor)
                } else {
                    for (index, picture) in batch.pictures.enumerated() {
                        evaluation.add(
                            batch.logits(of: index).span,
                            label: try label(of: picture)
                        )
                    }
                }
                return !Ranks.isInterrupted
            }
        } catch let error as CorruptPicture {
            throw ToolError(.file, error)
        }
        guard !Ranks.isAny(Ranks.isInterrupted) else { return nil }
        let all = try gathered(evaluation, rows, skipped: evaluator.skipped.count)
        (evaluation, rows) = (all.evaluation, all.rows)
        guard evaluation.count + rows.count > 0 else {
            throw ToolError(
                .file,
                "\(data.folder): no picture to evaluate on could be used: all "
                    + "\(all.skipped) were left out"
            )
        }
        guard let retrieval else { return EvaluationResult(evaluation) }
        return try ToolError.about(data.folder) {
            try EvaluationResult(rows, retrieval.similarity, depths: retrieval.depths)
        }
    }

    /// What all ranks have counted, at every one of them.
    private func gathered(
        _ evaluation: Evaluation,
        _ rows: RetrievalRows,
        skipped: Int
    ) throws -> (evaluation: Evaluation, rows: RetrievalRows, skipped: Int) {
        var part = PartialEvaluation(
            settings: [],
            remarks: [],
            part: ranks.rank,
            of: ranks.count
        )
        part.scores.evaluation = evaluation
        part.scores.retrieval = rows
        part.skipped = skipped
        let whole = try ToolError.about(nil) { [part] in
            try part.gathered(over: ranks, everywhere: true)
        }
        guard whole.skipped <= skips else {
            throw ToolError(
                .file,
                "\(data.folder): \(whole.skipped) pictures were left out by all ranks together, which is "
                    + "more than --skip-corrupt \(skips)"
            )
        }
        return (
            whole.scores.evaluation ?? evaluation, whole.scores.retrieval ?? rows, whole.skipped
        )
    }
}
