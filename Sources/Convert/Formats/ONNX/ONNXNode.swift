package import Proto

/// An operator of an ONNX graph in its place.
package struct ONNXNode: Equatable, Sendable {
    /// What it is called, such as `big1/block0/2/conv`.
    package let name: String
    /// The operator.
    package let operation: String
    /// The names of the values that it takes; empty where an optional one is left out.
    package let inputs: [String]
    /// The names of the values that it makes.
    package let outputs: [String]
    /// What else decides what it does.
    package let attributes: [String: ONNXAttribute]

    /// An operator with its inputs, outputs and attributes.
    package init(
        name: String,
        operation: String,
        inputs: [String],
        outputs: [String],
        attributes: [String: ONNXAttribute]
    ) {
        self.name = name
        self.operation = operation
        self.inputs = inputs
        self.outputs = outputs
        self.attributes = attributes
    }
}

/// A value of an attribute, as far as they are in use.
package enum ONNXAttribute: Equatable, Sendable {
    case float(Float)
    case integer(Int)
    case text(String)
    case integers([Int])
    case floats([Float])
    /// A graph of its own, of a branch or a loop; what is in it is not read.
    case graph
}

/// An input or output of a graph.
package struct ONNXValue: Equatable, Sendable {
    /// An extent.
    package enum Extent: Equatable, Sendable {
        /// Always this.
        case fixed(Int)
        /// Anything; equal names are equal extents.
        case named(String)
    }

    package let name: String
    /// The type of the elements; nil if it is none that is in use here.
    package let element: ONNXElement?
    /// The extents; nil if not even their number is known.
    package let shape: [Extent]?

    /// A value of a type and extents.
    package init(name: String, element: ONNXElement?, shape: [Extent]?) {
        self.name = name
        self.element = element
        self.shape = shape
    }
}

// `NodeProto`: input = 1, output = 2, name = 3, op_type = 4, attribute = 5. `AttributeProto`: name = 1, f = 2, i = 3,
// s = 4, ints = 8, type = 20. `ValueInfoProto`: name = 1, type = 2; `TypeProto`: tensor_type = 1; its elem_type = 1,
// shape = 2; the shape's dim = 1; a dimension's dim_value = 1, dim_param = 2.
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
            for input in node.inputs { message.text(input, field: 1) }
            for output in node.outputs { message.text(output, field: 2) }
            message.text(node.name, field: 3)
            message.text(node.operation, field: 4)
            for (name, value) in node.attributes.sorted(by: { $0.key < $1.key }) {
                message.message(field: 5) { $0.attribute(name, value) }
            }
        }
    }

    private mutating func attribute(_ name: String, _ value: ONNXAttribute) {
        text(name, field: 1)
        switch value {
        case .float(let value):
            float(value, field: 2)
            member(1, field: 20)
        case .integer(let value):
            member(UInt64(bitPattern: Int64(value)), field: 3)
            member(2, field: 20)
        case .text(let value):
            text(value, field: 4)
            member(3, field: 20)
        case .integers(let values):
            for value in values { member(UInt64(bitPattern: Int64(value)), field: 8) }
            member(7, field: 20)
        case .floats(let values):
            for value in values { float(value, field: 7) }
            member(6, field: 20)
        case .graph: preconditionFailure("nothing that is written has a graph in it")
        }
    }

    package mutating func value(_ value: ONNXValue, field number: UInt64) {
        message(field: number) { info in
            info.text(value.name, field: 1)
            info.message(field: 2) { type in
                type.message(field: 1) { tensor in
                    tensor.member(UInt64(value.element?.rawValue ?? 0), field: 1)
                    guard let extents = value.shape else { return }
                    tensor.message(field: 2) { shape in
                        for extent in extents {
                            shape.message(field: 1) { dimension in
                                switch extent {
                                case .fixed(let count): dimension.member(UInt64(count), field: 1)
                                case .named(let name): dimension.text(name, field: 2)
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
