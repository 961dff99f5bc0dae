internal import CProto

/// A graph with what is needed to use it: the contents of a `.meta` file.
public struct MetaGraph: Equatable, Sendable {
    /// A list of things of one kind that a graph keeps under a name.
    public enum Collection: Equatable, Sendable {
        /// Names of nodes.
        case nodes([String])
        /// Messages, such as variables.
        case messages([[UInt8]])
        /// Whole numbers.
        case integers([Int64])
        /// Numbers.
        case floats([Float])
        /// A collection that states no kind.
        case none
    }

    /// How the graph saves itself.
    public struct Saver: Equatable, Sendable {
        /// The tensor that takes the file name.
        public var fileNameTensor: String
        /// The tensor that saves when it is asked for.
        public var saveTensor: String
        /// The operation that restores.
        public var restoreOperation: String
        /// Whether each device saves to a file of its own.
        public var isSharded: Bool
        /// How many checkpoints are kept; 0 for all.
        public var keptCount: Int32
        /// 1 for V1 checkpoints, 2 for V2.
        public var version: Int32
    }

    /// A tensor of a signature.
    public struct TensorInfo: Equatable, Sendable {
        /// The name in the graph.
        public var name: String
        /// The number of the element type.
        public var dataType: Int32
        /// The extents, -1 where they are open.
        public var shape: TensorShape
        /// What it is, where it is no plain tensor: the tensors that it is made of.
        public var parts: [String] = []

        /// A tensor of a graph.
        public init(name: String, dataType: Int32, shape: TensorShape) {
            self.name = name
            self.dataType = dataType
            self.shape = shape
        }
    }

    /// A function that the graph offers.
    public struct Signature: Equatable, Sendable {
        /// The name.
        public var name: String
        /// The kind, such as `tensorflow/serving/predict`.
        public var method: String
        /// What it takes, by argument.
        public var inputs: [String: TensorInfo]
        /// What it gives, by result.
        public var outputs: [String: TensorInfo]

        /// A function that a graph offers.
        package init(
            name: String,
            method: String,
            inputs: [String: TensorInfo],
            outputs: [String: TensorInfo]
        ) {
            self.name = name
            self.method = method
            self.inputs = inputs
            self.outputs = outputs
        }
    }

    /// What the graph is for, such as `serve`.
    public var tags: [String]
    /// Which TensorFlow wrote it.
    public var tensorFlowVersion: String
    /// The graph.
    public var graph: GraphDef?
    /// How it saves itself.
    public var saver: Saver?
    /// Its collections.
    public var collections: [String: Collection]
    /// The functions that it offers.
    public var signatures: [Signature]
    /// The operations that the graph and its functions use, as the writer knew them.
    public var operations: [OperationDef] = []
    /// The objects of a model of TensorFlow 2.
    public var objects: SavedObjects?

    /// Takes a `.meta` file apart.
    ///
    /// - Throws: ``ProtoError``.
    public init(_ bytes: RawSpan) throws(ProtoError) {
        self = try unsafe withMessage(
            bytes,
            tf__meta_graph_def__init,
            tf__meta_graph_def__unpack,
            tf__meta_graph_def__free_unpacked
        ) { message throws(ProtoError) in try unsafe MetaGraph(message.pointee) }
    }

    init(_ message: Tf__MetaGraphDef) throws(ProtoError) {
        let info = unsafe message.meta_info_def?.pointee
        tags = unsafe info.map { unsafe texts($0.tags, $0.n_tags) } ?? []
        tensorFlowVersion = unsafe info.map { unsafe text($0.tensorflow_version) } ?? ""
        if let stated = unsafe message.graph_def { graph = try unsafe GraphDef(stated.pointee) }
        if let stated = unsafe message.saver_def { saver = unsafe Saver(stated.pointee) }
        let entries = try unsafe array(message.collection_def, message.n_collection_def) {
            unsafe (text($0.key), $0.value.map { unsafe Collection($0.pointee) } ?? .none)
        }
        collections = Dictionary(entries) { _, last in last }
        signatures = try unsafe array(message.signature_def, message.n_signature_def) {
            entry throws(ProtoError) in try unsafe Signature(entry)
        }
        if let list = unsafe info?.stripped_op_list?.pointee {
            operations = try unsafe array(list.op, list.n_op) { operation throws(ProtoError) in
                try unsafe OperationDef(operation)
            }
        }
        if let stated = unsafe message.object_graph_def {
            objects = try unsafe SavedObjects(stated.pointee)
        }
    }
}

extension MetaGraph.Saver {
    fileprivate init(_ message: Tf__SaverDef) {
        fileNameTensor = unsafe text(message.filename_tensor_name)
        saveTensor = unsafe text(message.save_tensor_name)
        restoreOperation = unsafe text(message.restore_op_name)
        isSharded = unsafe message.sharded != 0
        keptCount = unsafe message.max_to_keep
        version = unsafe message.version
    }
}

extension MetaGraph.Collection {
    fileprivate init(_ message: Tf__CollectionDef) {
        switch unsafe message.kind_case {
        case TF__COLLECTION_DEF__KIND_NODE_LIST:
            let list = unsafe message.node_list.pointee
            self = unsafe .nodes(texts(list.value, list.n_value))
        case TF__COLLECTION_DEF__KIND_BYTES_LIST:
            let list = unsafe message.bytes_list.pointee
            self = unsafe .messages(arrays(list.value, list.n_value))
        case TF__COLLECTION_DEF__KIND_INT64_LIST:
            let list = unsafe message.int64_list.pointee
            self = unsafe .integers(array(list.value, list.n_value))
        case TF__COLLECTION_DEF__KIND_FLOAT_LIST:
            let list = unsafe message.float_list.pointee
            self = unsafe .floats(array(list.value, list.n_value))
        default: self = .none
        }
    }
}

extension MetaGraph.Signature {
    fileprivate init(_ message: Tf__MetaGraphDef__SignatureEntry) throws(ProtoError) {
        name = unsafe text(message.key)
        method = ""
        inputs = [:]
        outputs = [:]
        guard let stated = unsafe message.value?.pointee else { return }
        method = unsafe text(stated.method_name)
        inputs = try unsafe Self.infos(stated.inputs, stated.n_inputs)
        outputs = try unsafe Self.infos(stated.outputs, stated.n_outputs)
    }

    private static func infos(
        _ start: UnsafeMutablePointer<UnsafeMutablePointer<Tf__SignatureDef__InfoEntry>?>?,
        _ count: Int
    ) throws(ProtoError) -> [String: MetaGraph.TensorInfo] {
        let entries = try unsafe array(start, count) { entry throws(ProtoError) in
            try unsafe (text(entry.key), MetaGraph.TensorInfo(entry.value))
        }
        return Dictionary(entries) { _, last in last }
    }
}

extension MetaGraph.TensorInfo {
    fileprivate init(_ message: UnsafeMutablePointer<Tf__TensorInfo>?) throws(ProtoError) {
        name = ""
        dataType = 0
        shape = TensorShape([], isRankUnknown: true)
        guard let stated = unsafe message?.pointee else { return }
        switch unsafe stated.encoding_case {
        case TF__TENSOR_INFO__ENCODING_NAME: name = unsafe text(stated.name)
        case TF__TENSOR_INFO__ENCODING_COO_SPARSE:
            let sparse = unsafe stated.coo_sparse.pointee
            parts = unsafe [
                text(sparse.values_tensor_name), text(sparse.indices_tensor_name),
                text(sparse.dense_shape_tensor_name),
            ]
        case TF__TENSOR_INFO__ENCODING_COMPOSITE_TENSOR:
            let composite = unsafe stated.composite_tensor.pointee
            parts = try unsafe array(composite.components, composite.n_components) {
                unsafe $0.encoding_case == TF__TENSOR_INFO__ENCODING_NAME ? text($0.name) : ""
            }
        default: break
        }
        dataType = unsafe stated.dtype
        if let extents = unsafe stated.tensor_shape {
            shape = try unsafe TensorShape(extents.pointee)
        }
    }
}

extension MetaGraph {
    /// A graph without anything else.
    package init(_ graph: GraphDef) {
        tags = []
        tensorFlowVersion = ""
        self.graph = graph
        collections = [:]
        signatures = []
    }
}
