internal import Checkpoint
internal import Formats
internal import Proto

/// The operators of an ONNX model as they are drawn, with the graphs inside of them.
///
/// Fields as in `onnx.proto`: of the model `graph = 7`; of a graph `node = 1`, `name = 2`, `initializer = 5`, `input = 11`,
/// `output = 12`, `value_info = 13`, `sparse_initializer = 15`; of a node `input = 1`, `output = 2`, `name = 3`, `op_type = 4`,
/// `attribute = 5`, `domain = 7`; of an attribute `name = 1`, `f = 2`, `i = 3`, `s = 4`, `t = 5`, `g = 6`, `floats = 7`,
/// `ints = 8`, `strings = 9`; of a value `name = 1`, `type = 2`; of a type `tensor_type = 1`; of that `elem_type = 1`,
/// `shape = 2`; of a shape `dim = 1`; of an extent `dim_value = 1`, `dim_param = 2`.
struct ONNXGraphReader {
    struct Node {
        var name = ""
        var operation = ""
        var domain = ""
        var inputs: [String] = []
        var outputs: [String] = []
        var attributes: [(name: String, value: String)] = []
        var integers: [Name: [Int]] = [:]
        var words: [Name: String] = [:]
        /// Where the values of a constant are stated.
        var tensor: Range<Int>?
        var graphs: [(name: String, range: Range<Int>)] = []
    }

    struct Value {
        var type = 0
        var shape: [Int?]?
    }

    var name = ""
    var nodes: [Node] = []
    var inputs: [String] = []
    var outputs: [String] = []
    var values: [Name: Value] = [:]
    /// The constants: where each message is.
    var constants: [Name: Range<Int>] = [:]
    /// The names of the constants, in the order of the file.
    var constantNames: [String] = []

    private static let message = "ModelProto"
    private static let listLimit = 16

    /// Where the graph of a model is.
    static func graph(of bytes: RawSpan) throws(ProtoError) -> Range<Int>? {
        var graph: Range<Int>?
        try bytes.forEachWireField(in: 0..<bytes.byteCount, of: message) { field in
            if field.number == 7, field.type == .lengthDelimited { graph = field.content }
        }
        return graph
    }

    /// Reads a graph.
    init(_ bytes: RawSpan, _ range: Range<Int>) throws(ProtoError) {
        try bytes.forEachWireField(in: range, of: Self.message) { field throws(ProtoError) in
            guard field.type == .lengthDelimited else { return }
            switch field.number {
            case 1: nodes.append(try Self.node(bytes, field.content))
            case 2: name = Self.text(bytes, field.content)
            case 5:
                let name = try Self.text(8, bytes, field.content)
                constants[Name(name)] = field.content
                constantNames.append(name)
            case 11:
                let (name, value) = try Self.value(bytes, field.content)
                inputs.append(name)
                values[Name(name)] = value
            case 12:
                let (name, value) = try Self.value(bytes, field.content)
                outputs.append(name)
                values[Name(name)] = value
            case 13:
                let (name, value) = try Self.value(bytes, field.content)
                values[Name(name)] = value
            default: break
            }
        }
    }

    private static func text(_ bytes: RawSpan, _ range: Range<Int>) -> String {
        unsafe bytes.extracting(range).withUnsafeBytes {
            unsafe String(decoding: $0, as: UTF8.self)
        }
    }

    /// The text of a message's field.
    private static func text(
        _ number: UInt64,
        _ bytes: RawSpan,
        _ range: Range<Int>
    ) throws(ProtoError) -> String {
        var found = ""
        try bytes.forEachWireField(in: range, of: message) { field in
            if field.number == number, field.type == .lengthDelimited {
                found = text(bytes, field.content)
            }
        }
        return found
    }

    private static func node(
        _ bytes: RawSpan,
        _ range: Range<Int>
    ) throws(ProtoError) -> Node {
        var node = Node()
        try bytes.forEachWireField(in: range, of: message) { field throws(ProtoError) in
            guard field.type == .lengthDelimited else { return }
            switch field.number {
            case 1: node.inputs.append(text(bytes, field.content))
            case 2: node.outputs.append(text(bytes, field.content))
            case 3: node.name = text(bytes, field.content)
            case 4: node.operation = text(bytes, field.content)
            case 5: try attribute(bytes, field.content, of: &node)
            case 7: node.domain = text(bytes, field.content)
            default: break
            }
        }
        return node
    }

    private static func attribute(
        _ bytes: RawSpan,
        _ range: Range<Int>,
        of node: inout Node
    ) throws(ProtoError) {
        var name = ""
        var texts: [String] = []
        var integers: [Int] = []
        var count = 0
        var isList = false
        var tensor: Range<Int>?
        var graphs: [Range<Int>] = []
        func float(_ range: Range<Int>) -> String {
            let bits = unsafe bytes.unsafeLoadUnaligned(
                fromByteOffset: range.lowerBound,
                as: UInt32.self
            )
            return "\(Float(bitPattern: bits.littleEndian))"
        }
        func add(_ text: String) {
            count += 1
            if texts.count < listLimit { texts.append(text) }
        }
        func add(_ integer: UInt64) {
            if integers.count < 64 { integers.append(Int(truncatingIfNeeded: integer)) }
            add("\(Int64(bitPattern: integer))")
        }
        try bytes.forEachWireField(in: range, of: message) { field in
            switch (field.number, field.type) {
            case (1, .lengthDelimited): name = text(bytes, field.content)
            case (2, .fixed32): add(float(field.content))
            case (3, .varint): add(field.varint)
            case (4, .lengthDelimited):
                let word = text(bytes, field.content)
                node.words[Name(name)] = word
                add(DrawnText.clipped(word))
            case (5, .lengthDelimited): tensor = field.content
            case (6, .lengthDelimited), (11, .lengthDelimited): graphs.append(field.content)
            case (7, .fixed32):
                isList = true
                add(float(field.content))
            case (7, .lengthDelimited):
                isList = true
                var offset = field.content.lowerBound
                while offset + 4 <= field.content.upperBound {
                    add(float(offset..<(offset + 4)))
                    offset += 4
                }
            case (8, .varint):
                isList = true
                add(field.varint)
            case (8, .lengthDelimited):
                isList = true
                var offset = field.content.lowerBound
                while let number = bytes.varint(at: &offset, before: field.content.upperBound) {
                    add(number)
                }
            case (9, .lengthDelimited):
                isList = true
                add(DrawnText.clipped(text(bytes, field.content)))
            default: break
            }
        }
        // The name may stand behind the value.
        if let word = node.words.removeValue(forKey: Name("")) { node.words[Name(name)] = word }
        if !integers.isEmpty { node.integers[Name(name)] = integers }
        let shown = DrawnText.clipped(name)
        if let tensor {
            node.tensor = tensor
            return
        }
        for graph in graphs {
            node.graphs.append((name, graph))
            node.attributes.append((shown, "a graph"))
        }
        guard graphs.isEmpty else { return }
        let list = texts.joined(separator: ", ") + (count > listLimit ? ", … (\(count))" : "")
        node.attributes.append((shown, isList ? "[\(list)]" : list))
    }

    private static func value(
        _ bytes: RawSpan,
        _ range: Range<Int>
    ) throws(ProtoError) -> (String, Value) {
        var name = ""
        var value = Value()
        var type: Range<Int>?
        try bytes.forEachWireField(in: range, of: message) { field in
            guard field.type == .lengthDelimited else { return }
            if field.number == 1 { name = text(bytes, field.content) }
            if field.number == 2 { type = field.content }
        }
        guard let type else { return (name, value) }
        var tensor: Range<Int>?
        try bytes.forEachWireField(in: type, of: message) { field in
            if field.number == 1, field.type == .lengthDelimited { tensor = field.content }
        }
        guard let tensor else { return (name, value) }
        var shape: Range<Int>?
        try bytes.forEachWireField(in: tensor, of: message) { field in
            switch (field.number, field.type) {
            case (1, .varint): value.type = Int(truncatingIfNeeded: field.varint)
            case (2, .lengthDelimited): shape = field.content
            default: break
            }
        }
        guard let shape else { return (name, value) }
        var extents: [Int?] = []
        try bytes.forEachWireField(in: shape, of: message) { dimension throws(ProtoError) in
            guard dimension.number == 1, dimension.type == .lengthDelimited else { return }
            var extent: Int?
            try bytes.forEachWireField(in: dimension.content, of: message) { field in
                if field.number == 1, field.type == .varint, field.varint <= UInt64(Int.max) {
                    extent = Int(field.varint)
                }
            }
            extents.append(extent)
        }
        value.shape = extents
        return (name, value)
    }

    /// What ONNX's numbers for types mean.
    static func typeName(_ number: Int) -> String? {
        let names = [
            "undefined", "float32", "uint8", "int8", "uint16", "int16", "int32", "int64", "string",
            "bool", "float16", "float64", "uint32", "uint64", "complex64", "complex128",
            "bfloat16",
        ]
        guard number > 0 else { return nil }
        return names.indices.contains(number) ? names[number] : "type \(number)"
    }

    /// A constant's type, extents, and few whole numbers.
    static func constant(
        _ bytes: RawSpan,
        _ range: Range<Int>
    ) throws(ProtoError) -> (type: Int, shape: [Int], integers: [Int]?, content: Range<Int>?) {
        var (type, shape): (Int, [Int]) = (0, [])
        var integers: [Int] = []
        var content: Range<Int>?
        try bytes.forEachWireField(in: range, of: message) { field in
            switch (field.number, field.type) {
            case (1, .varint):
                if shape.count < 256 { shape.append(Int(truncatingIfNeeded: field.varint)) }
            case (1, .lengthDelimited):
                var offset = field.content.lowerBound
                while shape.count < 256,
                    let extent = bytes.varint(at: &offset, before: field.content.upperBound)
                {
                    shape.append(Int(truncatingIfNeeded: extent))
                }
            case (2, .varint): type = Int(truncatingIfNeeded: field.varint)
            case (7, .varint):
                if integers.count < 64 { integers.append(Int(truncatingIfNeeded: field.varint)) }
            case (7, .lengthDelimited):
                var offset = field.content.lowerBound
                while integers.count < 64,
                    let number = bytes.varint(at: &offset, before: field.content.upperBound)
                {
                    integers.append(Int(truncatingIfNeeded: number))
                }
            case (9, .lengthDelimited): content = field.content
            default: break
            }
        }
        if let content, type == 7, content.count <= 512, content.count % 8 == 0 {
            integers = stride(from: content.lowerBound, to: content.upperBound, by: 8).map {
                unsafe Int(bytes.unsafeLoadUnaligned(fromByteOffset: $0, as: Int64.self))
            }
        }
        return (type, shape, type == 7 && !integers.isEmpty ? integers : nil, content)
    }
}
