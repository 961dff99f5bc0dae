import Checkpoint
import Convert
import Engine
import ToolSupport

/// What is converted: tensors, where they come from, and what they are the weights of.
struct ConversionInput {
    let tensors: any TensorSource
    /// What the source is, such as `V2 checkpoint`.
    let kind: String
    /// The files that are read.
    let files: [String]
    /// Texts that are handed on.
    let metadata: [String: String]

    init(_ path: String, _ diagnostics: Diagnostics) throws {
        switch try ToolError.about(nil, { try FileKind(path) }) {
        case .checkpoint(let location), .savedModel(_, .some(let location)):
            try self.init(location, diagnostics)
        case .safeTensors:
            try self.init(safeTensors: path)
        default:
            throw ToolError(
                .file,
                file: path,
                "neither a checkpoint nor a safetensors file; 'inspect' tells what it is"
            )
        }
    }

    private init(safeTensors path: String) throws {
        let reader = try ToolError.about(nil) { try SafeTensorsReader(path: path) }
        tensors = reader
        kind = "safetensors file"
        files = [path]
        metadata = reader.metadata
    }

    private init(_ location: CheckpointLocation, _ diagnostics: Diagnostics) throws {
        for note in location.notes { diagnostics.note(note) }
        tensors = try ToolError.about(nil) { try location.open() }
        guard let bundle = tensors as? BundleReader else {
            kind = "V1 checkpoint"
            files = [location.prefix]
            metadata = Self.architecture(tensors)
            return
        }
        if let fault = bundle.faults.first {
            throw ToolError(
                .file,
                "\(fault)\n\(bundle.faults.count) entries are damaged; 'inspect --salvage' saves "
                    + "the others"
            )
        }
        kind = "V2 checkpoint"
        let index = location.prefix + ".index"
        files = [index] + (0..<bundle.shardCount).map { bundle.shardPath($0) }
        var texts = Self.architecture(tensors)
        // The index holds the checksum of every tensor, so its hash stands for all.
        texts["source_index_sha256"] = try ToolError.about(nil) {
            try MappedFile(path: index).withBytes { SHA256.hex(of: $0) }
        }
        metadata = texts
    }

    /// The flags of the network, where it is one of the family.
    private static func architecture(_ source: any TensorSource) -> [String: String] {
        let inventory = CheckpointInventory(
            source.tensors.map { (name: $0.name, shape: $0.shape) }
        )
        guard let identified = try? IdentifiedModel(inventory), identified.differences.isEmpty
        else { return [:] }
        let model = ModelDescription(identified)
        var texts = Dictionary(model.flags.map { ($0.name, $0.value) }) { first, _ in first }
        texts["num_classes"] = String(model.configuration.classes)
        if model.published.count == 1, let published = model.published.first {
            texts["published_model"] = published.rawValue
            texts["preprocessing_type"] = published.preprocessing
        }
        return texts
    }
}
