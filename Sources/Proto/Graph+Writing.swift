extension AttributeValue {
    /// The value's message.
    package var serialized: [UInt8] {
        var writer = WireWriter()
        switch self {
        case .list(let values): writer.bytes(Self.list(values), field: 1)
        case .bytes(let bytes): writer.bytes(bytes, field: 2)
        case .integer(let value): writer.member(UInt64(bitPattern: value), field: 3)
        case .float(let value): writer.float(value, field: 4)
        case .bool(let value): writer.member(value ? 1 : 0, field: 5)
        case .type(let type): writer.member(UInt64(bitPattern: Int64(type)), field: 6)
        case .shape(let shape): writer.bytes(shape.serialized, field: 7)
        case .tensor(let tensor): writer.bytes(tensor.serialized, field: 8)
        case .placeholder(let name): writer.bytes(Array(name.utf8), field: 9)
        case .function(let name, let attributes):
            writer.bytes(Self.function(name, attributes), field: 10)
        case .none: break
        }
        return writer.output
    }

    private static func function(_ name: String, _ attributes: [NodeDef.Attribute]) -> [UInt8] {
        var writer = WireWriter()
        writer.bytes(Array(name.utf8), field: 1)
        for attribute in attributes { writer.bytes(attribute.serialized, field: 2) }
        return writer.output
    }

    private static func list(_ values: [AttributeValue]) -> [UInt8] {
        var writer = WireWriter()
        var numbers: [UInt64: [Int64]] = [:]
        var floats: [Float] = []
        for value in values {
            switch value {
            case .bytes(let bytes): writer.bytes(bytes, field: 2)
            case .integer(let value): numbers[3, default: []].append(value)
            case .float(let value): floats.append(value)
            case .bool(let value): numbers[5, default: []].append(value ? 1 : 0)
            case .type(let type): numbers[6, default: []].append(Int64(type))
            case .shape(let shape): writer.bytes(shape.serialized, field: 7)
            case .tensor(let tensor): writer.bytes(tensor.serialized, field: 8)
            case .function(let name, let attributes):
                writer.bytes(function(name, attributes), field: 9)
            case .list, .placeholder, .none: break
            }
        }
        if !floats.isEmpty { writer.packedFloats(floats, field: 4) }
        for (field, values) in numbers.sorted(by: { $0.key < $1.key }) {
            writer.packedVarints(values, field: field)
        }
        return writer.output
    }
}

extension NodeDef.Attribute {
    /// The message of a name and a value.
    fileprivate var serialized: [UInt8] {
        var writer = WireWriter()
        writer.bytes(Array(name.utf8), field: 1)
        writer.bytes(value.serialized, field: 2)
        return writer.output
    }
}

extension NodeDef {
    /// The node's message.
    package var serialized: [UInt8] {
        var writer = WireWriter()
        writer.bytes(Array(name.utf8), field: 1)
        writer.bytes(Array(operation.utf8), field: 2)
        for input in inputs { writer.bytes(Array(input.utf8), field: 3) }
        if !device.isEmpty { writer.bytes(Array(device.utf8), field: 4) }
        for attribute in attributes { writer.bytes(attribute.serialized, field: 5) }
        return writer.output
    }

    /// The node as a field of a graph.
    package var serializedField: [UInt8] {
        var writer = WireWriter()
        writer.bytes(serialized, field: 1)
        return writer.output
    }
}

extension GraphDef {
    /// A graph of operations.
    package init(nodes: [NodeDef], versions: Versions) {
        self.nodes = nodes
        functions = []
        self.versions = versions
    }

    /// The last field of a graph: which version wrote it.
    package static func serializedVersions(_ versions: Versions) -> [UInt8] {
        var numbers = WireWriter()
        numbers.varint(UInt64(bitPattern: Int64(versions.producer)), field: 1)
        numbers.varint(UInt64(bitPattern: Int64(versions.minimumConsumer)), field: 2)
        var writer = WireWriter()
        writer.bytes(numbers.output, field: 4)
        return writer.output
    }

    /// The graph's message; it must have no functions.
    package var serialized: [UInt8] {
        nodes.flatMap(\.serializedField) + Self.serializedVersions(versions)
    }
}
