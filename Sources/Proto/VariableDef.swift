internal import CProto

/// A variable, as the collections `variables` and `trainable_variables` of a graph describe it.
public struct VariableDef: Equatable, Sendable {
    /// The tensor that holds the value, such as `conv/kernel:0`.
    public var name: String
    /// The operation that gives the first value.
    public var initializer: String
    /// Whether the value lies behind a handle, as TensorFlow 2's do.
    public var isResource: Bool
    /// Whether it is trained; files older than this field state false.
    public var isTrainable: Bool
    /// The tensor that this variable is a part of, by name and extents; nil for a variable of its own.
    public var whole: Whole?

    /// What the parts of a partitioned variable make up.
    public struct Whole: Equatable, Sendable {
        /// The name that checkpoints list.
        public var name: String
        /// The extents, none below zero.
        public var shape: [Int64]
        /// Where the part begins in each dimension.
        public var partOffset: [Int64] = []
        /// The part's extents.
        public var partShape: [Int64] = []

        /// A tensor of a name and extents.
        public init(name: String = "", shape: [Int64] = []) {
            self.name = name
            self.shape = shape
        }
    }

    /// Takes a variable apart.
    ///
    /// - Throws: ``ProtoError``.
    public init(_ bytes: RawSpan) throws(ProtoError) {
        self = try unsafe withMessage(
            bytes,
            tf__variable_def__init,
            tf__variable_def__unpack,
            tf__variable_def__free_unpacked
        ) { message throws(ProtoError) in unsafe VariableDef(message: message.pointee) }
        try bytes.forEachWireField(in: 0..<bytes.byteCount, of: "VariableDef") {
            field throws(ProtoError) in
            // SaveSliceInfoDef: full_name 1, full_shape 2, var_offset 3, var_shape 4.
            guard field.number == 4, field.type == .lengthDelimited else { return }
            whole = try Whole(bytes, in: field.content)
        }
    }

    private init(message: Tf__VariableDef) {
        name = unsafe text(message.variable_name)
        initializer = unsafe text(message.initializer_name)
        isResource = unsafe message.is_resource != 0
        isTrainable = unsafe message.trainable != 0
    }
}

extension VariableDef.Whole {
    fileprivate init(_ bytes: RawSpan, in range: Range<Int>) throws(ProtoError) {
        self.init()
        try bytes.forEachWireField(in: range, of: "SaveSliceInfoDef") { field throws(ProtoError) in
            switch (field.number, field.type) {
            case (1, .lengthDelimited):
                name = unsafe bytes.extracting(field.content).withUnsafeBytes {
                    unsafe String(decoding: $0, as: UTF8.self)
                }
            case (2...4, .varint):
                try append(field.varint, field.number, field.range.lowerBound)
            case (2...4, .lengthDelimited):
                var offset = field.content.lowerBound
                while offset < field.content.upperBound {
                    let start = offset
                    guard let extent = bytes.varint(at: &offset, before: field.content.upperBound)
                    else { throw .malformed(message: "SaveSliceInfoDef", offset: start) }
                    try append(extent, field.number, start)
                }
            default: break
            }
        }
    }

    private mutating func append(
        _ extent: UInt64,
        _ field: UInt64,
        _ offset: Int
    ) throws(ProtoError) {
        guard let extent = Int64(exactly: extent) else {
            throw .malformed(message: "SaveSliceInfoDef", offset: offset)
        }
        switch field {
        case 2: shape.append(extent)
        case 3: partOffset.append(extent)
        default: partShape.append(extent)
        }
    }
}

extension VariableDef {
    /// The message of a variable behind a handle.
    ///
    /// - Parameters:
    ///   - handle: The tensor of the handle.
    ///   - initializer: The operation that gives the first value.
    ///   - snapshot: The tensor that reads it.
    ///   - initialValue: The tensor of the first value.
    ///   - isTrainable: Whether it is trained.
    /// - Returns: The message's bytes.
    package static func serialized(
        handle: String,
        initializer: String,
        snapshot: String,
        initialValue: String,
        isTrainable: Bool
    ) -> [UInt8] {
        var writer = WireWriter()
        writer.bytes(Array(handle.utf8), field: 1)
        writer.bytes(Array(initializer.utf8), field: 2)
        writer.bytes(Array(snapshot.utf8), field: 3)
        writer.varint(1, field: 5)
        writer.bytes(Array(initialValue.utf8), field: 6)
        writer.varint(isTrainable ? 1 : 0, field: 7)
        return writer.output
    }
}

extension MetaGraph {
    /// The graph's variables, as its collections have them; empty where it has no such collection.
    ///
    /// - Throws: ``ProtoError``.
    public func variables() throws(ProtoError) -> [VariableDef] {
        var variables: [VariableDef] = []
        var names: Set<Name> = []
        for key in ["variables", "trainable_variables"] {
            guard case .messages(let messages)? = collections[key] else { continue }
            for message in messages {
                let bytes = unsafe message.span.bytes
                let variable = try VariableDef(bytes)
                if names.insert(Name(variable.name)).inserted { variables.append(variable) }
            }
        }
        return variables
    }
}
