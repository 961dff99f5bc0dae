package import Proto

/// A node with the values of its inputs: what an operation computes from.
package struct OperationCall: Sendable {
    /// The node.
    package let node: NodeDef
    /// The values of its inputs, without those that only order.
    package let inputs: [ReferenceTensor]

    /// A node with the values of its inputs.
    package init(node: NodeDef, inputs: [ReferenceTensor]) {
        self.node = node
        self.inputs = inputs
    }

    /// An input.
    package subscript(index: Int) -> ReferenceTensor {
        get throws(ReferenceError) {
            guard inputs.indices.contains(index) else {
                throw ReferenceError("input \(index) is missing")
            }
            return inputs[index]
        }
    }

    /// The inputs' common type.
    ///
    /// - Throws: ``ReferenceError`` if there is none.
    func commonType(_ inputs: ArraySlice<ReferenceTensor>) throws(ReferenceError) -> DataType {
        guard let type = inputs.first?.type else { throw ReferenceError("there are no inputs") }
        for input in inputs where input.type != type {
            throw ReferenceError("inputs of the types \(type.name) and \(input.type.name)")
        }
        return type
    }
}
