package import Proto

/// Computes tensors of a graph, operation by operation, with plain arithmetic.
///
/// Only what is asked for and not fed is computed, in an order that follows the inputs; a value goes when its last reader
/// has run. Inputs that only order are not followed, but for those that tell whether a branch is taken.
package struct GraphInterpreter {
    /// The operations.
    package let nodes: [NodeDef]
    /// The values of a constant that the nodes lack, or of a variable, by the name of its node.
    let values: (String) throws(ReferenceError) -> ReferenceTensor?
    private let places: [Name: Int]
    private let doubled: String?

    /// An interpreter for operations in any order.
    ///
    /// - Parameters:
    ///   - nodes: The operations.
    ///   - values: The values of a variable (`VarHandleOp`, `VariableV2` and their like), of a constant that states none, or of
    ///     anything that nothing feeds, by the name of its node; nil if there are none.
    package init(
        nodes: [NodeDef],
        values: @escaping (String) throws(ReferenceError) -> ReferenceTensor? = { _ in nil }
    ) {
        self.nodes = nodes
        self.values = values
        var places: [Name: Int] = [:]
        var doubled: String?
        for (index, node) in nodes.enumerated()
        where places.updateValue(index, forKey: Name(node.name)) != nil {
            doubled = node.name
        }
        self.places = places
        self.doubled = doubled
    }

    /// The node of a name.
    package func node(named name: String) -> NodeDef? { places[Name(name)].map { nodes[$0] } }

    /// Computes tensors.
    ///
    /// - Parameters:
    ///   - fetches: Their names, `node` or `node:1`.
    ///   - feeds: Values that take the place of tensors, by the same kind of names.
    /// - Returns: their values in the same order.
    /// - Throws: ``ReferenceError/unknownOperations(_:)`` before anything is computed, or
    ///   ``ReferenceError/uncomputable(node:reason:)``.
    package func run(
        _ fetches: [String],
        feeds: [Name: ReferenceTensor] = [:]
    ) throws(ReferenceError) -> [ReferenceTensor] {
        if let doubled {
            throw .uncomputable(node: doubled, reason: "several nodes have this name")
        }
        var fed: [TensorReference: ReferenceTensor] = [:]
        for (name, value) in feeds {
            let reference = TensorReference(name.text)
            guard places[reference.node] != nil, !reference.isControl else {
                throw .uncomputable(node: name.text, reason: "there is no such node to feed")
            }
            guard fed.updateValue(value, forKey: reference) == nil else {
                throw .uncomputable(node: name.text, reason: "it is fed twice")
            }
        }
        var run = GraphRun(
            nodes: nodes,
            places: places,
            feeds: fed,
            fetches: fetches.map { TensorReference($0) },
            values: values
        )
        return try run.results()
    }

    /// Computes one tensor.
    ///
    /// - Parameters:
    ///   - output: Its name.
    ///   - given: Values that take the place of tensors.
    /// - Returns: its value.
    /// - Throws: ``ReferenceError``.
    package func value(
        of output: String,
        given: [Name: ReferenceTensor]
    ) throws(ReferenceError) -> ReferenceTensor {
        try run([output], feeds: given)[0]
    }
}
