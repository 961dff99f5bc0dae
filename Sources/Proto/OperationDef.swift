internal import CProto

/// What an operation, or a function, takes and gives.
public struct OperationDef: Equatable, Sendable {
    /// A tensor that is taken or given, or several.
    public struct Argument: Equatable, Sendable {
        /// The name.
        public var name: String
        /// The number of the element type; 0 where an attribute states it.
        public var type: Int32
        /// The attribute that states the element type; empty where there is none.
        public var typeAttribute: String
        /// The attribute that states how many tensors of one type there are; empty for one.
        public var countAttribute: String
        /// The attribute that lists the types of several tensors; empty for one type.
        public var typesAttribute: String

        /// A tensor.
        public init(_ name: String, type: Int32 = 0) {
            self.name = name
            self.type = type
            typeAttribute = ""
            countAttribute = ""
            typesAttribute = ""
        }
    }

    /// The name.
    public var name = ""
    /// What it takes.
    public var inputs: [Argument] = []
    /// What it gives.
    public var outputs: [Argument] = []
    /// The values of attributes that a node need not state.
    public var defaults: [NodeDef.Attribute] = []

    /// An operation without a name.
    public init() {}

    init(_ message: Tf__OpDef) throws(ProtoError) {
        name = unsafe text(message.name)
        inputs = try unsafe array(message.input_arg, message.n_input_arg) { unsafe Argument($0) }
        outputs = try unsafe array(message.output_arg, message.n_output_arg) { unsafe Argument($0) }
        defaults = try unsafe array(message.attr, message.n_attr) { attribute throws(ProtoError) in
            try unsafe NodeDef.Attribute(
                text(attribute.name),
                attribute.default_value.map { value throws(ProtoError) in
                    try unsafe AttributeValue(value.pointee)
                } ?? .none
            )
        }.filter { $0.value != .none }
    }
}

extension OperationDef.Argument {
    init(_ message: Tf__OpDef__ArgDef) {
        name = unsafe text(message.name)
        type = unsafe message.type
        typeAttribute = unsafe text(message.type_attr)
        countAttribute = unsafe text(message.number_attr)
        typesAttribute = unsafe text(message.type_list_attr)
    }
}
