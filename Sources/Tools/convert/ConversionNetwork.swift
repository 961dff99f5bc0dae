import Convert
import Engine
import Networks
import Pictures
import ToolSupport

/// The network whose weights are converted, and what is to be written of it.
struct ConversionNetwork {
    let network: Network
    let plan: NetworkPlan

    var preprocessing: Preprocessing { network.input.preprocessing }

    /// Finds the network's parameters among what is planned, and says what was assumed.
    ///
    /// - Throws: ``ToolError`` with ``ExitCode/mismatch`` or ``ExitCode/usage``.
    init(
        _ network: Network,
        _ plan: ConversionPlan,
        _ options: ParsedOptions,
        _ diagnostics: Diagnostics
    ) throws {
        self.network = network
        let preprocessing = network.input.preprocessing
        let built = try ToolError.about(networkIn: network.file.path) {
            try network.built(imageSize: preprocessing.imageSize)
        }
        self.plan = try ToolError.about(network.file.path, exitCode: .mismatch) {
            try NetworkPlan(built, plan, set: options[ConvertOptions.weights])
        }
        network.describe(diagnostics)
        diagnostics.note(
            "pictures: preprocessing \(preprocessing.name), "
                + "\(preprocessing.imageSize)x\(preprocessing.imageSize)"
        )
    }
}
