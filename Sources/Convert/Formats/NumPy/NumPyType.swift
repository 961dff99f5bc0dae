/// The type of an array's elements, under NumPy's name.
public enum NumPyType: String, CaseIterable, Sendable {
    /// Single precision.
    case float32
    /// Double precision.
    case float64
    /// Signed, 32 bits.
    case int32
    /// Signed, 64 bits.
    case int64
    /// Unsigned, 8 bits.
    case uint8

    /// Bytes in an element.
    public var byteCount: Int {
        switch self {
        case .uint8: 1
        case .float32, .int32: 4
        case .float64, .int64: 8
        }
    }

    /// The code in a header, without the byte order.
    var code: String {
        switch self {
        case .float32: "f4"
        case .float64: "f8"
        case .int32: "i4"
        case .int64: "i8"
        case .uint8: "u1"
        }
    }

    /// The code in a header of ours.
    var descriptor: String { (self == .uint8 ? "|" : "<") + code }
}

/// A Swift type whose values are a `.npy` file's elements.
public protocol NumPyElement: BitwiseCopyable, Sendable {
    /// The type under NumPy's name.
    static var numPyType: NumPyType { get }
    /// The value in the other byte order.
    var withBytesSwapped: Self { get }
}

extension Float: NumPyElement {
    /// `float32`.
    public static var numPyType: NumPyType { .float32 }
    /// The value in the other byte order.
    public var withBytesSwapped: Float { Float(bitPattern: bitPattern.byteSwapped) }
}

extension Double: NumPyElement {
    /// `float64`.
    public static var numPyType: NumPyType { .float64 }
    /// The value in the other byte order.
    public var withBytesSwapped: Double { Double(bitPattern: bitPattern.byteSwapped) }
}

extension Int32: NumPyElement {
    /// `int32`.
    public static var numPyType: NumPyType { .int32 }
    /// The value in the other byte order.
    public var withBytesSwapped: Int32 { byteSwapped }
}

extension Int64: NumPyElement {
    /// `int64`.
    public static var numPyType: NumPyType { .int64 }
    /// The value in the other byte order.
    public var withBytesSwapped: Int64 { byteSwapped }
}

extension UInt8: NumPyElement {
    /// `uint8`.
    public static var numPyType: NumPyType { .uint8 }
    /// The value itself.
    public var withBytesSwapped: UInt8 { self }
}
