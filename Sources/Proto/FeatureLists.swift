/// The lists of a SequenceExample: features that come step by step, beside the context that an ``Example`` shows.
///
///     SequenceExample   1 context   2 FeatureLists
///     FeatureLists      1 entry*    entry: 1 name   2 FeatureList
///     FeatureList       1 feature*
public struct FeatureLists: Equatable, Sendable {
    /// The names and the features of each, in the order of the message.
    public private(set) var lists: [(name: String, features: [Example.Feature])] = []

    /// Whether the same features have the same names.
    public static func == (left: FeatureLists, right: FeatureLists) -> Bool {
        left.lists.count == right.lists.count
            && zip(left.lists, right.lists).allSatisfy {
                Name($0.name) == Name($1.name) && $0.features == $1.features
            }
    }

    /// Reads the lists of a message; none where it is an Example.
    ///
    /// - Throws: ``ProtoError``.
    public init(_ bytes: RawSpan) throws(ProtoError) {
        let message = "SequenceExample"
        try bytes.forEachWireField(in: 0..<bytes.byteCount, of: message) {
            field throws(ProtoError) in
            guard field.number == 2, field.type == .lengthDelimited else { return }
            try bytes.forEachWireField(in: field.content, of: message) { entry throws(ProtoError) in
                guard entry.number == 1, entry.type == .lengthDelimited else { return }
                try add(bytes, entry.content)
            }
        }
    }

    private mutating func add(_ bytes: RawSpan, _ range: Range<Int>) throws(ProtoError) {
        var name = ""
        var features: [Example.Feature] = []
        try bytes.forEachWireField(in: range, of: "FeatureLists") { field throws(ProtoError) in
            guard field.type == .lengthDelimited else { return }
            if field.number == 1 {
                name = unsafe bytes.extracting(field.content).withUnsafeBytes {
                    unsafe String(decoding: $0, as: UTF8.self)
                }
            }
            guard field.number == 2 else { return }
            try bytes.forEachWireField(in: field.content, of: "FeatureList") {
                inner throws(ProtoError) in
                guard inner.number == 1, inner.type == .lengthDelimited else { return }
                features.append(try Self.feature(bytes.extracting(inner.content)))
            }
        }
        lists.append((name, features))
    }

    /// One feature, read as the only one of an Example.
    private static func feature(_ bytes: RawSpan) throws(ProtoError) -> Example.Feature {
        var entry = WireWriter()
        entry.bytes(Array("f".utf8), field: 1)
        entry.bytes(unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }, field: 2)
        var features = WireWriter()
        features.bytes(entry.output, field: 1)
        var example = WireWriter()
        example.bytes(features.output, field: 1)
        return try Example(unsafe example.output.span.bytes)["f"] ?? .none
    }
}
