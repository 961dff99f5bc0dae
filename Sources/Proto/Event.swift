internal import CProto

/// A record of an event file.
public struct Event: Equatable, Sendable {
    /// What happened.
    public enum Content: Equatable, Sendable {
        /// The file begins; its format.
        case fileVersion(String)
        /// A graph, as bytes of a `GraphDef`.
        case graph([UInt8])
        /// A graph with its collections, as bytes of a `MetaGraphDef`.
        case metaGraph([UInt8])
        /// Values for TensorBoard.
        case summary(Summary)
        /// Something that is not known here.
        case none
    }

    /// Seconds since 1970.
    public var wallTime: Double
    /// The training step; may be negative.
    public var step: Int64
    /// What happened.
    public var content: Content

    /// An event.
    public init(wallTime: Double, step: Int64 = 0, content: Content) {
        self.wallTime = wallTime
        self.step = step
        self.content = content
    }

    /// Takes an event apart.
    ///
    /// - Throws: ``ProtoError``.
    public init(_ bytes: RawSpan) throws(ProtoError) {
        self = try unsafe withMessage(
            bytes,
            tf__event__init,
            tf__event__unpack,
            tf__event__free_unpacked
        ) { message throws(ProtoError) in try unsafe Event(message: message.pointee) }
    }

    private init(message: Tf__Event) throws(ProtoError) {
        wallTime = unsafe message.wall_time
        step = unsafe message.step
        switch unsafe message.what_case {
        case TF__EVENT__WHAT_FILE_VERSION: content = unsafe .fileVersion(text(message.file_version))
        case TF__EVENT__WHAT_GRAPH_DEF: content = unsafe .graph(array(message.graph_def))
        case TF__EVENT__WHAT_META_GRAPH_DEF:
            content = unsafe .metaGraph(array(message.meta_graph_def))
        case TF__EVENT__WHAT_SUMMARY:
            content = try unsafe .summary(Summary(message.summary.pointee))
        default: content = .none
        }
    }
}

extension Event {
    /// The event's bytes, fields in the order of their numbers.
    public var serialized: [UInt8] {
        var writer = WireWriter()
        writer.double(wallTime, field: 1)
        writer.varint(UInt64(bitPattern: step), field: 2)
        switch content {
        case .fileVersion(let version): writer.bytes(Array(version.utf8), field: 3)
        case .graph(let bytes): writer.bytes(bytes, field: 4)
        case .summary(let summary): writer.bytes(summary.serialized, field: 5)
        case .metaGraph(let bytes): writer.bytes(bytes, field: 9)
        case .none: break
        }
        return writer.output
    }
}

extension Summary {
    fileprivate var serialized: [UInt8] {
        var writer = WireWriter()
        for value in values { writer.bytes(value.serialized, field: 1) }
        return writer.output
    }
}

extension Summary.Value {
    fileprivate var serialized: [UInt8] {
        var writer = WireWriter()
        writer.bytes(Array(tag.utf8), field: 1)
        switch content {
        // Members of a oneof are written even if they are zero.
        case .scalar(let value): writer.float(value, field: 2)
        case .image(let image): writer.bytes(image.serialized, field: 4)
        case .histogram(let histogram): writer.bytes(histogram.serialized, field: 5)
        case .tensor(let tensor): writer.bytes(tensor.serialized, field: 8)
        case .none: break
        }
        if !plugin.isEmpty {
            var data = WireWriter()
            data.bytes(Array(plugin.utf8), field: 1)
            var metadata = WireWriter()
            metadata.bytes(data.output, field: 1)
            writer.bytes(metadata.output, field: 9)
        }
        return writer.output
    }
}

extension Summary.Image {
    fileprivate var serialized: [UInt8] {
        var writer = WireWriter()
        writer.varint(UInt64(bitPattern: Int64(height)), field: 1)
        writer.varint(UInt64(bitPattern: Int64(width)), field: 2)
        writer.varint(UInt64(bitPattern: Int64(channels)), field: 3)
        writer.bytes(encoded, field: 4)
        return writer.output
    }
}

extension Summary.Histogram {
    fileprivate var serialized: [UInt8] {
        var writer = WireWriter()
        for (index, value) in [minimum, maximum, count, sum, squareSum].enumerated() {
            writer.double(value, field: UInt64(index + 1))
        }
        writer.packedDoubles(limits, field: 6)
        writer.packedDoubles(buckets, field: 7)
        return writer.output
    }
}
