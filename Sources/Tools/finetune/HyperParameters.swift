import Data
import Engine
import Networks
import Pictures
import ToolSupport

/// `hparams.json`: every flag by its published name, as the published code leaves it behind.
///
/// Flags of the model and the data have the values that were settled, whoever settled them.
struct HyperParameters {
    private let members: [JSONValue.Member]
    /// The names of those that decide what a step does.
    private let deciding: Set<String>

    init(_ options: ParsedOptions, _ setup: TrainingSetup, _ model: TrainingModel) {
        let settled = Self.settled(options, setup, model)
        let names = Set(settled.map(\.name))
        let said = options.members(of: FinetuneOptions.remembered).filter {
            !names.contains($0.name)
        }
        members = (said + settled).sorted { $0.name < $1.name }
        deciding = Set(options.members(of: FinetuneOptions.deciding).map(\.name)).union(names)
    }

    private static func settled(
        _ options: ParsedOptions,
        _ setup: TrainingSetup,
        _ model: TrainingModel
    ) -> [JSONValue.Member] {
        let configuration = model.configuration
        let side = setup.input.imageSize.map { JSONValue.Member("image_size", .integer($0)) }
        // Published trainings have no such flag, and none of it.
        let padding = JSONValue.Member("pool_padding", .text(configuration.poolPadding.rawValue))
        // Ranks stand for the published code's processors.
        let ranks = Ranks.current.count
        let parts = JSONValue.Member("num_gpus", .integer(ranks))
        let isByRanks =
            ranks > 1 && options[FinetuneOptions.accumulate] == nil
            && options[FinetuneOptions.gpuCount] == nil
        let pictures = setup.input.preprocessing.parts.flags.map {
            JSONValue.Member($0.name, .text($0.value))
        }
        return (side.map { [$0] } ?? []) + pictures + (isByRanks ? [parts] : [])
            + (configuration.poolsAsPyTorch ? [padding] : []) + [
                .init("anti_alias_filter_size", .integer(configuration.antiAliasSize)),
                .init("anti_alias_type", .text(ModelRequest.antiAliasType(configuration))),
                .init("batch_size", .integer(setup.length.batch)),
                .init("bl_alpha", .integer(configuration.alpha)),
                .init("bl_beta", .integer(configuration.beta)),
                .init("bn_momentum", .number(configuration.batchNormDecay)),
                .init(RecordedFlags.dataKind, .text(setup.data.isRecords ? "records" : "folders")),
                .init(
                    "dct_method",
                    .text(
                        setup.preprocessing.dctMethod == .fast ? "INTEGER_FAST" : "INTEGER_ACCURATE"
                    )
                ),
                .init("embedding_size", .integer(configuration.embeddingSize)),
                .init("images_per_epoch", .integer(setup.length.images)),
                .init("no_downsample", .bool(configuration.keepsLastResolution)),
                .init("num_classes", .integer(configuration.classes)),
                .init("num_filters", .integer(configuration.width)),
                .init("pool_type", .text(configuration.pooling.rawValue)),
                .init("preprocessing_type", .text(setup.preprocessing.name)),
                .init("resnet_size", .text("\(configuration.size)")),
                .init("resnet_version", .text("\(configuration.version)")),
                .init("use_resnet_d", .bool(configuration.usesResNetD)),
                .init("use_se_block", .bool(configuration.usesSqueezeExcitation)),
                .init("use_sk_block", .bool(configuration.usesSelectiveKernel)),
                .init("zero_gamma", .bool(options[ModelOptions.zeroGamma] ?? false)),
            ]
    }

    /// Says which flags that decide what a step does have other values than in the file that is there.
    func tellChanges(besides folder: String, _ diagnostics: Diagnostics) {
        guard let before = try? RecordedFlags(path: "\(folder)/\(RecordedFlags.fileName)"),
            let now = try? RecordedFlags(text: JSONValue.object(members).compactText)
        else { return }
        let changes = deciding.sorted().compactMap { name -> String? in
            guard let old = before.values[name], let new = now.values[name], old != new else {
                return nil
            }
            return "--\(name) \(old.isEmpty ? "\"\"" : old) -> \(new)"
        }
        guard !changes.isEmpty else { return }
        diagnostics.note(
            "this is not how the training was begun: \(changes.joined(separator: ", "))"
        )
    }

    func write(to folder: String) throws {
        var file = try ResultFile("\(folder)/\(RecordedFlags.fileName)", replacing: true)
        try file.write(JSONValue.object(members).indentedText)
        try file.finish()
    }
}
