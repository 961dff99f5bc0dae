package import Checkpoint
package import Proto

/// A constant as a model states it, before it is checked.
///
/// `TensorProto`: dims = 1, data_type = 2, float_data = 4, int32_data = 5, int64_data = 7, name = 8, raw_data = 9,
/// double_data = 10, uint64_data = 11, external_data = 13.
package struct ONNXTensor: Equatable, Sendable {
    /// What it is called.
    package internal(set) var name: ByteName = ""
    /// The number of the elements' type; see ``ONNXElement``.
    package internal(set) var typeNumber = 0
    /// The extents.
    package internal(set) var shape: [Int] = []
    /// Where its bytes are in the model; nil where they are stated otherwise.
    package internal(set) var content: Range<Int>?
    /// Where its bytes are beside the model: `location`, `offset`, `length`; empty where they are not.
    var location: [String: String] = [:]
    /// Where the message is in the model.
    var offset = 0
    /// Values that are stated one by one, by the list that they stand in, little-endian.
    var lists: [Int: [UInt8]] = [:]

    /// A constant with nothing in it.
    init() {}

    /// Reads a message.
    init(_ bytes: RawSpan, _ range: Range<Int>) throws(ProtoError) {
        offset = range.lowerBound
        try bytes.forEachWireField(in: range, of: "TensorProto") { field throws(ProtoError) in
            switch (field.number, field.type) {
            case (1, .varint): shape.append(Int(truncatingIfNeeded: field.varint))
            case (1, .lengthDelimited):
                shape += bytes.varints(in: field.content).map { Int(truncatingIfNeeded: $0) }
            case (2, .varint): typeNumber = Int(truncatingIfNeeded: field.varint)
            case (4, .fixed32), (4, .lengthDelimited), (10, .fixed64), (10, .lengthDelimited):
                lists[Int(field.number), default: []] += bytes.bytes(in: field.content)
            case (5, .varint), (7, .varint), (11, .varint):
                add(field.varint, to: Int(field.number))
            case (5, .lengthDelimited), (7, .lengthDelimited), (11, .lengthDelimited):
                for value in bytes.varints(in: field.content) { add(value, to: Int(field.number)) }
            case (8, .lengthDelimited): name = bytes.name(in: field.content)
            case (9, .lengthDelimited): content = field.content
            case (13, .lengthDelimited):
                let entry = try bytes.entry(in: field.content)
                location[entry.key] = entry.value
            default: break
            }
        }
    }

    /// A constant whose values are attributes of its operator: `value_float = …` and the like; nil if there are none.
    init?(_ attributes: [Name: ONNXAttribute]) {
        if case .tensor(let tensor)? = attributes["value"] {
            self = tensor
            return
        }
        for key: Name in ["value_int", "value_ints", "value_float", "value_floats"] {
            switch attributes[key] {
            case .integer(let value)?: state([value])
            case .integers(let values)?:
                state(values)
                shape = [values.count]
            case .float(let value)?: state([value])
            case .floats(let values)?:
                state(values)
                shape = [values.count]
            default: continue
            }
            return
        }
        return nil
    }

    private mutating func state(_ values: [Int]) {
        typeNumber = ONNXElement.int64.rawValue
        lists[7] = []
        for value in values { add(UInt64(bitPattern: Int64(value)), to: 7) }
    }

    private mutating func state(_ values: [Float]) {
        typeNumber = ONNXElement.float32.rawValue
        lists[4] = values.flatMap { Self.littleEndian($0.bitPattern) }
    }

    private mutating func add(_ value: UInt64, to list: Int) {
        for shift in stride(from: 0, to: 64, by: 8) {
            lists[list, default: []].append(UInt8(truncatingIfNeeded: value >> shift))
        }
    }

    private static func littleEndian(_ value: UInt32) -> [UInt8] {
        stride(from: 0, to: 32, by: 8).map { UInt8(truncatingIfNeeded: value >> $0) }
    }

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

    /// Its elements' bytes, if they are in the model, and few.
    ///
    /// - Parameter bytes: The model.
    /// - Returns: Their type and little-endian bytes; nil where they are elsewhere, or many.
    package func few(in bytes: RawSpan) -> (type: DataType, bytes: [UInt8])? {
        guard let element = ONNXElement(rawValue: typeNumber), location.isEmpty,
            let needed = PlacedArrays.byteCount(element.type, shape), needed <= 512
        else { return nil }
        let stated = content.map { $0.count == needed ? bytes.bytes(in: $0) : [] }
        guard let values = stated ?? values(element), values.count == needed else { return nil }
        return (element.type, values)
    }
}
