import Checkpoint
import Convert
import Foundation
import Networks
import Proto
import ToolSupport

/// The writing of a conversion's result, in whatever format, and its opening again.
struct ConversionWriter {
    private let format: ConvertOptions.Format
    let target: String
    private let input: ConversionInput
    private let plan: ConversionPlan
    private let network: ConversionNetwork?
    private let isReplacing: Bool
    private let shardCount: Int
    private let writesMeta: Bool
    private let timestamp: Int
    private let onnx: ONNXConversion?
    /// The folder of the target.
    private let folder: String
    /// The files beside a checkpoint that tell of the network what it cannot.
    private let beside: [String]

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
        let folder = target.lastIndex(of: "/").map { String(target[..<$0]) } ?? "."
        self.folder = folder
        beside =
            format == .tf
            ? try ToolError.about(nil) { try input.record?.paths(in: folder) ?? [] } : []
        onnx =
            format == .onnx
            ? try network.map { try ONNXConversion($0, plan, input, target, options) } : nil
    }

    private var inputs: [ServingInput] {
        network.map { [.encoded($0.preprocessing), .prepared] } ?? []
    }

    private var folders: [String] {
        SavedModelWriter.folders(target, timestamp: timestamp, inputs)
    }

    /// What is left behind: the files, or the folders of the models.
    var results: [String] {
        switch format {
        case .tf: files + beside
        case .savedModel: folders
        default: files
        }
    }

    /// The files that hold the weights and the network.
    var files: [String] {
        switch format {
        case .onnx: onnx?.paths ?? []
        case .torch: PyTorchWriter.paths(target)
        case .safetensors, .npz, .frozen: [target]
        case .tf:
            CheckpointWriter.paths(prefix: target, shardCount: shardCount)
                + (writesMeta ? [MetaGraphWriter.path(prefix: target)] : [])
        case .savedModel: folders.flatMap { SavedModelWriter.files(in: $0) }
        }
    }

    /// The large files with their sizes, before anything is written; none for formats whose tensors say it all.
    func sizes() throws -> [(path: String, byteCount: Int)] {
        guard let network else { return [] }
        switch format {
        case .frozen:
            return [
                (target, try FrozenGraphWriter.byteCount(network.plan, .prepared, path: target))
            ]
        case .savedModel:
            return try zip(folders, inputs).flatMap { folder, served in
                [
                    (
                        "\(folder)/saved_model.pb",
                        try SavedModelWriter.graphByteCount(network.plan, served)
                    ),
                    (
                        CheckpointWriter.paths(
                            prefix: SavedModelWriter.variables(in: folder),
                            shardCount: 1
                        )[0], plan.items.reduce(0) { $0 + $1.byteCount }
                    ),
                ]
            }
        default: return []
        }
    }

    /// What must not be there before, unless it may be replaced.
    var paths: [String] {
        guard format == .savedModel else { return results }
        return files + folders + (isReplacing ? [] : SavedModelWriter.parents(target, inputs))
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
            try PyTorchWriter.write(
                plan,
                from: input.file.tensors,
                network.network.configuration,
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
                try MetaGraphWriter.write(
                    plan,
                    network?.plan,
                    to: MetaGraphWriter.path(prefix: target),
                    replacing: isReplacing
                )
            }
            let records = try input.record?.paths(in: folder) ?? []
            let added = records.filter { !FileManager.default.fileExists(atPath: $0) }
            do {
                try input.record?.write(into: folder, replacing: isReplacing)
                try CheckpointWriter.write(
                    plan,
                    from: input.file.tensors,
                    prefix: target,
                    shardCount: shardCount
                )
            } catch {
                // Without the checkpoint what stands beside it is of no use, unless it took the place of another.
                for path in added { try? FileManager.default.removeItem(atPath: path) }
                if writesMeta, !isReplacing {
                    try? FileManager.default.removeItem(
                        atPath: MetaGraphWriter.path(prefix: target)
                    )
                }
                throw error
            }
        case .frozen:
            guard let network else { return }
            try FrozenGraphWriter.write(
                network.plan,
                from: input.file.tensors,
                .prepared,
                to: target,
                replacing: isReplacing
            )
        case .savedModel:
            guard let network else { return }
            var written: [String] = []
            do {
                for (folder, served) in zip(folders, inputs) {
                    try SavedModelWriter.write(
                        network.plan,
                        from: input.file.tensors,
                        served,
                        beside: input.record,
                        to: folder,
                        replacing: isReplacing
                    )
                    written.append(folder)
                }
            } catch {
                // One model without the other is no export.
                if !isReplacing {
                    for folder in written { try? FileManager.default.removeItem(atPath: folder) }
                }
                throw error
            }
        }
    }

    /// Compares what was written, as its readers see it, with what it was made of.
    func verify() throws -> (tensors: [TensorProof], logits: LogitComparison?) {
        if let onnx {
            let proof = try onnx.verify()
            return ([proof.weights], proof.logits)
        }
        let tensors = try reopen().map { result in
            try TensorProof(plan, of: input.file.tensors, in: result)
        }
        // Numbers that do not fit the tensors need not be computed with.
        guard let network, tensors.allSatisfy(\.faults.isEmpty) else { return (tensors, nil) }
        let comparisons = try graphs.map { place in
            try GraphProof.compare(place, network.plan, from: input.file.tensors)
        }
        return (tensors, comparisons.max { LogitComparison.isBetter($0, $1) })
    }

    /// The graphs that were written.
    private var graphs: [GraphProof.Place] {
        switch format {
        case .frozen: [.frozen(target)]
        case .savedModel: zip(folders, inputs).map { .savedModel($0, $1) }
        default: []
        }
    }

    /// Opens everything that holds the tensors.
    func reopen() throws -> [any TensorSource] {
        try ResultFiles.open(format, target, files, names: Set(plan.items.map { Name($0.name) }))
    }
}
