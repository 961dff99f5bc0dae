internal import CProto

/// The extent of each dimension of a tensor, as a file states it.
public struct TensorShape: Equatable, Sendable {
    /// The extents; a file may state negative ones.
    public var dimensions: [Int64]
    /// Whether the file says that not even the number of dimensions is known.
    public var isRankUnknown: Bool

    /// A shape of known rank.
    public init(_ dimensions: [Int64], isRankUnknown: Bool = false) {
        self.dimensions = dimensions
        self.isRankUnknown = isRankUnknown
    }

    /// Takes a message apart.
    ///
    /// - Throws: ``ProtoError``.
    package init(_ bytes: RawSpan) throws(ProtoError) {
        self = try unsafe withMessage(
            bytes,
            tf__tensor_shape__init,
            tf__tensor_shape__unpack,
            tf__tensor_shape__free_unpacked
        ) { message throws(ProtoError) in try unsafe TensorShape(message.pointee) }
    }

    init(_ message: Tf__TensorShape) throws(ProtoError) {
        dimensions = try unsafe array(message.dim, message.n_dim) { unsafe $0.size }
        isRankUnknown = unsafe message.unknown_rank != 0
    }
}

extension TensorShape {
    /// The shape's message.
    package var serialized: [UInt8] {
        var writer = WireWriter()
        for dimension in dimensions {
            var extent = WireWriter()
            extent.varint(UInt64(bitPattern: dimension), field: 1)
            writer.bytes(extent.output, field: 2)
        }
        writer.varint(isRankUnknown ? 1 : 0, field: 3)
        return writer.output
    }
}
