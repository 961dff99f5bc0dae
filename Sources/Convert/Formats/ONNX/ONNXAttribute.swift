internal import Proto

/// A value of an operator's attribute, as far as they are in use.
package enum ONNXAttribute: Equatable, Sendable {
    case float(Float)
    case integer(Int)
    case text(String)
    case integers([Int])
    case floats([Float])
    case texts([String])
    case tensor(ONNXTensor)
    /// Graphs of their own, of a branch or a loop: where they are in the model.
    case graphs([Range<Int>])
}

// `AttributeProto`: name = 1, f = 2, i = 3, s = 4, t = 5, g = 6, floats = 7, ints = 8, strings = 9, graphs = 11, type = 20.
extension ONNXAttribute {
    /// Reads a message.
    static func read(
        _ bytes: RawSpan,
        _ range: Range<Int>
    ) throws(ProtoError) -> (name: Name, value: ONNXAttribute) {
        var name = Name("")
        var single: ONNXAttribute?
        var (integers, floats, texts): ([Int], [Float], [String]) = ([], [], [])
        var graphs: [Range<Int>] = []
        var type: UInt64 = 0
        try bytes.forEachWireField(in: range, of: "AttributeProto") { field throws(ProtoError) in
            switch (field.number, field.type) {
            case (1, .lengthDelimited): name = Name(bytes.word(in: field.content))
            case (2, .fixed32): single = .float(bytes.float(at: field.content.lowerBound))
            case (3, .varint): single = .integer(Int(truncatingIfNeeded: field.varint))
            case (4, .lengthDelimited): single = .text(bytes.word(in: field.content))
            case (5, .lengthDelimited): single = .tensor(try ONNXTensor(bytes, field.content))
            case (6, .lengthDelimited), (11, .lengthDelimited): graphs.append(field.content)
            case (7, .fixed32): floats.append(bytes.float(at: field.content.lowerBound))
            case (7, .lengthDelimited): floats += bytes.floats(in: field.content)
            case (8, .varint): integers.append(Int(truncatingIfNeeded: field.varint))
            case (8, .lengthDelimited):
                integers += bytes.varints(in: field.content).map { Int(truncatingIfNeeded: $0) }
            case (9, .lengthDelimited): texts.append(bytes.word(in: field.content))
            case (20, .varint): type = field.varint
            default: break
            }
        }
        if !graphs.isEmpty { return (name, .graphs(graphs)) }
        if type == 6 || !floats.isEmpty { return (name, .floats(floats)) }
        if type == 8 || !texts.isEmpty { return (name, .texts(texts)) }
        if let single, integers.isEmpty { return (name, single) }
        return (name, .integers(integers))
    }
}

extension WireWriter {
    mutating func attribute(_ name: Name, _ value: ONNXAttribute) {
        text(name.text, field: 1)
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
        case .texts, .tensor, .graphs:
            preconditionFailure("nothing that is written has \(name) of this kind")
        }
    }
}
