import Convert
import Engine
import Networks
import Pictures
import ToolSupport

/// The network whose weights are converted, for formats that hold one.
struct ConversionNetwork {
    let plan: NetworkPlan
    let configuration: ModelConfiguration
    let preprocessing: Preprocessing

    /// Settles the network from the weights and the command line, and says what was assumed.
    ///
    /// - Throws: ``ToolError`` with ``ExitCode/mismatch`` or ``ExitCode/usage``.
    init(
        _ file: WeightFile,
        _ plan: ConversionPlan,
        _ options: ParsedOptions,
        _ diagnostics: Diagnostics
    ) throws {
        let model = try LoadedModel(file, ModelOptions.request(options))
        configuration = model.configuration
        let preprocessing = try PictureOptions.preprocessing(options, diagnostics)
        let network = try ToolError.about(nil, exitCode: .usage) {
            try FamilyNetwork(model.configuration, imageSize: preprocessing.imageSize)
        }
        self.plan = try ToolError.about(file.path, exitCode: .mismatch) {
            try NetworkPlan(network, plan, set: options[ConvertOptions.weights])
        }
        self.preprocessing = preprocessing
        model.describe(diagnostics)
        diagnostics.note(
            "pictures: preprocessing \(preprocessing.name), "
                + "\(preprocessing.imageSize)x\(preprocessing.imageSize)"
        )
    }

    /// PyTorch's names of the parameters of the network that a file holds.
    ///
    /// - Throws: ``ToolError`` with ``ExitCode/mismatch`` if it holds none.
    static func timmNames(
        _ file: WeightFile,
        _ options: ParsedOptions
    ) throws -> [String: String] {
        let model = try LoadedModel(file, ModelOptions.request(options))
        // The size of pictures decides nothing but the extent of a flattened kernel.
        let network = try ToolError.about(file.path, exitCode: .mismatch) {
            try FamilyNetwork(model.configuration, imageSize: 224)
        }
        return TimmNames(network).byVariable
    }

    /// The same for a format that can do without: nil, which is told, where the tensors are those of no network, unless the
    /// command line describes one.
    static func ifAny(
        _ file: WeightFile,
        _ plan: ConversionPlan,
        _ consequence: String,
        _ options: ParsedOptions,
        _ diagnostics: Diagnostics
    ) throws -> ConversionNetwork? {
        do {
            return try ConversionNetwork(file, plan, options, diagnostics)
        } catch let error as ToolError
            where error.exitCode == .mismatch
            && ModelOptions.request(options) == ModelRequest()
        {
            let reason = error.sentence.split(separator: "\n").first.map(String.init) ?? ""
            diagnostics.note("\(consequence): \(reason)")
            return nil
        }
    }
}
