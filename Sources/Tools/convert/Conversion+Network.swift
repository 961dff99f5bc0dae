import Checkpoint
import Convert
import Engine
import Networks
import Pictures
import Proto
import ToolSupport

// The network whose weights are converted.
extension Conversion {
    /// How a network differs from what its new names, or who else reads it, stand for.
    static func notes(
        of model: ModelConfiguration,
        hasTimmNames: Bool,
        _ format: ConversionFormat
    ) -> [String] {
        guard hasTimmNames else {
            return model.poolsAsPyTorch && [.tf, .safetensors, .npz].contains(format)
                ? [
                    "the published network pads its pool as TensorFlow does, and computes other figures with these weights"
                ] : []
        }
        let differs = model.hasPaddedPool && !model.poolsAsPyTorch
        let pool = differs ? "pad the first pool on all sides and " : ""
        var notes = [
            "PyTorch's own networks with these names \(pool)prepare pictures otherwise; --to torch writes one that "
                + "computes this"
        ]
        if format == .npz, differs {
            notes.append(
                "npz has no place to say so: give --pool-padding=tensorflow where the file is read"
            )
        }
        return notes
    }

    /// PyTorch's names of the parameters of a network.
    static func timmNames(_ network: Network) throws -> [String: String] {
        // The size of pictures decides nothing but the extent of a flattened kernel.
        let built = try ToolError.about(network.files.path, exitCode: .mismatch) {
            try network.family().built(imageSize: 224)
        }
        return TimmNames(built).byVariable
    }

    /// The network that is written, or whose logits are certified; nil, which is told, where a format can do without.
    static func network(
        _ input: ConversionInput,
        _ format: ConversionFormat,
        _ plan: ConversionPlan,
        _ options: ParsedOptions,
        _ diagnostics: Diagnostics
    ) throws -> ConversionNetwork? {
        let holdsNetwork = format.traits.contains(.network)
        let hasMeta = format.traits.contains(.graphBeside) && options[ConvertOptions.meta]
        guard holdsNetwork || hasMeta || options[ConvertOptions.certificate] != nil else {
            if let network = input.network {
                let known = (network.facts + network.input.facts).filter { $0.origin != .assumed }
                diagnostics.tell(known, recordedIn: network.recorded)
            }
            return nil
        }
        let consequence =
            hasMeta
            ? "the .meta file will have variables only"
            : "the certificate will have no logits"
        guard let network = input.network else {
            diagnostics.note("\(consequence): \(input.reason ?? "")")
            return nil
        }
        do {
            let preprocessing = network.input.preprocessing
            guard !preprocessing.isForeign || format != .torch else {
                throw ToolError(
                    .usage,
                    "\(preprocessing.summary) has no form in \(format.rawValue): it takes the published presets as they are"
                )
            }
            let built = try ToolError.about(networkIn: network.files.path) {
                try network.family().built(imageSize: preprocessing.imageSize)
            }
            let planned = try ToolError.about(network.files.path, exitCode: .mismatch) {
                try ConversionNetwork(
                    built,
                    preprocessing,
                    plan,
                    set: options[ConvertOptions.weights]
                )
            }
            try network.describe(diagnostics)
            diagnostics.note(
                "pictures: \(preprocessing.summary), \(preprocessing.imageSize)x\(preprocessing.imageSize)"
            )
            return planned
        } catch let error as ToolError
            where error.exitCode == .mismatch && !holdsNetwork
            && ModelOptions.request(options) == ModelRequest()
        {
            let reason = error.sentence.split(separator: "\n").first.map(String.init) ?? ""
            diagnostics.note("\(consequence): \(reason)")
            return nil
        }
    }
}
