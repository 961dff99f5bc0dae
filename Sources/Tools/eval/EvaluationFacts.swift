import Convert
import Engine
import Networks
import Pictures
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
            facts.append(.init("preprocessing", preprocessing.name))
            facts.append(.init("dct_method", "\(preprocessing.dctMethod)"))
            let means = preprocessing.means
            facts.append(
                .init(
                    "values",
                    "\(preprocessing.scale) * v - (\(means.red), \(means.green), \(means.blue))"
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
        if options.isGiven(EvalOptions.partial) {
            facts.append(.init("data_sha256", input.source.fingerprint ?? "none"))
        }
        if options[EvalOptions.zeroShot] {
            let depths = options[EvalOptions.recallAtK].map { "\($0)" }
            return facts + [
                .init("measure", "retrieval"),
                .init("recall_at_k", depths.joined(separator: ",")),
                .init("similarity", options[EvalOptions.similarity].rawValue),
            ]
        }
        return facts + [
            .init("measure", "accuracy"),
            .init("loss", options[EvalOptions.classification].rawValue),
            .init("label_smoothing", "\(options[EvalOptions.labelSmoothing])"),
            .init("kd_temp", "\(options[EvalOptions.distillationTemperature])"),
        ]
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
            .init("batch_size", "\(executor.batch)"),
            .init("data", data),
        ]
    }
}
