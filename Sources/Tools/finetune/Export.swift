import Convert
import Data
import Engine
import Foundation
import Networks
import Pictures
import ToolSupport

/// The published export: a checkpoint as two SavedModels, one that takes encoded pictures and one that takes prepared ones, and
/// what the first is worth on the pictures for validation.
struct Export {
    private let options: ParsedOptions
    private let diagnostics: Diagnostics
    private let target: String
    private let network: Network
    private let order: ServingOrder

    /// The side that prepared pictures have, whatever the network was evaluated with.
    private static let preparedSide = 224
    private static let report = "model_performance.txt"

    /// Opens the latest checkpoint of a folder.
    ///
    /// - Throws: ``ToolError``.
    init(_ options: ParsedOptions, _ diagnostics: Diagnostics) throws {
        self.options = options
        self.diagnostics = diagnostics
        guard let target = options[FinetuneOptions.exportDirectory] else {
            throw ToolError(.usage, "give --export-dir, the folder for the exported models")
        }
        guard let folder = options[FinetuneOptions.modelDirectory] else {
            throw ToolError(.usage, "give --model-dir, the folder of the checkpoint")
        }
        order = ServingOrder(rawValue: options[FinetuneOptions.dataFormat] ?? "") ?? .channelsLast
        self.target = target
        network = try Network.open(folder, NetworkRequest(options), diagnostics)
    }

    /// Writes and proves both models, and measures them.
    func run() throws -> ExitCode {
        try network.describe(diagnostics)
        let family = try ToolError.about(networkIn: network.files.path) { try network.family() }
        let preprocessing = network.input.preprocessing
        let timestamp = Int(Date().timeIntervalSince1970)
        let models: [(input: ServingInput, side: Int)] = [
            (.encoded(preprocessing), preprocessing.imageSize), (.prepared, Self.preparedSide),
        ]
        let folders = SavedModelWriter.folders(
            target,
            timestamp: timestamp,
            models.map(\.input),
            order
        )
        var request = ConversionRequest()
        request.keepsTrainingState = false
        let weights = try ToolError.about(nil) { [request] in
            try ConversionPlan(family.weights, request)
        }
        let record = NetworkRecord(
            network,
            classNames: try ToolError.about(nil) { try network.classNames() }
        )
        for (folder, model) in zip(folders, models) {
            try ToolError.about(nil) {
                var plan = try NetworkPlan(family.built(imageSize: model.side), weights)
                plan.order = order
                try SavedModelWriter.write(
                    plan,
                    from: family.weights.tensors,
                    model.input,
                    beside: record,
                    to: folder,
                    replacing: false
                )
                let place = GraphProof.Place.savedModel(folder, model.input)
                let proof = try GraphProof.compare(place, plan, from: family.weights.tensors)
                guard proof.isPassed else {
                    throw ToolError(
                        .no,
                        file: folder,
                        "the graph's logits of \(proof.pictureCount) fixed pictures are off by "
                            + "\(proof.largestRelativeDifference) of the largest"
                    )
                }
            }
            diagnostics.note("exported: \(folder), \(model.side)x\(model.side)")
        }
        if order == .channelsFirst {
            diagnostics.warning(
                "--data-format=channels_first: TensorFlow computes such graphs on a GPU; on a processor it "
                    + "refuses them or pools wrongly, unless it runs with cpu_layout_conversion=NCHW_TO_NHWC"
            )
        }
        if preprocessing.imageSize != Self.preparedSide {
            diagnostics.note(
                "as published, preprocessed_input takes \(Self.preparedSide)x\(Self.preparedSide), though "
                    + "the network is evaluated at \(preprocessing.imageSize); convert --to saved-model "
                    + "writes it with that side"
            )
        }
        return try measure(folders[0], preprocessing)
    }

    /// Evaluates the variables of the exported model, whose graph has been proved, on the pictures for validation.
    private func measure(_ folder: String, _ preprocessing: Preprocessing) throws -> ExitCode {
        guard options[FinetuneOptions.exportDecoder] == "jpeg" else {
            diagnostics.note("--export-decoder-type is not jpeg: as published, nothing is measured")
            return .done
        }
        guard let data = try validation() else {
            diagnostics.warning(
                "there are no pictures for validation, so \(folder) has no \(Self.report)"
            )
            return .done
        }
        let exported = try Network.open(
            folder,
            NetworkRequest(
                ModelOptions.request(options),
                InputRequest(network.input)
            ),
            diagnostics
        )
        let model = try ToolError.about(networkIn: folder) { try exported.family() }
        let pass = EvaluationPass(
            data,
            options,
            preprocessing,
            model.configuration,
            batch: options[FinetuneOptions.batchSize]
        )
        let weights = try ToolError.about(networkIn: folder) {
            try model.values(of: model.built(imageSize: preprocessing.imageSize), .raw)
        }
        guard let result = try pass.run(weights) else { return .interrupted }
        guard let metric = result.deciding else {
            throw ToolError(.no, file: folder, "the answers of the network are no numbers")
        }
        // The words are those of the published exporter.
        let sentence = "IMPOTANT! Evaluation metric of exported saved_model.pb is \(metric)"
        var file = try ResultFile("\(folder)/\(Self.report)", replacing: false)
        try file.write(sentence)
        try file.finish()
        diagnostics.line(sentence)
        return .done
    }

    private func validation() throws -> TrainingData? {
        guard let folder = options[FinetuneOptions.dataDirectory] else { return nil }
        let isRetrieval = options[RetrievalOptions.zeroShot]
        do {
            return try TrainingData(
                folder: folder,
                pattern: options[FinetuneOptions.validationPattern],
                subfolders: ["validation", "val", "test"],
                mustHaveSubfolder: true,
                classes: isRetrieval ? nil : network.classNames(),
                labelOffset: isRetrieval ? 0 : options[FinetuneOptions.labelOffset],
                keys: RecordOptions.keys(options)
            )
        } catch DataError.noData {
            return nil
        } catch {
            throw ToolError(.file, error)
        }
    }
}

extension InputRequest {
    /// A request for what has been settled already.
    fileprivate init(_ input: InputConvention) {
        self.init()
        preprocessing = input.preprocessing.name
        imageSize = input.preprocessing.imageSize
        dctMethod = input.preprocessing.dctMethod
        parts = input.preprocessing.parts
    }
}
