package import Proto

/// The types of elements, by ONNX's numbers, as far as they are in use.
package enum ONNXElement: Int, Sendable {
    case float32 = 1
    case uint8 = 2
    case int8 = 3
    case uint16 = 4
    case int16 = 5
    case int32 = 6
    case int64 = 7
    case bool = 9
    case float16 = 10
    case float64 = 11
    case uint32 = 12
    case uint64 = 13

    /// Bytes of an element.
    package var byteCount: Int {
        switch self {
        case .uint8, .int8, .bool: 1
        case .uint16, .int16, .float16: 2
        case .float32, .int32, .uint32: 4
        case .int64, .uint64, .float64: 8
        }
    }

    /// What it is among TensorFlow's types.
    package var type: DataType {
        switch self {
        case .float32: .float32
        case .uint8: .uint8
        case .int8: .int8
        case .uint16: .uint16
        case .int16: .int16
        case .int32: .int32
        case .int64: .int64
        case .bool: .bool
        case .float16: .float16
        case .float64: .float64
        case .uint32: .uint32
        case .uint64: .uint64
        }
    }

    /// One of TensorFlow's types; nil if it is not in use here.
    package init?(_ type: DataType) {
        switch type {
        case .float32: self = .float32
        case .uint8: self = .uint8
        case .int8: self = .int8
        case .uint16: self = .uint16
        case .int16: self = .int16
        case .int32: self = .int32
        case .int64: self = .int64
        case .bool: self = .bool
        case .float16: self = .float16
        case .float64: self = .float64
        case .uint32: self = .uint32
        case .uint64: self = .uint64
        default: return nil
        }
    }

    /// What ONNX's number of any type means.
    package static func typeName(_ number: Int) -> String {
        let names = [
            "undefined", "float32", "uint8", "int8", "uint16", "int16", "int32", "int64", "string",
            "bool", "float16", "float64", "uint32", "uint64", "complex64", "complex128",
            "bfloat16",
        ]
        return names.indices.contains(number) ? names[number] : "type \(number)"
    }
}
