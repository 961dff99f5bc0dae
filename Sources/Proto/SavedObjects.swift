internal import CProto

/// The objects of a SavedModel of TensorFlow 2: how its functions come by their variables.
public struct SavedObjects: Equatable, Sendable {
    /// What an object is, as far as it is used.
    public enum Kind: Equatable, Sendable {
        /// A function for several kinds of arguments, by the names of those in the library.
        case function([String])
        /// A variable of a name.
        case variable(String)
        /// A function for one kind of arguments.
        case concreteFunction(String)
        /// A constant that a node of the graph holds.
        case constant(String)
        /// Something else.
        case other
    }

    /// One object.
    public struct Node: Equatable, Sendable {
        /// The objects that it holds.
        public var children: [ObjectGraph.Child]
        /// What it is.
        public var kind: Kind
    }

    /// The objects; the first is the root.
    public var nodes: [Node]
    /// The objects that are handed to a function of the library behind its arguments, by its name.
    public var captures: [Name: [Int32]]

    init(_ message: Tf__SavedObjectGraph) throws(ProtoError) {
        nodes = try unsafe array(message.nodes, message.n_nodes) { node throws(ProtoError) in
            Node(
                children: try unsafe array(node.children, node.n_children) {
                    unsafe ObjectGraph.Child(node: $0.node_id, name: text($0.local_name))
                },
                kind: unsafe Kind(node)
            )
        }
        let entries = try unsafe array(message.concrete_functions, message.n_concrete_functions) {
            unsafe (
                Name(text($0.key)),
                $0.value.map { unsafe array($0.pointee.bound_inputs, $0.pointee.n_bound_inputs) }
                    ?? []
            )
        }
        captures = Dictionary(entries) { _, last in last }
    }
}

extension SavedObjects.Kind {
    fileprivate init(_ message: Tf__SavedObject) {
        switch unsafe message.kind_case {
        case TF__SAVED_OBJECT__KIND_FUNCTION:
            let function = unsafe message.function.pointee
            self = unsafe .function(
                texts(function.concrete_functions, function.n_concrete_functions)
            )
        case TF__SAVED_OBJECT__KIND_VARIABLE:
            self = unsafe .variable(text(message.variable.pointee.name))
        case TF__SAVED_OBJECT__KIND_BARE_CONCRETE_FUNCTION:
            self = unsafe .concreteFunction(
                text(message.bare_concrete_function.pointee.concrete_function_name)
            )
        case TF__SAVED_OBJECT__KIND_CONSTANT:
            self = unsafe .constant(text(message.constant.pointee.operation))
        default: self = .other
        }
    }
}
