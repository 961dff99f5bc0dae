public import Checkpoint
public import Convert
public import Engine

/// A checkpoint with the model that it is the weights of.
public struct LoadedModel {
    /// The checkpoint's path without ending.
    public let prefix: String
    /// The checkpoint.
    public let reader: BundleReader
    /// The model, every setting decided.
    public let configuration: ModelConfiguration
    /// Settings that nothing told, as published flags with the defaults that were taken.
    public let assumed: [String]
    /// SHA-256 of the checkpoint's index, which holds the checksum of every tensor.
    public let hash: String

    /// Opens a checkpoint and settles its model.
    ///
    /// - Parameters:
    ///   - path: What the user named.
    ///   - request: What the user asked for.
    ///   - diagnostics: Is told how the path was understood.
    /// - Throws: ``ToolError`` with ``ExitCode/file`` or ``ExitCode/mismatch``.
    public init(_ path: String, _ request: ModelRequest, _ diagnostics: Diagnostics) throws {
        let location = try ToolError.about(nil) { try CheckpointLocation(path) }
        for note in location.notes { diagnostics.note(note) }
        guard location.format == .bundle else {
            throw ToolError(
                .file,
                file: location.prefix,
                "checkpoints of version 1 are not read yet"
            )
        }
        prefix = location.prefix
        let reader = try ToolError.about(nil) { try BundleReader(prefix: location.prefix) }
        self.reader = reader
        if let fault = reader.faults.first {
            diagnostics.warning("\(reader.faults.count) entries are damaged, the first: \(fault)")
        }
        let settled = try ToolError.about(location.prefix, exitCode: .mismatch) {
            try request.settle(IdentifiedModel(CheckpointInventory(reader)))
        }
        configuration = settled.configuration
        assumed = settled.assumed
        hash = try ToolError.about(nil) {
            let index = try MappedFile(path: location.prefix + ".index")
            return try index.withBytes { SHA256.hex(of: $0) }
        }
    }

    /// The weights of a graph of this model.
    ///
    /// - Throws: ``ToolError``.
    public func weights(of graph: Graph, _ set: WeightSet) throws -> Weights {
        do {
            return try Weights(VariableNames(graph), from: reader, set: set)
        } catch let error as ModelError {
            throw ToolError(.mismatch, file: prefix, error)
        } catch {
            throw ToolError(.file, error)
        }
    }

    /// The model in one line, such as `ResNet-50 version 2, width 64, SK, sconv blur 3, alpha 2, beta 4, 1001 classes`.
    public var summary: String {
        let model = configuration
        var parts = ["ResNet-\(model.size) version \(model.version)", "width \(model.width)"]
        if model.usesResNetD { parts.append("ResNet-D") }
        if model.usesSelectiveKernel { parts.append("selective kernels") }
        if model.usesSqueezeExcitation { parts.append("squeeze-and-excitation") }
        let blurred =
            (model.antiAliasesConvolutions ? ["sconv"] : [])
            + (model.antiAliasesProjections ? ["proj"] : [])
        if !blurred.isEmpty {
            parts.append("anti-aliasing \(blurred.joined(separator: ",")) \(model.antiAliasSize)")
        }
        if model.version == 2 { parts.append("alpha \(model.alpha), beta \(model.beta)") }
        if model.keepsLastResolution { parts.append("no last downsampling") }
        if model.pooling != .average { parts.append("pooling \(model.pooling.rawValue)") }
        if model.embeddingSize > 0 { parts.append("embedding \(model.embeddingSize)") }
        parts.append("\(model.classes) classes")
        return parts.joined(separator: ", ")
    }
}
