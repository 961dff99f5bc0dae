internal import CProto

/// The value of an attribute of a graph's node.
public indirect enum AttributeValue: Equatable, Sendable {
    /// Bytes, mostly a name.
    case bytes([UInt8])
    /// A whole number.
    case integer(Int64)
    /// A number.
    case float(Float)
    /// A truth value.
    case bool(Bool)
    /// The number of an element type.
    case type(Int32)
    /// A shape.
    case shape(TensorShape)
    /// A constant.
    case tensor(TensorMessage)
    /// A value that is given where a function is called.
    case placeholder(String)
    /// A function, with attributes of its own.
    case function(String, [NodeDef.Attribute])
    /// Several values of one kind.
    case list([AttributeValue])
    /// An attribute that states no value.
    case none
}

/// One operation of a graph.
public struct NodeDef: Equatable, Sendable {
    /// An attribute and its name.
    public struct Attribute: Equatable, Sendable {
        /// The name.
        public var name: String
        /// The value.
        public var value: AttributeValue

        /// An attribute of a node that is made.
        public init(_ name: String, _ value: AttributeValue) {
            self.name = name
            self.value = value
        }
    }

    /// The name.
    public var name: String
    /// What it computes.
    public var operation: String
    /// Where its inputs come from: `node`, `node:1`, or `^node` where only the order matters.
    public var inputs: [String]
    /// Where it should run.
    public var device: String
    /// Its attributes.
    public var attributes: [Attribute]

    /// An operation that is made.
    public init(
        name: String,
        operation: String,
        inputs: [String] = [],
        attributes: [Attribute] = []
    ) {
        self.name = name
        self.operation = operation
        self.inputs = inputs
        device = ""
        self.attributes = attributes
    }

    /// The attribute of a name; of several the last.
    public subscript(name: String) -> AttributeValue? {
        attributes.last { $0.name == name }?.value
    }
}

/// A network of operations.
public struct GraphDef: Equatable, Sendable {
    /// A function of a graph's library: nodes of its own under a name.
    public struct Function: Equatable, Sendable {
        /// What it takes and gives; its name.
        public var signature: OperationDef
        /// Its operations.
        public var nodes: [NodeDef]
        /// Which tensors it gives, by the names of its outputs.
        public var results: [(output: String, tensor: String)]

        /// The name.
        public var name: String { signature.name }

        /// Whether both state the same.
        public static func == (left: Function, right: Function) -> Bool {
            left.signature == right.signature && left.nodes == right.nodes
                && left.results.elementsEqual(right.results) { $0 == $1 }
        }
    }

    /// The operations.
    public var nodes: [NodeDef]
    /// The functions that they may call.
    public var functions: [Function]
    /// Who may read it.
    public var versions: Versions

    /// Takes a graph apart.
    ///
    /// - Throws: ``ProtoError``.
    public init(_ bytes: RawSpan) throws(ProtoError) {
        self = try unsafe withMessage(
            bytes,
            tf__graph_def__init,
            tf__graph_def__unpack,
            tf__graph_def__free_unpacked
        ) { message throws(ProtoError) in try unsafe GraphDef(message.pointee) }
    }

    init(_ message: Tf__GraphDef) throws(ProtoError) {
        nodes = try unsafe array(message.node, message.n_node) { node throws(ProtoError) in
            try unsafe NodeDef(node)
        }
        versions = unsafe Versions(message.versions)
        functions = []
        if let library = unsafe message.library?.pointee {
            functions = try unsafe array(library.function, library.n_function) {
                function throws(ProtoError) in
                var signature = OperationDef()
                if let stated = unsafe function.signature {
                    signature = try unsafe OperationDef(stated.pointee)
                }
                return Function(
                    signature: signature,
                    nodes: try unsafe array(function.node_def, function.n_node_def) {
                        node throws(ProtoError) in try unsafe NodeDef(node)
                    },
                    results: try unsafe array(function.ret, function.n_ret) {
                        unsafe (output: text($0.key), tensor: text($0.value))
                    }
                )
            }
        }
    }
}

extension NodeDef {
    fileprivate init(_ message: Tf__NodeDef) throws(ProtoError) {
        name = unsafe text(message.name)
        operation = unsafe text(message.op)
        inputs = unsafe texts(message.input, message.n_input)
        device = unsafe text(message.device)
        attributes = try unsafe array(message.attr, message.n_attr) { entry throws(ProtoError) in
            try unsafe Attribute(entry)
        }
    }
}

extension NodeDef.Attribute {
    fileprivate init(_ message: Tf__AttrEntry) throws(ProtoError) {
        name = unsafe text(message.key)
        if let stated = unsafe message.value {
            value = try unsafe AttributeValue(stated.pointee)
        } else {
            value = .none
        }
    }
}

extension AttributeValue {
    init(_ message: Tf__AttrValue) throws(ProtoError) {
        switch unsafe message.value_case {
        case TF__ATTR_VALUE__VALUE_S: self = unsafe .bytes(array(message.s))
        case TF__ATTR_VALUE__VALUE_I: self = unsafe .integer(message.i)
        case TF__ATTR_VALUE__VALUE_F: self = unsafe .float(message.f)
        case TF__ATTR_VALUE__VALUE_B: self = unsafe .bool(message.b != 0)
        case TF__ATTR_VALUE__VALUE_TYPE: self = unsafe .type(message.type)
        case TF__ATTR_VALUE__VALUE_SHAPE:
            self = try unsafe .shape(TensorShape(message.shape.pointee))
        case TF__ATTR_VALUE__VALUE_TENSOR:
            self = try unsafe .tensor(TensorMessage(message.tensor.pointee))
        case TF__ATTR_VALUE__VALUE_PLACEHOLDER:
            self = unsafe .placeholder(text(message.placeholder))
        case TF__ATTR_VALUE__VALUE_FUNC: self = try unsafe .function(message.func.pointee)
        case TF__ATTR_VALUE__VALUE_LIST: self = try unsafe .list(message.list.pointee)
        default: self = .none
        }
    }

    private static func function(_ message: Tf__NameAttrList) throws(ProtoError) -> AttributeValue {
        let attributes = try unsafe array(message.attr, message.n_attr) {
            entry throws(ProtoError) in try unsafe NodeDef.Attribute(entry)
        }
        return unsafe .function(text(message.name), attributes)
    }

    private static func list(
        _ message: Tf__AttrValue__ListValue
    ) throws(ProtoError) -> AttributeValue {
        var values: [AttributeValue] = []
        values += unsafe arrays(message.s, message.n_s).map { .bytes($0) }
        values += unsafe array(message.i, message.n_i).map { .integer($0) }
        values += unsafe array(message.f, message.n_f).map { .float($0) }
        values += unsafe array(message.b, message.n_b).map { .bool($0 != 0) }
        values += unsafe array(message.type, message.n_type).map { .type($0) }
        values += try unsafe array(message.shape, message.n_shape) { shape throws(ProtoError) in
            try unsafe .shape(TensorShape(shape))
        }
        values += try unsafe array(message.tensor, message.n_tensor) {
            tensor throws(ProtoError) in try unsafe .tensor(TensorMessage(tensor))
        }
        values += try unsafe array(message.func, message.n_func) { function throws(ProtoError) in
            try unsafe .function(function)
        }
        return .list(values)
    }
}
