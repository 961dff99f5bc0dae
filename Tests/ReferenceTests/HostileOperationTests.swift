import Proto
import Reference
import Testing

/// Nodes that no TensorFlow would write: each is an error that names the node.
@Suite struct HostileOperationTests {
    struct Call: Sendable, CustomTestStringConvertible {
        let operation: String
        let inputs: [ReferenceTensor]
        let attributes: [NodeDef.Attribute]
        let reason: String

        var testDescription: String { "\(operation): \(reason)" }

        init(
            _ operation: String,
            _ inputs: [ReferenceTensor],
            _ attributes: [(String, AttributeValue)] = [],
            _ reason: String
        ) {
            self.operation = operation
            self.inputs = inputs
            self.attributes = attributes.map { .init($0.0, $0.1) }
            self.reason = reason
        }
    }

    private static func floats(_ shape: Int...) -> ReferenceTensor {
        ReferenceTensor(
            unchecked: shape,
            [Float](repeating: 1, count: shape.reduce(1, *))
        )
    }

    private static func ints(_ values: Int64...) -> ReferenceTensor {
        ReferenceTensor(list: values)
    }

    private static func int(_ value: Int64) -> ReferenceTensor { ReferenceTensor(value) }

    private static let window: [(String, AttributeValue)] = [
        ("strides", .list([.integer(1), .integer(1), .integer(1), .integer(1)])),
        ("padding", .bytes(Array("SAME".utf8))),
    ]

    static let calls: [Call] = [
        // Numbers and types of inputs.
        Call("Relu", [], [], "0 inputs for Relu"),
        Call("Strange", [], [], "the operation Strange is not known"),
        Call("Add", [floats(1), ints(1)], [], "operands of two types, float32 and int64"),
        Call("Exp", [ints(1)], [], "floating-point numbers are needed, not int64"),
        Call(
            "Add",
            [ReferenceTensor(true), ReferenceTensor(true)],
            [],
            "numbers are needed, not bool"
        ),
        Call("LogicalNot", [floats(1)], [], "truths are needed, not float32"),
        Call("Sum", [floats(1), floats(1)], [], "whole numbers are needed, not float32"),
        // Shapes that do not fit.
        Call("Add", [floats(2), floats(3)], [], "the shapes [2] and [3] do not fit"),
        Call(
            "MatMul",
            [floats(2, 3), floats(2, 3)],
            [],
            "the product of [2, 3] and [2, 3]"
        ),
        Call("Reshape", [floats(4), ints(3)], [], "the shape [4] cannot become [3]"),
        Call("Reshape", [floats(4), ints(-1, -1)], [], "a tensor of the shape [1, -1]"),
        Call("Reshape", [floats(4), ints(-1, 0)], [], "the shape [4] cannot become [-1, 0]"),
        Call(
            "Transpose",
            [floats(2, 2), ints(0, 0)],
            [],
            "axes in the order [0, 0] of the shape [2, 2]"
        ),
        // Axes and indices outside, at the ends of int64 too.
        Call("Sum", [floats(2), int(1)], [], "axis 1 of the shape [2]"),
        Call("Sum", [floats(2), int(.min)], [], "axis \(Int.min) of the shape [2]"),
        Call("ArgMax", [floats(2), int(-2)], [], "axis -2 of the shape [2]"),
        Call("ArgMax", [floats(2, 0), int(1)], [], "the largest of no elements"),
        Call("ExpandDims", [floats(2), int(.max)], [], "a new axis \(Int.max) in the shape [2]"),
        Call("GatherV2", [floats(2), ints(2), int(0)], [], "index 2 of 2"),
        Call("GatherV2", [floats(2), ints(-1), int(0)], [], "index -1 of 2"),
        Call(
            "GatherNd",
            [floats(2), ReferenceTensor(unchecked: [1, 1], [Int64.max])],
            [],
            "index \(Int.max) of 2"
        ),
        Call("Slice", [floats(2), ints(1), ints(2)], [], "[2] elements from [1] of the shape [2]"),
        Call(
            "Slice",
            [floats(2), ints(.min), ints(-1)],
            [],
            "[-1] elements from [\(Int.min)] of the shape [2]"
        ),
        Call(
            "StridedSlice",
            [floats(2), ints(0), ints(2), ints(0)],
            [],
            "a slice by 0"
        ),
        Call(
            "StridedSlice",
            [floats(2), ints(2), ints(3), ints(1)],
            [("shrink_axis_mask", .integer(1))],
            "index 2 of 2"
        ),
        Call(
            "StridedSlice",
            [floats(2), ints(0, 0), ints(1, 1), ints(1, 1)],
            [],
            "a slice of 2 axes of the shape [2]"
        ),
        // More than fits.
        Call("Fill", [ints(1 << 40), int(1)], [], "a tensor of the shape [1099511627776]"),
        Call(
            "Fill",
            [ints(.max, .max), int(1)],
            [],
            "a tensor of the shape [\(Int.max), \(Int.max)]"
        ),
        Call("Fill", [ints(-1), int(1)], [], "a tensor of the shape [-1]"),
        Call("Tile", [floats(2), ints(.max)], [], "the shape [2] [\(Int.max)] times"),
        Call(
            "Tile",
            [floats(2), ints(1 << 50)],
            [],
            "a tensor of the shape [1125899906842624, 2]"
        ),
        Call("Range", [int(0), int(.max), int(1)], [], "a range from 0 to \(Int.max) by 1"),
        Call(
            "Range",
            [int(.min), int(.max), int(1)],
            [],
            "a range from \(Int.min) to \(Int.max) by 1"
        ),
        Call("Range", [int(0), int(1), int(0)], [], "a range from 0 to 1 by 0"),
        Call(
            "PadV2",
            [floats(2), ReferenceTensor(unchecked: [1, 2], [Int64.max, 0]), floats()],
            [],
            "padding [\(Int.max)], [0] of the shape [2]"
        ),
        Call(
            "OneHot",
            [ints(0), int(1 << 40), floats(), floats()],
            [],
            "a tensor of the shape [1, 1099511627776]"
        ),
        Call(
            "ResizeBilinear",
            [floats(1, 2, 2, 1), ints(1 << 40, 1 << 40)],
            [],
            "a tensor of the shape [1, 1099511627776, 1099511627776, 1]"
        ),
        Call(
            "BroadcastTo",
            [floats(1), ints(1 << 40)],
            [],
            "a tensor of the shape [1099511627776]"
        ),
        Call(
            "ScatterNd",
            [ints(0), floats(1), ints(1 << 40)],
            [],
            "a tensor of the shape [1099511627776]"
        ),
        // Whole numbers.
        Call("FloorDiv", [int(1), int(0)], [], "a whole number is divided by zero"),
        Call("FloorMod", [int(1), int(0)], [], "a whole number is divided by zero"),
        Call("Pow", [int(2), int(-1)], [], "a whole number to the power -1"),
        // Attributes.
        Call("Split", [int(0), floats(2)], [], "the attribute num_split is missing"),
        Call(
            "Split",
            [int(0), floats(2)],
            [("num_split", .float(2))],
            "the attribute num_split is 2.0, expected a whole number"
        ),
        Call(
            "Split",
            [int(0), floats(2)],
            [("num_split", .integer(0))],
            "the attribute num_split is 0, expected a divisor of 2"
        ),
        Call(
            "Cast",
            [floats(1)],
            [("DstT", .type(999))],
            "the attribute DstT is the type 999, expected a type"
        ),
        Call("Cast", [floats(1)], [("DstT", .type(7))], "float32 as string"),
        Call("Const", [], [], "the attribute value is missing, expected a constant"),
        Call(
            "LeakyRelu",
            [floats(1)],
            [("alpha", .bool(true))],
            "the attribute alpha is true, expected a number"
        ),
        // Windows.
        Call(
            "Conv2D",
            [floats(2, 2), floats(1, 1, 1, 1)],
            window,
            "pictures of the shape [2, 2], expected four dimensions"
        ),
        Call(
            "Conv2D",
            [floats(1, 2, 2, 3), floats(1, 1, 2, 1)],
            window,
            "a convolution of [1, 2, 2, 3] with [1, 1, 2, 1]"
        ),
        Call(
            "Conv2D",
            [floats(1, 2, 2, 1), floats(1, 1, 1, 1)],
            [("padding", .bytes(Array("OTHER".utf8))), window[0]],
            "the attribute padding is 'OTHER', expected VALID or SAME or EXPLICIT"
        ),
        Call(
            "Conv2D",
            [floats(1, 2, 2, 1), floats(1, 1, 1, 1)],
            [
                ("strides", .list([.integer(1), .integer(.max), .integer(1), .integer(1)])),
                window[1],
            ],
            "strides is [1, \(Int.max), 1, 1], expected positive numbers for rows and columns, 1 elsewhere"
        ),
        Call(
            "Conv2D",
            [floats(1, 2, 2, 1), floats(3, 3, 1, 1)],
            [window[0], ("padding", .bytes(Array("VALID".utf8)))],
            "a window [3, 3] over the shape [1, 2, 2, 1]"
        ),
        Call(
            "Conv2DBackpropInput",
            [ints(1, 1 << 40, 1 << 40, 1), floats(1, 1, 1, 1), floats(1, 1, 1, 1)],
            window,
            "a tensor of the shape [1, 1099511627776, 1099511627776, 1]"
        ),
        Call(
            "SpaceToDepth",
            [floats(1, 3, 2, 1)],
            [("block_size", .integer(2))],
            "blocks of 2 in the shape [1, 3, 2, 1]"
        ),
        Call(
            "SpaceToBatchND",
            [
                floats(1, 2, 2, 1), ints(0, 1),
                ReferenceTensor(unchecked: [2, 2], [Int64](repeating: 0, count: 4)),
            ],
            [],
            "blocks [0, 1], [0, 0, 0, 0] of the shape [1, 2, 2, 1]"
        ),
        Call("TopKV2", [floats(2), int(3)], [], "the 3 largest of the shape [2]"),
        Call(
            "Einsum",
            [floats(2, 2), floats(2, 2)],
            [("equation", .bytes(Array("ij,jk".utf8)))],
            "the equation 'ij,jk'"
        ),
        Call(
            "Einsum",
            [floats(2, 2), floats(3, 2)],
            [("equation", .bytes(Array("ij,jk->ik".utf8)))],
            "the shape [3, 2] in the equation 'ij,jk->ik'"
        ),
    ]

    @Test("a node that cannot be computed is an error that names it", arguments: calls)
    func refused(call: Call) {
        let node = NodeDef(
            name: "place/node",
            operation: call.operation,
            attributes: call.attributes
        )
        #expect(throws: ReferenceError.uncomputable(node: "place/node", reason: call.reason)) {
            try ReferenceOperation.evaluate(node, call.inputs)
        }
    }

    @Test("a constant that is folded may be held to a size")
    func limit() throws {
        let node = NodeDef(name: "a", operation: "Fill")
        let inputs = [Self.ints(1000), Self.int(1)]
        #expect(try ReferenceOperation.evaluate(node, inputs)[0].count == 1000)
        #expect(
            throws: ReferenceError.uncomputable(node: "a", reason: "a tensor of the shape [1000]")
        ) { try ReferenceOperation.evaluate(node, inputs, limit: 999) }
    }

    @Test("no operation traps, whatever its inputs and attributes")
    func everything() throws {
        let shapes: [[Int]] = [
            [], [0], [1], [2], [2, 2], [1, 2, 2, 1], [2, 0, 3, 1], [1, 1, 1, 1, 1],
        ]
        let numbers: [[Int64]] = [
            [], [0], [-1], [1, 1], [.max], [.min], [2, 0, 1, 3], [.min, .max, -1, 1],
        ]
        var inputs: [ReferenceTensor] = shapes.map {
            ReferenceTensor(unchecked: $0, [Float](repeating: 2, count: $0.reduce(1, *)))
        }
        inputs += numbers.map { ReferenceTensor(list: $0) }
        inputs += [.max, .min, 0, 1, -1].map { ReferenceTensor(Int64($0)) }
        inputs += [
            ReferenceTensor(Int32.min), ReferenceTensor(list: [Int32(1), 2, 2, 1]),
            ReferenceTensor(true), ReferenceTensor(list: [true, false]),
            ReferenceTensor([UInt8(65)]),
            ReferenceTensor(UInt64.max), ReferenceTensor(Float.nan),
            ReferenceTensor(Float.infinity),
            ReferenceTensor(list: [BFloat16(1), BFloat16(2)]), ReferenceTensor(Double.nan),
            ReferenceTensor(unchecked: [2, 2], [Int64.max, .min, -1, 0]),
            ReferenceTensor(unchecked: [4, 2], [Int64](repeating: 0, count: 8)),
        ]
        let names = [
            "axis", "strides", "ksize", "dilations", "padding", "block_size", "num_split", "DstT",
            "dtype", "out_type", "keep_dims", "squeeze_dims", "data_format", "num_bits",
            "ellipsis_mask", "new_axis_mask", "shrink_axis_mask", "begin_mask", "depth_radius",
            "equation", "batch_dims", "k", "is_training", "explicit_paddings", "mode", "value",
            "ksizes", "rates", "align_corners", "half_pixel_centers",
        ]
        let values: [AttributeValue] = [
            .integer(.max), .integer(.min), .integer(0), .integer(2), .integer(-1), .bool(true),
            .float(.nan),
            .type(1), .type(3), .type(99), .bytes([]), .bytes(Array("SAME".utf8)),
            .bytes(Array("VALID".utf8)),
            .bytes(Array("NCHW".utf8)), .bytes(Array("REFLECT".utf8)),
            .bytes(Array("...a,a->...".utf8)),
            .list([]), .list([1, 2, 2, 1].map { .integer($0) }),
            .list([1, 1, 1, 1].map { .integer($0) }),
            .list([.integer(.max)]), .list([.bool(true)]), .none,
        ]
        // Numbers that are the same in every run.
        var state: UInt64 = 17
        func draw(_ count: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % count
        }
        var computed = 0
        for (name, operation) in ReferenceOperation.all.sorted(by: { $0.key < $1.key }) {
            for _ in 0..<600 {
                let count = min(operation.inputs.lowerBound + draw(3), operation.inputs.upperBound)
                let attributes = (0..<draw(6)).map { _ in
                    NodeDef.Attribute(names[draw(names.count)], values[draw(values.count)])
                }
                let node = NodeDef(name: "n", operation: name.text, attributes: attributes)
                let given = (0..<count).map { _ in inputs[draw(inputs.count)] }
                let outcome = Result { () throws(ReferenceError) in
                    try ReferenceOperation.evaluate(node, given, limit: 1 << 12)
                }
                if case .success = outcome { computed += 1 }
            }
        }
        #expect(computed > 1000)
    }
}
