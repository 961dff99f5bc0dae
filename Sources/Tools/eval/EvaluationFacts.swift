import Checkpoint
import Convert
import Engine
import Networks
import Pictures
import Proto
import ToolSupport

/// What an evaluation is made of, as its results and its parts tell it.
enum EvaluationFacts {
    /// What decides the figures, but for the pictures.
    ///
    /// - Throws: `ToolError`.
    static func settings(
        _ options: ParsedOptions,
        _ network: Network,
        _ preprocessing: Preprocessing?,
        imageSize: Int,
        labelOffset: Int
    ) throws -> [PartialEvaluation.Fact] {
        let digest = try ToolError.about(nil) { try network.files.digest() }
        var facts: [PartialEvaluation.Fact] = [
            .init("checkpoint_sha256", digest),
            .init("weights", options[EvalOptions.weights].rawValue),
            .init("model", network.summary),
            .init("classes", "\(network.classes)"),
            .init("math", options[EngineOptions.math].rawValue),
            .init("image_size", "\(imageSize)"),
            .init("label_offset", "\(labelOffset)"),
            .init("limit", options[EvalOptions.limit].map { "\($0)" } ?? "none"),
            .init("skip_corrupt", "\(options[EvalOptions.skipCorrupt])"),
        ]
        if let preprocessing {
            facts.append(.init("preprocessing", preprocessing.summary))
            facts.append(.init("dct_method", "\(preprocessing.dctMethod)"))
            let means = preprocessing.means
            let finish = preprocessing.finish
            let factors = finish.factors.map { "\($0)" }.joined(separator: ", ")
            facts.append(
                .init(
                    "values",
                    "\(preprocessing.scale) * v - (\(means.red), \(means.green), \(means.blue))"
                        + (finish.factors == ChannelFinish.none.factors ? "" : " * (\(factors))")
                        + (finish.isReversed ? ", blue first" : "")
                )
            )
        }
        return facts
    }

    /// What decides the figures of accuracy or of retrieval.
    ///
    /// - Throws: `ToolError`.
    static func settings(
        _ options: ParsedOptions,
        _ network: Network,
        _ input: EvaluationInput
    ) throws -> [PartialEvaluation.Fact] {
        var facts = try settings(
            options,
            network,
            input.preprocessing,
            imageSize: input.imageSize,
            labelOffset: input.labelOffset
        )
        // Only parts need it, and names are many.
        if options.isGiven(EvalOptions.partial) || Ranks.current.count > 1 {
            facts.append(.init("data_sha256", input.source.fingerprint ?? "none"))
        }
        let penalty = try penalty(options, network)
        if options[RetrievalOptions.zeroShot] {
            let depths = options[RetrievalOptions.recallAtK].map { "\($0)" }
            return facts + [
                .init("measure", "retrieval"),
                .init("recall_at_k", depths.joined(separator: ",")),
                .init("similarity", options[RetrievalOptions.similarity].rawValue),
            ]
        }
        return facts + [
            .init("measure", "accuracy"),
            .init("loss", options[EvalOptions.classification].rawValue),
            .init("label_smoothing", "\(options[EvalOptions.labelSmoothing])"),
            .init("l2_loss", penalty.map { "\($0)" } ?? "none"),
            .init("kd_temp", "\(options[EvalOptions.distillationTemperature])"),
        ]
    }

    /// The L2 penalty of the weights, batch norms left out; nil where it is not asked for.
    private static func penalty(_ options: ParsedOptions, _ network: Network) throws -> Double? {
        guard options[EvalOptions.lossWithL2] else { return nil }
        return try ToolError.about(networkIn: network.files.path) {
            let model = try network.family()
            let built = try model.built(imageSize: network.input.preprocessing.imageSize)
            let names = VariableNames(built)
            let weights = try model.values(of: built, options[EvalOptions.weights])
            let trainable = Set(names.variables.filter(\.isTrainable).map { ByteName($0.name) })
            let sum = names.values(in: weights).reduce(0.0) { sum, variable in
                guard trainable.contains(ByteName(variable.name)),
                    !variable.name.contains("batch_normalization")
                else { return sum }
                return sum + variable.values.reduce(0.0) { $0 + Double($1) * Double($1) } / 2
            }
            return options[EvalOptions.weightDecay] * sum
        }
    }

    /// The step of the training that a checkpoint is of; nil where nothing says.
    private static func step(of network: Network) -> Int? {
        guard let weights = try? network.family().weights, let step = try? weights.step(),
            step >= 0
        else { return nil }
        return Int(step)
    }

    /// What decides nothing.
    static func remarks(
        _ options: ParsedOptions,
        _ network: Network,
        _ executor: Executor,
        _ data: String
    ) -> [PartialEvaluation.Fact] {
        [
            .init("checkpoint", network.files.path),
            .init("global_step", step(of: network).map { "\($0)" } ?? "unknown"),
            .init("batch_size", "\(executor.batch)"),
            .init("data", data),
        ] + modelFacts(options, network)
    }

    /// What a table of models tells besides accuracy, where one is asked for.
    private static func modelFacts(
        _ options: ParsedOptions,
        _ network: Network
    ) -> [PartialEvaluation.Fact] {
        guard options.isGiven(EvalOptions.appendResults) || options.isGiven(EvalOptions.partial)
        else { return [] }
        let preprocessing = network.input.preprocessing
        return [
            .init("parameters", parameters(of: network).map { "\($0)" } ?? "unknown"),
            .init("crop_share", fixed(preprocessing.cropShare, digits: 3)),
            .init("interpolation", preprocessing.rule.rawValue),
        ]
    }

    /// How many values training changes, or that a graph holds; nil where that cannot be told.
    private static func parameters(of network: Network) -> Int? {
        switch network.model {
        case .imported(let graph): return graph.parameters
        case .family(let model):
            let size = network.input.preprocessing.imageSize
            guard let built = try? model.built(imageSize: size) else { return nil }
            return VariableNames(built).variables.filter(\.isTrainable)
                .reduce(0) { $0 + $1.shape.reduce(1, *) }
        }
    }
}
