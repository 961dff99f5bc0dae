package import Checkpoint
package import Proto

/// A graph of an ONNX model as it is stated, before it is checked: the model's own, or one inside of an operator.
///
/// `GraphProto`: node = 1, name = 2, initializer = 5, input = 11, output = 12, value_info = 13.
package struct ONNXGraph: Sendable {
    /// What it is called.
    package private(set) var name: ByteName = ""
    /// The operators, in the order of the file, but for those that only state a constant.
    package private(set) var nodes: [ONNXNode] = []
    /// The constants that stand beside the operators, in the order of the file.
    package private(set) var initializers: [ONNXTensor] = []
    /// The constants that operators state.
    package private(set) var stated: [ONNXTensor] = []
    /// What it is given; old writers list the constants too.
    package private(set) var inputs: [ONNXValue] = []
    /// What it gives.
    package private(set) var outputs: [ONNXValue] = []
    /// What is known of values between them.
    package private(set) var values: [ONNXValue] = []

    /// Reads a graph.
    ///
    /// - Parameters:
    ///   - bytes: The model.
    ///   - range: Where the graph's message is.
    /// - Throws: ``ProtoError``.
    package init(_ bytes: RawSpan, _ range: Range<Int>) throws(ProtoError) {
        try bytes.forEachWireField(in: range, of: "GraphProto") { field throws(ProtoError) in
            guard field.type == .lengthDelimited else { return }
            switch field.number {
            case 1: add(try ONNXNode(bytes, field.content), at: field.content.lowerBound)
            case 2: name = bytes.name(in: field.content)
            case 5: initializers.append(try ONNXTensor(bytes, field.content))
            case 11: inputs.append(try ONNXValue(bytes, field.content))
            case 12: outputs.append(try ONNXValue(bytes, field.content))
            case 13: values.append(try ONNXValue(bytes, field.content))
            default: break
            }
        }
    }

    private mutating func add(_ node: ONNXNode, at offset: Int) {
        // What a constant gives is known as any other constant.
        if node.operation == "Constant", node.outputs.count == 1,
            var tensor = ONNXTensor(node.attributes)
        {
            tensor.name = node.outputs[0]
            tensor.offset = offset
            stated.append(tensor)
            return
        }
        guard node.operation == "ConstantOfShape",
            case .tensor(var tensor)? = node.attributes["value"]
        else {
            nodes.append(node)
            return
        }
        // The one value that fills the shape stands beside the operator.
        let name = ByteName((node.outputs.first ?? node.name).bytes + Array("/value".utf8))
        tensor.name = name
        stated.append(tensor)
        nodes.append(
            ONNXNode(
                name: node.name,
                operation: node.operation,
                inputs: node.inputs + [name],
                outputs: node.outputs,
                attributes: node.attributes
            )
        )
    }
}
