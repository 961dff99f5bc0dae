import Checkpoint
import Convert
import ToolSupport

/// The writing of a conversion's result, in whatever format, and its opening again.
struct ConversionWriter {
    private let format: ConvertOptions.Format
    private let target: String
    private let input: ConversionInput
    private let plan: ConversionPlan
    private let network: ConversionNetwork?
    private let isReplacing: Bool
    private let shardCount: Int
    private let writesMeta: Bool
    private let timestamp: Int
    private let onnx: ONNXConversion?

    init(
        _ format: ConvertOptions.Format,
        _ target: String,
        _ input: ConversionInput,
        _ plan: ConversionPlan,
        _ network: ConversionNetwork?,
        _ options: ParsedOptions
    ) throws {
        self.format = format
        self.target = target
        self.input = input
        self.plan = plan
        self.network = network
        isReplacing = options[RunOptions.force]
        shardCount = options[ConvertOptions.shards]
        writesMeta = options[ConvertOptions.meta]
        timestamp = options[ConvertOptions.timestamp]
        onnx =
            format == .onnx
            ? try network.map { try ONNXConversion($0, plan, input, target, options) } : nil
    }

    private var inputs: [ServingInput] {
        network.map { [.encoded($0.preprocessing), .prepared] } ?? []
    }

    private var folders: [String] {
        SavedModelTarget.folders(target, timestamp: timestamp, inputs)
    }

    /// What is left behind: the files, or the folders of the models.
    var results: [String] {
        switch format {
        case .onnx: onnx?.paths ?? []
        case .torch: PyTorchTarget.paths(target)
        case .safetensors, .npz, .frozen: [target]
        case .tf:
            CheckpointTarget.paths(prefix: target, shardCount: shardCount)
                + (writesMeta ? [MetaGraphTarget.path(prefix: target)] : [])
        case .savedModel: folders
        }
    }

    /// What must not be there before, unless it may be replaced.
    var paths: [String] {
        guard format == .savedModel else { return results }
        return folders.flatMap { folder in
            let model = SavedModelTarget.variables(in: folder)
            return CheckpointTarget.paths(prefix: model, shardCount: 1) + [folder]
        } + (isReplacing ? [] : SavedModelTarget.parents(target, inputs))
    }

    func write() throws {
        switch format {
        case .onnx: try onnx?.write()
        case .npz:
            try NPZWriter.write(
                plan,
                from: input.file.tensors,
                to: target,
                replacing: isReplacing
            )
        case .torch:
            guard let network else { return }
            try PyTorchTarget.write(
                plan,
                from: input.file.tensors,
                network.configuration,
                network.preprocessing,
                to: target,
                metadata: input.metadata,
                replacing: isReplacing
            )
        case .safetensors:
            try SafeTensorsWriter.write(
                plan,
                from: input.file.tensors,
                to: target,
                metadata: input.metadata,
                replacing: isReplacing
            )
        case .tf:
            if writesMeta {
                // First, so that a checkpoint that is there has its graph.
                try MetaGraphTarget.write(
                    plan,
                    network?.plan,
                    to: MetaGraphTarget.path(prefix: target),
                    replacing: isReplacing
                )
            }
            try CheckpointTarget.write(
                plan,
                from: input.file.tensors,
                prefix: target,
                shardCount: shardCount
            )
        case .frozen:
            guard let network else { return }
            try FrozenGraphTarget.write(
                network.plan,
                from: input.file.tensors,
                .prepared,
                to: target,
                replacing: isReplacing
            )
        case .savedModel:
            guard let network else { return }
            for (folder, served) in zip(folders, inputs) {
                try SavedModelTarget.write(
                    network.plan,
                    from: input.file.tensors,
                    served,
                    to: folder,
                    replacing: isReplacing
                )
            }
        }
    }

    /// Compares what was written, as its readers see it, with what it was made of.
    func verify() throws -> (tensors: [ConversionVerification], logits: LogitComparison?) {
        if let onnx {
            let proof = try onnx.verify()
            return ([proof.weights], proof.logits)
        }
        let tensors = try reopen().map { result in
            try ConversionVerification(plan, of: input.file.tensors, in: result)
        }
        return (tensors, nil)
    }

    /// Opens everything that holds the tensors.
    private func reopen() throws -> [any TensorSource] {
        switch format {
        case .onnx: []
        case .npz: [try NPZReader(path: target)]
        case .torch: [try SafeTensorsReader(path: PyTorchTarget.paths(target)[0])]
        case .safetensors: [try SafeTensorsReader(path: target)]
        case .tf: [try BundleReader(prefix: target)]
        case .frozen: [try FrozenGraphReader(path: target, names: Set(plan.items.map(\.name)))]
        case .savedModel:
            try folders.map { try BundleReader(prefix: SavedModelTarget.variables(in: $0)) }
        }
    }
}
