package import Proto

/// The types of elements that a safetensors file and a checkpoint have in common.
package enum SafeTensorsType {
    private static let codes: [DataType: String] = [
        .bool: "BOOL", .uint8: "U8", .int8: "I8", .float8E5M2: "F8_E5M2",
        .float8E4M3FN: "F8_E4M3", .float8E4M3FNUZ: "F8_E4M3FNUZ", .float8E5M2FNUZ: "F8_E5M2FNUZ",
        .int16: "I16", .uint16: "U16", .float16: "F16", .bfloat16: "BF16", .int32: "I32",
        .uint32: "U32", .float32: "F32", .complex64: "C64", .float64: "F64", .int64: "I64",
        .uint64: "U64",
    ]

    /// The format's types that checkpoints lack.
    static let others: Set = ["F4", "F6_E2M3", "F6_E3M2", "F8_E8M0"]

    /// What a file calls a type, if it can hold it.
    package static func code(of type: DataType) -> String? { codes[type] }

    /// The type of a code, if checkpoints have it.
    static func type(of code: String) -> DataType? { codes.first { $0.value == code }?.key }
}
