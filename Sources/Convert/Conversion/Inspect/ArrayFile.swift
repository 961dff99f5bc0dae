public import Formats
internal import Networks
public import Checkpoint

/// Any file that holds tensors, opened to look at them: checkpoints, arrays, and the constants of graphs and ONNX models.
public struct ArrayFile: Sendable {
    /// The tensors.
    public let tensors: any TensorSource
    /// Arrays beside them that cannot be read.
    public let unread: [UnreadArray]
    /// The path that stands for the files.
    public let path: String
    /// What was understood other than to the letter, a sentence each.
    public let notes: [String]

    /// Opens what a path means.
    ///
    /// - Throws: `CheckpointError`, ``FormatError``; ``NetworkError.noWeights(path:)`` for a file
    ///   of another kind.
    public init(_ path: String) throws {
        let located = try LocatedFile(path)
        let (path, note) = (located.paths[0], located.note)
        switch located.kind {
        case .checkpoint(let location), .savedModel(_, .some(let location)):
            self.init(try location.open(), [], location.prefix, location.notes, note)
        case .safeTensors:
            let reader = try SafeTensorsReader(path: path)
            self.init(reader, reader.unread, path, [], note)
        case .safeTensorsIndex:
            let reader = try SafeTensorsShards(index: path)
            self.init(reader, reader.unread, path, [], note)
        case .numPyArchive:
            let reader = try NPZReader(path: path)
            self.init(reader, reader.unread, path, [], note)
        case .numPyArray:
            self.init(try SingleArray(path: path), [], path, [], note)
        case .onnx:
            let constants = try ONNXConstants(path: path)
            self.init(constants, constants.unread, path, [], note)
        case .graph:
            let constants = try GraphConstants(path: path)
            self.init(constants, constants.unread, path, [], note)
        default: throw NetworkError.noWeights(path: path)
        }
    }

    private init(
        _ tensors: any TensorSource,
        _ unread: [UnreadArray],
        _ path: String,
        _ notes: [String],
        _ note: String?
    ) {
        self.tensors = tensors
        self.unread = unread
        self.path = path
        self.notes = (note.map { [$0] } ?? []) + notes
    }
}
