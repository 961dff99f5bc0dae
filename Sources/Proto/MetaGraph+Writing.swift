extension MetaGraph {
    /// A graph with what is needed to use it.
    package init(
        graph: GraphDef,
        saver: Saver,
        collections: [String: Collection],
        signatures: [Signature] = [],
        tags: [String] = [],
        tensorFlowVersion: String
    ) {
        self.tags = tags
        self.tensorFlowVersion = tensorFlowVersion
        self.graph = graph
        self.saver = saver
        self.collections = collections
        self.signatures = signatures
    }

    /// The message, maps in the order of their keys.
    package var serialized: [UInt8] {
        var info = WireWriter()
        for tag in tags { info.bytes(Array(tag.utf8), field: 4) }
        info.bytes(Array(tensorFlowVersion.utf8), field: 5)
        var writer = WireWriter()
        writer.bytes(info.output, field: 1)
        if let graph { writer.bytes(graph.serialized, field: 2) }
        if let saver { writer.bytes(saver.serialized, field: 3) }
        for (name, collection) in collections.sorted(by: { $0.key < $1.key }) {
            writer.bytes(mapEntry(name, collection.serialized), field: 4)
        }
        for signature in signatures {
            writer.bytes(mapEntry(signature.name, signature.serialized), field: 5)
        }
        return writer.output
    }
}

/// A key and a message, as a map has them on the wire.
private func mapEntry(_ key: String, _ message: [UInt8]) -> [UInt8] {
    var writer = WireWriter()
    writer.bytes(Array(key.utf8), field: 1)
    writer.bytes(message, field: 2)
    return writer.output
}

extension MetaGraph.Saver {
    /// A saver of V2 checkpoints that keeps five of them.
    package init(fileNameTensor: String, saveTensor: String, restoreOperation: String) {
        self.fileNameTensor = fileNameTensor
        self.saveTensor = saveTensor
        self.restoreOperation = restoreOperation
        isSharded = false
        keptCount = 5
        version = 2
    }

    fileprivate var serialized: [UInt8] {
        var writer = WireWriter()
        writer.bytes(Array(fileNameTensor.utf8), field: 1)
        writer.bytes(Array(saveTensor.utf8), field: 2)
        writer.bytes(Array(restoreOperation.utf8), field: 3)
        writer.varint(UInt64(bitPattern: Int64(keptCount)), field: 4)
        writer.varint(isSharded ? 1 : 0, field: 5)
        writer.float(10_000, field: 6)
        writer.varint(UInt64(bitPattern: Int64(version)), field: 7)
        return writer.output
    }
}

extension MetaGraph.Collection {
    fileprivate var serialized: [UInt8] {
        var list = WireWriter()
        var writer = WireWriter()
        switch self {
        case .nodes(let names):
            for name in names { list.bytes(Array(name.utf8), field: 1) }
            writer.bytes(list.output, field: 1)
        case .messages(let messages):
            for message in messages { list.bytes(message, field: 1) }
            writer.bytes(list.output, field: 2)
        case .integers(let values):
            list.packedVarints(values, field: 1)
            writer.bytes(list.output, field: 3)
        case .floats(let values):
            list.packedFloats(values, field: 1)
            writer.bytes(list.output, field: 4)
        case .none: break
        }
        return writer.output
    }
}

extension MetaGraph.TensorInfo {
    /// A tensor of a signature.
    package init(name: String, dataType: DataType, shape: [Int]) {
        self.name = name
        self.dataType = dataType.rawValue
        self.shape = TensorShape(shape.map { Int64($0) })
    }

    fileprivate var serialized: [UInt8] {
        var writer = WireWriter()
        writer.bytes(Array(name.utf8), field: 1)
        writer.varint(UInt64(bitPattern: Int64(dataType)), field: 2)
        writer.bytes(shape.serialized, field: 3)
        return writer.output
    }
}

extension MetaGraph.Signature {
    fileprivate var serialized: [UInt8] {
        var writer = WireWriter()
        for (field, infos) in [(UInt64(1), inputs), (2, outputs)] {
            for (name, info) in infos.sorted(by: { $0.key < $1.key }) {
                writer.bytes(mapEntry(name, info.serialized), field: field)
            }
        }
        writer.bytes(Array(method.utf8), field: 3)
        return writer.output
    }
}

extension SavedModel {
    /// The message of a model with one graph, which is a serialised ``MetaGraph``.
    package static func serialized(_ graph: [UInt8]) -> [UInt8] {
        var writer = WireWriter()
        writer.varint(1, field: 1)
        writer.bytes(graph, field: 2)
        return writer.output
    }
}
