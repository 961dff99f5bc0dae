public import Checkpoint
internal import Proto

/// The weights of an ONNX model, in the model or in the files beside it.
public struct ONNXConstants: TensorSource {
    /// The weights, sorted by their names' bytes.
    public var tensors: [TensorEntry] { arrays.tensors }
    /// Weights that cannot be read.
    public let unread: [UnreadArray]
    private let arrays: PlacedArrays

    /// What ONNX's names for types are here.
    private static let types: [String: DataType] = [
        "float32": .float32, "uint8": .uint8, "int8": .int8, "uint16": .uint16, "int16": .int16,
        "int32": .int32, "int64": .int64, "bool": .bool, "float16": .float16, "float64": .float64,
        "uint32": .uint32, "uint64": .uint64, "complex64": .complex64, "complex128": .complex128,
        "bfloat16": .bfloat16,
    ]

    /// Reads a model.
    ///
    /// - Throws: ``FormatError/malformedFile(path:offset:reason:)`` or ``FormatError/checkpoint(_:)``.
    public init(path: String) throws(FormatError) {
        let file = try wrapping { () throws(CheckpointError) in try MappedFile(path: path) }
        let read = try wrapping { () throws(CheckpointError) in
            try file.withBytes { bytes throws(CheckpointError) in
                Result { () throws(ProtoError) in
                    try ONNXMessage(bytes).graph(in: bytes)
                }
            }
        }
        guard let graph = try? read.get() else {
            throw .malformedFile(path: path, offset: 0, reason: "it is no ONNX model")
        }
        // Files beside the model are looked up where the model names some.
        var whole: ONNXFile?
        var fault: String?
        do throws(FormatError) { whole = try ONNXFile(path: path) } catch {
            fault = "\(error)"
        }
        var found: [(key: [UInt8], type: DataType, shape: [Int], place: PlacedArrays.Place)] = []
        var unread: [UnreadArray] = []
        for weight in graph.initializers {
            let key = weight.name.bytes
            let typeName = ONNXElement.typeName(weight.typeNumber)
            guard let type = Self.types[typeName],
                let needed = PlacedArrays.byteCount(type, weight.shape)
            else {
                unread.append(
                    UnreadArray(
                        key: key,
                        reason: "has elements of the type \(typeName) and the shape "
                            + "\(weight.shape), which are not read",
                        isDamaged: false
                    )
                )
                continue
            }
            if let content = weight.content, content.count == needed {
                found.append((key, type, weight.shape, .mapped(file, content)))
            } else if case .mapped(let file, let range)? = whole?.constants[weight.name]?.place,
                range.count == needed
            {
                found.append((key, type, weight.shape, .mapped(file, range)))
            } else if weight.content == nil, let fault {
                unread.append(
                    UnreadArray(
                        key: key,
                        reason: "lies beside the model, which cannot be read: \(fault)",
                        isDamaged: true
                    )
                )
            } else {
                unread.append(
                    UnreadArray(
                        key: key,
                        reason:
                            "does not have the \(needed) bytes that its shape needs in one piece",
                        isDamaged: weight.content != nil
                    )
                )
            }
        }
        arrays = PlacedArrays(found, path: path)
        self.unread = unread
    }

    /// The bytes of a weight, little-endian, in row-major order.
    ///
    /// - Throws: `CheckpointError`.
    public func bytes(
        of tensor: TensorEntry,
        verifies: Bool
    ) throws(CheckpointError) -> StoredBytes {
        try arrays.bytes(of: tensor, verifies: verifies)
    }
}
