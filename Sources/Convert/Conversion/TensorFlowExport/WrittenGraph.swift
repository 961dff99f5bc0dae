internal import Checkpoint
internal import Formats
internal import Proto
internal import Reference

/// A graph as it was read back from its file, with the values of its constants or variables.
struct WrittenGraph {
    /// What it computes.
    let interpreter: GraphInterpreter
    /// The operations.
    var nodes: [NodeDef] { interpreter.nodes }

    /// A frozen graph.
    ///
    /// - Throws: ``ConversionError``.
    init(frozen path: String) throws(ConversionError) {
        let reader = try reading { () throws(FormatError) in try FrozenGraphReader(path: path) }
        interpreter = GraphInterpreter(nodes: reader.nodes) { name throws(ReferenceError) in
            guard let entry = reader.tensor(named: name) else { return nil }
            return try Self.values(entry, reader)
        }
    }

    /// The graph of a SavedModel with the variables that its own operations restore.
    ///
    /// - Throws: ``ConversionError``.
    init(savedModel folder: String) throws(ConversionError) {
        let path = folder + "/saved_model.pb"
        let message = try wrapping { () throws(CheckpointError) in
            try MappedFile(path: path).withBytes { bytes throws(CheckpointError) in
                Result { () throws(ProtoError) in try SavedModel(bytes) }
            }
        }
        guard let graph = try? message.get().metaGraphs.first?.graph else {
            throw .format(
                .malformedFile(path: path, offset: 0, reason: "it is no model with a graph")
            )
        }
        let keys = Self.restoredKeys(graph)
        guard !keys.isEmpty else {
            interpreter = GraphInterpreter(nodes: graph.nodes)
            return
        }
        let reader = try wrapping { () throws(CheckpointError) in
            try BundleReader(prefix: SavedModelWriter.variables(in: folder))
        }
        interpreter = GraphInterpreter(nodes: graph.nodes) { name throws(ReferenceError) in
            guard let key = keys[name] else { return nil }
            guard let entry = reader.tensor(named: key) else {
                throw ReferenceError("the checkpoint has no '\(key)'")
            }
            return try Self.values(entry, reader)
        }
    }

    private static func values(
        _ entry: TensorEntry,
        _ source: any TensorSource
    ) throws(ReferenceError) -> ReferenceTensor {
        let bytes: StoredBytes
        do throws(CheckpointError) {
            if entry.dataType == .string {
                let strings = try source.strings(of: entry)
                return ReferenceTensor(unchecked: entry.shape, elements: .string(strings))
            }
            bytes = try source.bytes(of: entry, verifies: true)
        } catch {
            throw ReferenceError("'\(entry.name)' cannot be read: \(error)")
        }
        let tensor = try ReferenceTensor(entry.shape, entry.dataType, bytes: bytes.array)
        do throws(CheckpointError) { try bytes.checkIntact() } catch {
            throw ReferenceError("\(error)")
        }
        bytes.release()
        return tensor
    }

    /// The tensor of the checkpoint that each variable is given by the operation `save/restore_all`.
    private static func restoredKeys(_ graph: GraphDef) -> [String: String] {
        let named = Dictionary(graph.nodes.map { ($0.name, $0) }) { first, _ in first }
        var keys: [String: String] = [:]
        for input in named["save/restore_all"]?.inputs ?? [] {
            guard let assignment = named[String(input.dropFirst())], assignment.inputs.count == 2,
                let value = named[assignment.inputs[1]], let source = value.inputs.first
            else { continue }
            let (restore, index) = (TensorReference(source).node, TensorReference(source).output)
            guard let names = named[restore.text]?.inputs.dropFirst().first,
                case .tensor(let list)? = named[names]?["value"],
                list.strings.indices.contains(index)
            else { continue }
            keys[assignment.inputs[0]] = String(decoding: list.strings[index], as: UTF8.self)
        }
        return keys
    }
}
