internal import CProto

/// A part of a tensor: a start and a length on each axis, as a file states them.
public struct TensorSlice: Hashable, Sendable {
    /// The part of one axis.
    public struct Extent: Hashable, Sendable {
        /// The first index.
        public var start: Int64
        /// The number of indices; nil means all.
        public var length: Int64?

        /// A part of an axis.
        public init(start: Int64, length: Int64?) {
            self.start = start
            self.length = length
        }
    }

    /// The part of each axis.
    public var extents: [Extent]

    /// A slice of these parts.
    public init(_ extents: [Extent]) {
        self.extents = extents
    }

    init(_ message: Tf__TensorSlice) throws(ProtoError) {
        extents = try unsafe array(message.extent, message.n_extent) { extent in
            let isPart =
                unsafe extent.has_length_case == TF__TENSOR_SLICE__EXTENT__HAS_LENGTH_LENGTH
            return Extent(start: unsafe extent.start, length: isPart ? unsafe extent.length : nil)
        }
    }
}

extension TensorSlice: CustomStringConvertible {
    /// As TensorFlow writes it: `0,2:-` for rows 0 and 1 and all columns.
    public var description: String {
        extents.map { extent in
            extent.length.map { "\(extent.start),\($0)" } ?? "-"
        }.joined(separator: ":")
    }
}

extension TensorSlice {
    /// The slice's message.
    package var serialized: [UInt8] {
        var writer = WireWriter()
        for extent in extents {
            var part = WireWriter()
            part.varint(UInt64(bitPattern: extent.start), field: 1)
            // A length that is stated is written even if it is zero.
            if let length = extent.length { part.member(UInt64(bitPattern: length), field: 2) }
            writer.bytes(part.output, field: 1)
        }
        return writer.output
    }
}
