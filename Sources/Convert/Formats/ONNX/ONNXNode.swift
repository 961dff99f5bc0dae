package import Checkpoint
package import Proto

/// An operator of an ONNX graph in its place.
package struct ONNXNode: Equatable, Sendable {
    /// What it is called, such as `big1/block0/2/conv`.
    package let name: ByteName
    /// The operator, behind its domain and a point where that is not ONNX's own.
    package let operation: String
    /// Whose the operator is; empty for ONNX's own.
    package let domain: String
    /// The names of the values that it takes; empty where an optional one is left out.
    package let inputs: [ByteName]
    /// The names of the values that it makes.
    package let outputs: [ByteName]
    /// What else decides what it does.
    package let attributes: [Name: ONNXAttribute]

    /// An operator with its inputs, outputs and attributes.
    package init(
        name: ByteName,
        operation: String,
        domain: String = "",
        inputs: [ByteName],
        outputs: [ByteName],
        attributes: [Name: ONNXAttribute]
    ) {
        self.name = name
        self.operation = operation
        self.domain = domain
        self.inputs = inputs
        self.outputs = outputs
        self.attributes = attributes
    }

    /// An operator whose names are texts.
    package init(
        name: String,
        operation: String,
        inputs: [String],
        outputs: [String],
        attributes: [Name: ONNXAttribute]
    ) {
        self.init(
            name: ByteName(name),
            operation: operation,
            inputs: inputs.map { ByteName($0) },
            outputs: outputs.map { ByteName($0) },
            attributes: attributes
        )
    }

    /// The operator without its domain.
    package var ownOperation: String {
        guard !domain.isEmpty else { return operation }
        return String(decoding: operation.utf8.dropFirst(domain.utf8.count + 1), as: UTF8.self)
    }

    /// What it can be called in a sentence: its name, or that of what it makes.
    package var title: ByteName {
        name.isEmpty ? outputs.first { !$0.isEmpty } ?? name : name
    }
}

// `NodeProto`: input = 1, output = 2, name = 3, op_type = 4, attribute = 5, domain = 7.
extension ONNXNode {
    /// Reads a message.
    init(_ bytes: RawSpan, _ range: Range<Int>) throws(ProtoError) {
        var (inputs, outputs): ([ByteName], [ByteName]) = ([], [])
        var name: ByteName = ""
        var (operation, domain) = ("", "")
        var attributes: [Name: ONNXAttribute] = [:]
        try bytes.forEachWireField(in: range, of: "NodeProto") { field throws(ProtoError) in
            guard field.type == .lengthDelimited else { return }
            switch field.number {
            case 1: inputs.append(bytes.name(in: field.content))
            case 2: outputs.append(bytes.name(in: field.content))
            case 3: name = bytes.name(in: field.content)
            case 4: operation = bytes.word(in: field.content)
            case 5:
                let attribute = try ONNXAttribute.read(bytes, field.content)
                attributes[attribute.name] = attribute.value
            case 7: domain = bytes.word(in: field.content)
            default: break
            }
        }
        if Name(domain) == "ai.onnx" { domain = "" }
        self.init(
            name: name,
            operation: domain.isEmpty ? operation : "\(domain).\(operation)",
            domain: domain,
            inputs: inputs,
            outputs: outputs,
            attributes: attributes
        )
    }
}

extension WireWriter {
    package mutating func text(_ text: String, field number: UInt64) {
        bytes(Array(text.utf8), field: number)
    }

    package mutating func message(field number: UInt64, _ body: (inout WireWriter) -> Void) {
        var inner = WireWriter()
        body(&inner)
        bytes(inner.output, field: number)
    }

    package mutating func node(_ node: ONNXNode, field number: UInt64) {
        message(field: number) { message in
            for input in node.inputs { message.bytes(input.bytes, field: 1) }
            for output in node.outputs { message.bytes(output.bytes, field: 2) }
            message.bytes(node.name.bytes, field: 3)
            message.text(node.operation, field: 4)
            for (name, value) in node.attributes.sorted(by: { $0.key < $1.key }) {
                message.message(field: 5) { $0.attribute(name, value) }
            }
        }
    }
}
