internal import CProto

/// Values inside a message: a constant of a graph, a summary, or a slice of a V1 checkpoint.
///
/// Field numbers as in TensorFlow's `TensorProto`. Which list holds the values depends on the type.
public struct TensorMessage: Equatable, Sendable {
    /// The number of the element type; ``DataType`` knows the valid ones.
    public var dataType: Int32 = 0
    /// The extents; nil where the message states none.
    public var shape: TensorShape?
    /// The elements' own bytes, little-endian.
    public var content: [UInt8] = []
    /// Values of float32.
    public var floats: [Float] = []
    /// Values of float64.
    public var doubles: [Double] = []
    /// Values of the integer types of up to 32 bits.
    public var integers: [Int32] = []
    /// Values of strings.
    public var strings: [[UInt8]] = []
    /// Values of complex64: real and imaginary parts in turn.
    public var complexFloats: [Float] = []
    /// Values of int64.
    public var longIntegers: [Int64] = []
    /// Values of bool.
    public var bools: [Bool] = []
    /// Values of complex128: real and imaginary parts in turn.
    public var complexDoubles: [Double] = []
    /// Values of float16 and bfloat16: their 16 bits as a number.
    public var halfs: [Int32] = []
    /// Values of uint32.
    public var unsignedIntegers: [UInt32] = []
    /// Values of uint64.
    public var longUnsignedIntegers: [UInt64] = []

    /// Which of the contents that ``LeftContents`` left in their file is this one's; nil where ``content`` is all there is.
    package var leftContent: Int?

    /// A message without values.
    public init() {}

    /// Takes a message apart.
    ///
    /// - Throws: ``ProtoError``.
    public init(_ bytes: RawSpan) throws(ProtoError) {
        self = try unsafe withMessage(
            bytes,
            tf__tensor__init,
            tf__tensor__unpack,
            tf__tensor__free_unpacked
        ) { message throws(ProtoError) in try unsafe TensorMessage(message.pointee) }
    }

    init(_ message: Tf__Tensor) throws(ProtoError) {
        dataType = unsafe message.dtype
        if let stated = unsafe message.tensor_shape {
            shape = try unsafe TensorShape(stated.pointee)
        }
        content = unsafe array(message.tensor_content)
        floats = unsafe array(message.float_val, message.n_float_val)
        doubles = unsafe array(message.double_val, message.n_double_val)
        integers = unsafe array(message.int_val, message.n_int_val)
        strings = unsafe arrays(message.string_val, message.n_string_val)
        complexFloats = unsafe array(message.scomplex_val, message.n_scomplex_val)
        longIntegers = unsafe array(message.int64_val, message.n_int64_val)
        bools = unsafe array(message.bool_val, message.n_bool_val).map { $0 != 0 }
        complexDoubles = unsafe array(message.dcomplex_val, message.n_dcomplex_val)
        halfs = unsafe array(message.half_val, message.n_half_val)
        unsignedIntegers = unsafe array(message.uint32_val, message.n_uint32_val)
        longUnsignedIntegers = unsafe array(message.uint64_val, message.n_uint64_val)
        leftContent =
            unsafe message.left_content == 0 ? nil : Int(clamping: message.left_content - 1)
    }
}

extension TensorMessage {
    /// The message with its type, shape, content, floats and strings, which is all that is ever written.
    package var serialized: [UInt8] {
        var writer = WireWriter()
        writer.varint(UInt64(bitPattern: Int64(dataType)), field: 1)
        if let shape { writer.bytes(shape.serialized, field: 2) }
        if !content.isEmpty { writer.bytes(content, field: 4) }
        if !floats.isEmpty { writer.packedFloats(floats, field: 5) }
        for string in strings { writer.bytes(string, field: 8) }
        return writer.output
    }
}
