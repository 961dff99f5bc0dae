import Checkpoint
import Convert
import Formats
import Proto

/// The files of a result.
enum ResultFiles {
    /// Opens everything that holds the tensors of a result.
    ///
    /// - Parameters:
    ///   - format: The format.
    ///   - target: The path that stands for the result.
    ///   - files: Its files.
    ///   - names: Its tensors.
    /// - Returns: a source for each place that holds them; none for formats that do not store them one by one.
    /// - Throws: `ConversionError`, `CheckpointError`.
    static func open(
        _ format: ConvertOptions.Format,
        _ target: String,
        _ files: [String],
        names: Set<Name>
    ) throws -> [any TensorSource] {
        switch format {
        case .onnx: return []
        case .npz: return [try NPZReader(path: target)]
        case .torch: return [try SafeTensorsReader(path: PyTorchWriter.paths(target)[0])]
        case .safetensors: return [try SafeTensorsReader(path: target)]
        case .tf: return [try BundleReader(prefix: target)]
        case .frozen: return [try FrozenGraphReader(path: target, names: names)]
        case .savedModel:
            let ending = SavedModelWriter.variables(in: "") + ".index"
            return try files.filter { $0.hasSuffix(ending) }.map {
                try BundleReader(prefix: String($0.dropLast(".index".count)))
            }
        }
    }
}
