import Convert
import ToolSupport

// What formats and graphs have no use for.
extension Conversion {
    /// Refuses options that the format has no use for.
    static func refuseWhatDoesNotFit(
        _ format: ConversionFormat,
        isRenamed: Bool,
        _ options: ParsedOptions
    ) throws {
        let traits = format.traits
        guard traits.contains(.shards) || options[ConvertOptions.shards] == 1 else {
            throw ToolError(.usage, "--shards is for checkpoints: --to tf")
        }
        guard !isRenamed || traits.contains(.parameterNames) else {
            throw ToolError(
                .usage,
                "--names timm-like is for --to safetensors, npz and torch; others need TensorFlow's"
            )
        }
        guard traits.contains(.types) || options[ConvertOptions.type] ?? .float32 == .float32
        else {
            throw ToolError(.usage, "an ONNX model computes in float32; leave --dtype out")
        }
        guard !options[ConvertOptions.preprocesses] || !options[ConvertOptions.dynamicSize] else {
            throw ToolError(
                .usage,
                "--with-preprocessing cuts pictures to one size; leave --dynamic-size out"
            )
        }
    }

    /// Refuses options that have no meaning for a graph from elsewhere.
    static func refuseWhatGraphsLack(
        _ format: ConversionFormat,
        _ options: ParsedOptions
    ) throws {
        guard options[ConvertOptions.names] == .checkpoint else {
            throw ToolError(
                .usage,
                "--names timm-like is for networks of the family; this is a graph"
            )
        }
        guard !options[ConvertOptions.preprocesses] || format.traits.contains(.network) else {
            throw ToolError(
                .usage,
                "--with-preprocessing belongs to a graph, and --to \(format.rawValue) holds tensors"
            )
        }
        guard
            !format.traits.contains(.network)
                || options[ConvertOptions.only].isEmpty
                    && options[ConvertOptions.exclude].isEmpty
        else {
            throw ToolError(
                .usage,
                "--only and --exclude choose tensors, and --to \(format.rawValue) holds the whole network"
            )
        }
    }
}
