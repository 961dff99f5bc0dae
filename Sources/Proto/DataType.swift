/// The type of a tensor's elements, by TensorFlow's numbers.
public enum DataType: Int32, CaseIterable, Sendable {
    case float32 = 1
    case float64 = 2
    case int32 = 3
    case uint8 = 4
    case int16 = 5
    case int8 = 6
    case string = 7
    case complex64 = 8
    case int64 = 9
    case bool = 10
    case qint8 = 11
    case quint8 = 12
    case qint32 = 13
    case bfloat16 = 14
    case qint16 = 15
    case quint16 = 16
    case uint16 = 17
    case complex128 = 18
    case float16 = 19
    case resource = 20
    case variant = 21
    case uint32 = 22
    case uint64 = 23
    case float8E5M2 = 24
    case float8E4M3FN = 25
    case float8E4M3FNUZ = 26
    case float8E4M3B11FNUZ = 27
    case float8E5M2FNUZ = 28
    case int4 = 29
    case uint4 = 30
    case int2 = 31
    case uint2 = 32
    case float4E2M1FN = 33

    /// Bytes of one element in a checkpoint; nil where elements differ in size.
    ///
    /// Types of fewer than eight bits take a byte each.
    public var byteCount: Int? {
        switch self {
        case .string, .resource, .variant: nil
        case .complex128: 16
        case .float64, .int64, .uint64, .complex64: 8
        case .float32, .int32, .uint32, .qint32: 4
        case .float16, .bfloat16, .int16, .uint16, .qint16, .quint16: 2
        default: 1
        }
    }

    /// Bytes that change places together between little-endian and big-endian files.
    public var swapWidth: Int {
        switch self {
        case .complex64: 4
        case .complex128: 8
        default: byteCount ?? 1
        }
    }

    /// The name that TensorFlow and NumPy use.
    public var name: String {
        switch self {
        case .float8E5M2: "float8_e5m2"
        case .float8E4M3FN: "float8_e4m3fn"
        case .float8E4M3FNUZ: "float8_e4m3fnuz"
        case .float8E4M3B11FNUZ: "float8_e4m3b11fnuz"
        case .float8E5M2FNUZ: "float8_e5m2fnuz"
        case .float4E2M1FN: "float4_e2m1fn"
        default: Self.caseNames[self] ?? ""
        }
    }

    /// The cases' names, asked for once: a long list of tensors needs each many times.
    private static let caseNames = Dictionary(
        uniqueKeysWithValues: allCases.map { ($0, "\($0)") }
    )
}
