public import Checkpoint
internal import Proto

/// The objects that a TensorFlow 2 checkpoint was made of, beside the tensors that hold their values.
public struct CheckpointObjects: Equatable, Sendable {
    /// A value of an object.
    public struct Value: Equatable, Sendable {
        /// The path to the object from the root; the root itself has none.
        public let path: String
        /// Which value of the object, mostly `VARIABLE_VALUE`.
        public let attribute: String
        /// What the variable is called elsewhere; empty where nothing is said.
        public let fullName: String
        /// Under which name the checkpoint has it.
        public let key: String
        /// Whether the checkpoint has it.
        public let isThere: Bool
        /// Whether an optimiser keeps it for a variable.
        public let isSlot: Bool
    }

    /// The tensor that holds the graph of objects.
    public static let graphTensor = "_CHECKPOINTABLE_OBJECT_GRAPH"

    /// How many objects there are.
    public let objectCount: Int
    /// The values of the objects that the root leads to, nearest first.
    public let values: [Value]
    /// Tensors that no such object names, without the graph itself.
    public let unnamed: [String]
    /// The numbers of objects that are referred to and do not exist.
    public let danglingReferences: [Int32]
    /// The paths of the objects that are optimisers.
    let optimizers: [String]

    /// Reads the graph of objects; nil where the checkpoint has none.
    ///
    /// - Throws: ``CheckpointError`` if the graph cannot be read.
    public init?(_ source: any TensorSource) throws(CheckpointError) {
        guard let tensor = source.tensor(named: Self.graphTensor), tensor.dataType == .string,
            tensor.elementCount == 1, let bytes = try source.strings(of: tensor).first
        else { return nil }
        do throws(ProtoError) {
            let graph = try ObjectGraph(unsafe bytes.span.bytes)
            func isThere(_ key: String) -> Bool {
                // A table or an iterator has several tensors, whose names go on behind the key.
                source.tensor(named: key) != nil
                    || (key.contains("/.ATTRIBUTES/")
                        && source.tensors.contains { $0.key.starts(with: key.utf8) })
            }
            let values = try graph.paths().map { path in
                let key = path.attribute.key
                return Value(
                    path: path.path,
                    attribute: path.attribute.name,
                    fullName: path.attribute.fullName,
                    key: key,
                    isThere: isThere(key),
                    isSlot: path.path.contains("/.OPTIMIZER_SLOT/")
                )
            }
            let keys = Set(values.map { Name($0.key) })
            self.values = values
            objectCount = graph.nodes.count
            optimizers = try graph.optimizerPaths()
            danglingReferences = graph.danglingReferences
            let several = values.filter { source.tensor(named: $0.key) == nil && $0.isThere }
            unnamed = source.tensors.map(\.name).filter { name in
                name != Self.graphTensor && !keys.contains(Name(name))
                    && !several.contains { name.begins(with: $0.key) }
            }
        } catch {
            throw .message(path: tensor.name, key: tensor.name, error)
        }
    }

    /// The values that the graph names and the checkpoint lacks.
    public var missing: [Value] { values.filter { !$0.isThere } }

    /// What is wrong with the graph, a sentence each.
    public var faults: [String] {
        missing.map {
            "the object '\($0.path.printable)' names the tensor '\($0.key.printable)', "
                + "which is not in the checkpoint"
        }
            + danglingReferences.map {
                "the graph of objects refers to object \($0), which does not exist"
            }
    }
}
