package import Proto

/// The types of elements that NumPy and a checkpoint have in common.
package enum NPZType {
    private static let codes: [DataType: String] = [
        .bool: "b1", .int8: "i1", .uint8: "u1", .int16: "i2", .uint16: "u2", .float16: "f2",
        .int32: "i4", .uint32: "u4", .float32: "f4", .int64: "i8", .uint64: "u8", .float64: "f8",
        .complex64: "c8", .complex128: "c16",
    ]

    /// What a header calls a type, if NumPy has it.
    package static func descriptor(of type: DataType) -> String? {
        codes[type].map { (type.byteCount == 1 ? "|" : "<") + $0 }
    }

    /// The type that a header means, if checkpoints have it, and whether its bytes are in the other order.
    static func type(of descriptor: String) -> (type: DataType, isSwapped: Bool)? {
        guard let order = descriptor.first,
            let type = codes.first(where: { $0.value == descriptor.dropFirst() })?.key,
            ["<", ">", "="].contains(order) || (order == "|" && type.byteCount == 1)
        else { return nil }
        return (type, order == ">" && type.byteCount != 1)
    }
}
