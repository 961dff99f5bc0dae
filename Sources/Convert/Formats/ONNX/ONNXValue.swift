package import Checkpoint
package import Proto

/// What a model says of a value: of an input, an output, or one between them.
package struct ONNXValue: Equatable, Sendable {
    /// An extent.
    package enum Extent: Equatable, Sendable {
        /// Always this.
        case fixed(Int)
        /// Anything; equal names are equal extents.
        case named(Name)
    }

    package let name: ByteName
    /// The number of the elements' type; 0 where none is stated.
    package let typeNumber: Int
    /// The extents; nil if not even their number is known.
    package let shape: [Extent]?

    /// The type of the elements; nil if it is none that is in use here.
    package var element: ONNXElement? { ONNXElement(rawValue: typeNumber) }

    /// The extents that are always the same, nil where one is not.
    package var extents: [Int?]? {
        shape?.map { extent in
            if case .fixed(let count) = extent { count } else { nil }
        }
    }

    /// A value of a type and extents.
    package init(name: String, element: ONNXElement?, shape: [Extent]?) {
        self.name = ByteName(name)
        typeNumber = element?.rawValue ?? 0
        self.shape = shape
    }

    /// What a constant says of itself.
    package init(_ tensor: ONNXTensor) {
        name = tensor.name
        typeNumber = tensor.typeNumber
        shape = tensor.shape.map { $0 < 0 ? .named("") : .fixed($0) }
    }

    /// A value of which nothing is known.
    package init(unknown name: ByteName) {
        self.name = name
        typeNumber = 0
        shape = nil
    }
}

// `ValueInfoProto`: name = 1, type = 2; `TypeProto`: tensor_type = 1; its elem_type = 1, shape = 2; the shape's dim = 1; a
// dimension's dim_value = 1, dim_param = 2.
extension ONNXValue {
    /// Reads a message.
    init(_ bytes: RawSpan, _ range: Range<Int>) throws(ProtoError) {
        var name: ByteName = ""
        var typeNumber = 0
        var shape: [Extent]?
        try bytes.forEachWireField(in: range, of: "ValueInfoProto") { field throws(ProtoError) in
            guard field.type == .lengthDelimited else { return }
            if field.number == 1 { name = bytes.name(in: field.content) }
            guard field.number == 2 else { return }
            try bytes.forEachWireField(in: field.content, of: "TypeProto") {
                type throws(ProtoError) in
                guard type.number == 1, type.type == .lengthDelimited else { return }
                try bytes.forEachWireField(in: type.content, of: "TypeProto.Tensor") {
                    part throws(ProtoError) in
                    switch (part.number, part.type) {
                    case (1, .varint): typeNumber = Int(clamping: part.varint)
                    case (2, .lengthDelimited): shape = try Self.extents(bytes, part.content)
                    default: break
                    }
                }
            }
        }
        self.name = name
        self.typeNumber = typeNumber
        self.shape = shape
    }

    private static func extents(
        _ bytes: RawSpan,
        _ range: Range<Int>
    ) throws(ProtoError) -> [Extent] {
        var extents: [Extent] = []
        try bytes.forEachWireField(in: range, of: "TensorShapeProto") { field throws(ProtoError) in
            guard field.number == 1, field.type == .lengthDelimited else { return }
            var extent = Extent.named("")
            try bytes.forEachWireField(in: field.content, of: "Dimension") { part in
                if part.number == 1, part.type == .varint {
                    extent = .fixed(Int(truncatingIfNeeded: part.varint))
                }
                if part.number == 2, part.type == .lengthDelimited {
                    extent = .named(Name(bytes.word(in: part.content)))
                }
            }
            // Old writers state 0, or a number below it, where an extent is open.
            if case .fixed(let count) = extent, count <= 0 { extent = .named("") }
            extents.append(extent)
        }
        return extents
    }
}

extension WireWriter {
    package mutating func value(_ value: ONNXValue, field number: UInt64) {
        message(field: number) { info in
            info.bytes(value.name.bytes, field: 1)
            info.message(field: 2) { type in
                type.message(field: 1) { tensor in
                    tensor.member(UInt64(value.element?.rawValue ?? 0), field: 1)
                    guard let extents = value.shape else { return }
                    tensor.message(field: 2) { shape in
                        for extent in extents {
                            shape.message(field: 1) { dimension in
                                switch extent {
                                case .fixed(let count): dimension.member(UInt64(count), field: 1)
                                case .named(let name): dimension.text(name.text, field: 2)
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
