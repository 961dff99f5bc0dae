import Checkpoint
import Convert
import Engine
import Networks
import ToolSupport

/// What is converted: tensors, where they come from, and what they are the weights of.
struct ConversionInput {
    let file: WeightFile
    /// Texts that are handed on.
    let metadata: [String: String]

    /// Opens a file; `renaming` says which of its tensors are meant and what they are called, where that comes before the
    /// network is recognised.
    init(
        _ path: String,
        renaming: ConversionRequest? = nil,
        _ diagnostics: Diagnostics
    ) throws {
        var file = try ToolError.about(nil) { try WeightFile(path) }
        if let renaming {
            do throws(ConversionError) { file = try file.renamed(renaming) } catch {
                throw Conversion.problem(error, path)
            }
        }
        self.file = file
        for note in file.notes { diagnostics.note(note) }
        if let fault = file.faults.first {
            throw ToolError(
                .file,
                "\(fault)\n\(file.faults.count) entries are damaged; 'inspect --salvage' saves "
                    + "the others"
            )
        }
        guard file.metadata.isEmpty else {
            metadata = file.metadata
            return
        }
        var texts = Self.architecture(file.tensors)
        texts["source_sha256"] = try ToolError.about(nil) { try file.digest() }
        metadata = texts
    }

    /// The flags of the network, where it is one of the family.
    private static func architecture(_ source: any TensorSource) -> [String: String] {
        guard let identified = try? IdentifiedModel(CheckpointInventory(source)),
            identified.differences.isEmpty
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
