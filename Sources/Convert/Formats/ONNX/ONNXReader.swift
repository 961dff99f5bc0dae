internal import Proto

/// What the messages of an ONNX model say, before it is checked.
///
/// Fields as in `onnx.proto`: of the model `producer_name = 2`, `graph = 7`, `opset_import = 8`, `metadata_props = 14`; of the
/// graph `node = 1`, `initializer = 5`, `input = 11`, `output = 12`; of a node `input = 1`, `output = 2`, `name = 3`,
/// `op_type = 4`, `attribute = 5`, `domain = 7`.
struct ONNXReader {
    /// A `TensorProto`.
    struct Tensor {
        var name = ""
        var element = 0
        var shape: [Int] = []
        var content: Range<Int>?
        var location: [String: String] = [:]
        var offset = 0
        /// Values that are stated one by one, by the list that they stand in, little-endian.
        var lists: [Int: [UInt8]] = [:]
    }

    let path: String
    private(set) var nodes: [ONNXNode] = []
    private(set) var tensors: [Tensor] = []
    private(set) var inputs: [ONNXValue] = []
    private(set) var outputs: [String] = []
    private(set) var metadata: [String: String] = [:]
    private(set) var operatorSet = 1
    private(set) var producer = ""

    init(path: String) { self.path = path }

    mutating func readModel(_ bytes: RawSpan) throws(FormatError) {
        var graph: Range<Int>?
        var texts: [String: String] = [:]
        var versions: [Range<Int>] = []
        var producer = ""
        try forEachField(bytes, 0..<bytes.byteCount) { field throws(FormatError) in
            guard field.type == .lengthDelimited else { return }
            switch field.number {
            case 2: producer = text(bytes, field.content)
            case 7: graph = field.content
            case 8: versions.append(field.content)
            case 14:
                let pair = try self.pair(bytes, field.content)
                texts[pair.0] = pair.1
            default: break
            }
        }
        metadata = texts
        self.producer = producer
        for range in versions { try readVersion(bytes, range) }
        guard let graph else {
            throw .malformedFile(path: path, offset: 0, reason: "there is no graph")
        }
        var found: [WireField] = []
        try forEachField(bytes, graph) { field in
            if field.type == .lengthDelimited { found.append(field) }
        }
        for field in found {
            switch field.number {
            case 1: try readNode(bytes, field.content)
            case 5: tensors.append(try tensor(bytes, field.content))
            case 11: inputs.append(try value(bytes, field.content))
            case 12: outputs.append(try value(bytes, field.content).name)
            default: break
            }
        }
    }

    private mutating func readVersion(
        _ bytes: RawSpan,
        _ range: Range<Int>
    ) throws(FormatError) {
        var (domain, version) = ("", 0)
        try forEachField(bytes, range) { field in
            if field.number == 1, field.type == .lengthDelimited {
                domain = text(bytes, field.content)
            }
            if field.number == 2, field.type == .varint {
                version = Int(clamping: field.varint)
            }
        }
        if domain.isEmpty || Name(domain) == "ai.onnx" { operatorSet = version }
    }

    // MARK: Nodes

    private mutating func readNode(_ bytes: RawSpan, _ range: Range<Int>) throws(FormatError) {
        var (inputs, outputs): ([String], [String]) = ([], [])
        var (name, operation, domain) = ("", "", "")
        var attributes: [String: ONNXAttribute] = [:]
        var constant: Tensor?
        try forEachField(bytes, range) { field throws(FormatError) in
            guard field.type == .lengthDelimited else { return }
            switch field.number {
            case 1: inputs.append(text(bytes, field.content))
            case 2: outputs.append(text(bytes, field.content))
            case 3: name = text(bytes, field.content)
            case 4: operation = text(bytes, field.content)
            case 5:
                let (key, value, tensor) = try attribute(bytes, field.content)
                attributes[key] = value
                if let tensor { constant = tensor }
            case 7: domain = text(bytes, field.content)
            default: break
            }
        }
        let isStandard = domain.isEmpty || Name(domain) == "ai.onnx"
        // What a constant gives is known as any other constant.
        if isStandard, operation == "Constant", outputs.count == 1,
            var tensor = constant ?? Self.constant(attributes)
        {
            tensor.name = outputs[0]
            tensor.offset = range.lowerBound
            tensors.append(tensor)
            return
        }
        if isStandard, operation == "ConstantOfShape", let constant {
            // The one value that fills the shape stands beside the operator.
            let name = "\(outputs.first ?? name)/value"
            var tensor = constant
            tensor.name = name
            tensors.append(tensor)
            inputs.append(name)
        }
        nodes.append(
            ONNXNode(
                name: name,
                operation: isStandard ? operation : "\(domain).\(operation)",
                inputs: inputs,
                outputs: outputs,
                attributes: attributes
            )
        )
    }

    /// A constant whose values are attributes: `value_float = …` and the like.
    private static func constant(_ attributes: [String: ONNXAttribute]) -> Tensor? {
        var tensor = Tensor()
        func integers(_ values: [Int]) {
            tensor.element = ONNXElement.int64.rawValue
            tensor.lists[7] = values.flatMap { littleEndian(UInt64(bitPattern: Int64($0))) }
        }
        func floats(_ values: [Float]) {
            tensor.element = ONNXElement.float32.rawValue
            tensor.lists[4] = values.flatMap { littleEndian($0.bitPattern) }
        }
        switch (
            attributes["value_int"], attributes["value_ints"], attributes["value_float"],
            attributes["value_floats"]
        ) {
        case (.integer(let value)?, _, _, _): integers([value])
        case (_, .integers(let values)?, _, _):
            integers(values)
            tensor.shape = [values.count]
        case (_, _, .float(let value)?, _): floats([value])
        case (_, _, _, .floats(let values)?):
            floats(values)
            tensor.shape = [values.count]
        default: return nil
        }
        return tensor
    }

    /// `AttributeProto`: name = 1, f = 2, i = 3, s = 4, t = 5, g = 6, floats = 7, ints = 8.
    private func attribute(
        _ bytes: RawSpan,
        _ range: Range<Int>
    ) throws(FormatError) -> (String, ONNXAttribute, Tensor?) {
        var name = ""
        var value: ONNXAttribute?
        var integers: [Int] = []
        var floats: [Float] = []
        var type: UInt64 = 0
        var constant: Tensor?
        try forEachField(bytes, range) { field throws(FormatError) in
            switch (field.number, field.type) {
            case (1, .lengthDelimited): name = text(bytes, field.content)
            case (2, .fixed32): value = .float(float(bytes, field.content.lowerBound))
            case (3, .varint): value = .integer(Int(truncatingIfNeeded: field.varint))
            case (4, .lengthDelimited): value = .text(text(bytes, field.content))
            case (5, .lengthDelimited): constant = try tensor(bytes, field.content)
            case (6, .lengthDelimited), (11, .lengthDelimited): value = .graph
            case (7, .fixed32): floats.append(float(bytes, field.content.lowerBound))
            case (7, .lengthDelimited):
                for place in stride(
                    from: field.content.lowerBound,
                    through: field.content.upperBound - 4,
                    by: 4
                ) {
                    floats.append(float(bytes, place))
                }
            case (8, .varint): integers.append(Int(truncatingIfNeeded: field.varint))
            case (8, .lengthDelimited):
                integers += varints(bytes, field.content).map { Int(truncatingIfNeeded: $0) }
            case (20, .varint): type = field.varint
            default: break
            }
        }
        if let value, integers.isEmpty, floats.isEmpty { return (name, value, constant) }
        if type == 6 || !floats.isEmpty { return (name, .floats(floats), constant) }
        return (name, value ?? .integers(integers), constant)
    }

    // MARK: Values

    /// `ValueInfoProto`, see ``ONNXValue``.
    private func value(_ bytes: RawSpan, _ range: Range<Int>) throws(FormatError) -> ONNXValue {
        var name = ""
        var element = 0
        var shape: [ONNXValue.Extent]?
        try forEachField(bytes, range) { field throws(FormatError) in
            guard field.type == .lengthDelimited else { return }
            if field.number == 1 { name = text(bytes, field.content) }
            guard field.number == 2 else { return }
            try forEachField(bytes, field.content) { type throws(FormatError) in
                guard type.number == 1, type.type == .lengthDelimited else { return }
                try forEachField(bytes, type.content) { part throws(FormatError) in
                    switch (part.number, part.type) {
                    case (1, .varint): element = Int(clamping: part.varint)
                    case (2, .lengthDelimited): shape = try extents(bytes, part.content)
                    default: break
                    }
                }
            }
        }
        return ONNXValue(name: name, element: ONNXElement(rawValue: element), shape: shape)
    }

    private func extents(
        _ bytes: RawSpan,
        _ range: Range<Int>
    ) throws(FormatError) -> [ONNXValue.Extent] {
        var extents: [ONNXValue.Extent] = []
        try forEachField(bytes, range) { field throws(FormatError) in
            guard field.number == 1, field.type == .lengthDelimited else { return }
            var extent = ONNXValue.Extent.named("")
            try forEachField(bytes, field.content) { part in
                if part.number == 1, part.type == .varint {
                    extent = .fixed(Int(truncatingIfNeeded: part.varint))
                }
                if part.number == 2, part.type == .lengthDelimited {
                    extent = .named(text(bytes, part.content))
                }
            }
            // Old writers state 0, or a number below it, where an extent is open.
            if case .fixed(let count) = extent, count <= 0 { extent = .named("") }
            extents.append(extent)
        }
        return extents
    }

    /// `TensorProto`: dims = 1, data_type = 2, float_data = 4, int32_data = 5, int64_data = 7, name = 8, raw_data = 9,
    /// double_data = 10, uint64_data = 11, external_data = 13.
    private func tensor(_ bytes: RawSpan, _ range: Range<Int>) throws(FormatError) -> Tensor {
        var tensor = Tensor()
        tensor.offset = range.lowerBound
        try forEachField(bytes, range) { field throws(FormatError) in
            switch (field.number, field.type) {
            case (1, .varint): tensor.shape.append(Int(truncatingIfNeeded: field.varint))
            case (1, .lengthDelimited):
                tensor.shape += varints(bytes, field.content).map { Int(truncatingIfNeeded: $0) }
            case (2, .varint): tensor.element = Int(truncatingIfNeeded: field.varint)
            case (4, .fixed32), (4, .lengthDelimited), (10, .fixed64), (10, .lengthDelimited):
                tensor.lists[Int(field.number), default: []] += raw(bytes, field.content)
            case (5, .varint), (7, .varint), (11, .varint):
                tensor.lists[Int(field.number), default: []] += Self.littleEndian(field.varint)
            case (5, .lengthDelimited), (7, .lengthDelimited), (11, .lengthDelimited):
                for value in varints(bytes, field.content) {
                    tensor.lists[Int(field.number), default: []] += Self.littleEndian(value)
                }
            case (8, .lengthDelimited): tensor.name = text(bytes, field.content)
            case (9, .lengthDelimited): tensor.content = field.content
            case (13, .lengthDelimited):
                let entry = try pair(bytes, field.content)
                tensor.location[entry.0] = entry.1
            default: break
            }
        }
        return tensor
    }

    // MARK: Fields

    private func forEachField(
        _ bytes: RawSpan,
        _ range: Range<Int>,
        _ body: (WireField) throws(FormatError) -> Void
    ) throws(FormatError) {
        var wrong: FormatError?
        do throws(ProtoError) {
            try bytes.forEachWireField(in: range, of: "ModelProto") { field in
                guard wrong == nil else { return }
                do throws(FormatError) { try body(field) } catch { wrong = error }
            }
        } catch {
            throw .malformedFile(path: path, offset: range.lowerBound, reason: error.description)
        }
        if let wrong { throw wrong }
    }

    private func text(_ bytes: RawSpan, _ range: Range<Int>) -> String {
        String(decoding: raw(bytes, range), as: UTF8.self)
    }

    private func raw(_ bytes: RawSpan, _ range: Range<Int>) -> [UInt8] {
        unsafe bytes.extracting(range).withUnsafeBytes { unsafe [UInt8]($0) }
    }

    private func float(_ bytes: RawSpan, _ offset: Int) -> Float {
        let bits = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self)
        return Float(bitPattern: bits.littleEndian)
    }

    /// Numbers without anything between them.
    private func varints(_ bytes: RawSpan, _ range: Range<Int>) -> [UInt64] {
        var offset = range.lowerBound
        var values: [UInt64] = []
        while offset < range.upperBound,
            let value = bytes.varint(at: &offset, before: range.upperBound)
        {
            values.append(value)
        }
        return values
    }

    private func pair(
        _ bytes: RawSpan,
        _ range: Range<Int>
    ) throws(FormatError) -> (String, String) {
        var pair = ("", "")
        try forEachField(bytes, range) { field in
            guard field.type == .lengthDelimited else { return }
            if field.number == 1 { pair.0 = text(bytes, field.content) }
            if field.number == 2 { pair.1 = text(bytes, field.content) }
        }
        return pair
    }

    private static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        stride(from: 0, to: value.bitWidth, by: 8).map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}

extension ONNXReader.Tensor {
    /// The bytes of values that are stated one by one; nil if they stand in another list than those of their type do.
    func values(_ element: ONNXElement) -> [UInt8]? {
        let number =
            switch element {
            case .float32: 4
            case .float64: 10
            case .int64: 7
            case .uint32, .uint64: 11
            case .uint8, .int8, .uint16, .int16, .int32, .bool, .float16: 5
            }
        guard let stated = lists[number] else { return lists.isEmpty ? [] : nil }
        if number == 4 || number == 10 || element.byteCount == 8 { return stated }
        // Whole numbers were read as eight bytes each.
        return stride(from: 0, to: stated.count, by: 8).flatMap {
            stated[$0..<($0 + element.byteCount)]
        }
    }
}
