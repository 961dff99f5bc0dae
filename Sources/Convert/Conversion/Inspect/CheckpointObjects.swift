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

    /// Reads the graph of objects; nil where the checkpoint has none.
    ///
    /// - Throws: ``CheckpointError`` if the graph cannot be read.
    public init?(_ source: any TensorSource) throws(CheckpointError) {
        guard let tensor = source.tensor(named: Self.graphTensor), tensor.dataType == .string,
            tensor.elementCount == 1, let bytes = try source.strings(of: tensor).first
        else { return nil }
        do throws(ProtoError) {
            let graph = try ObjectGraph(unsafe bytes.span.bytes)
            let values = try graph.paths().map { path in
                let key = path.attribute.key
                return Value(
                    path: path.path,
                    attribute: path.attribute.name,
                    fullName: path.attribute.fullName,
                    key: key,
                    isThere: source.tensor(named: key) != nil,
                    isSlot: path.path.contains("/.OPTIMIZER_SLOT/")
                )
            }
            let keys = Set(values.map(\.key))
            self.values = values
            objectCount = graph.nodes.count
            danglingReferences = graph.danglingReferences
            unnamed = source.tensors.map(\.name).filter {
                $0 != Self.graphTensor && !keys.contains($0)
            }
        } catch {
            throw .message(path: tensor.name, key: tensor.name, error)
        }
    }

    /// The values that the graph names and the checkpoint lacks.
    public var missing: [Value] { values.filter { !$0.isThere } }
}
