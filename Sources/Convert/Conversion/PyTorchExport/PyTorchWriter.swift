public import Checkpoint
public import Networks
internal import Formats
public import Pictures

/// Writes a Python file that defines a network, and the safetensors file beside it.
public enum PyTorchWriter {
    /// The two files for a target such as `net.py`, the weights first.
    public static func paths(_ target: String) -> [String] {
        let start = target.hasSuffix(".py") ? String(target.dropLast(3)) : target
        return [start + ".safetensors", start + ".py"]
    }

    /// Writes the weights of a plan, whose names must be those of ``TimmNames``, and then the network.
    ///
    /// - Throws: ``ConversionError``.
    public static func write(
        _ plan: ConversionPlan,
        from source: any TensorSource,
        _ configuration: ModelConfiguration,
        _ preprocessing: Preprocessing,
        to target: String,
        metadata: [String: String],
        replacing isReplacing: Bool
    ) throws(ConversionError) {
        let paths = paths(target)
        let name = paths[0].split(separator: "/").last.map { String($0) } ?? paths[0]
        let module = try PyTorchModule(
            configuration,
            preprocessing: preprocessing,
            weights: name
        )
        try SafeTensorsWriter.write(
            plan,
            from: source,
            to: paths[0],
            metadata: metadata,
            replacing: isReplacing
        )
        do throws(FormatError) {
            var file = try OutputFile(paths[1], replacing: isReplacing)
            try file.write(module.text)
            try file.commit()
        } catch {
            throw .unwritable(path: paths[1], reason: error.description)
        }
    }
}
