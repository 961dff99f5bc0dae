/// A record of a data set: named features, each a list of byte strings, floats or integers.
///
/// Keeps the record's own bytes: a feature is taken apart when it is asked for, and what is not changed is written back
/// byte for byte, fields that nobody knows included. The rules are protobuf's: of a name that comes twice the last counts,
/// several feature maps are one, a feature that states its list in several pieces has them all.
public struct Example: Sendable {
    /// The values of one feature.
    public enum Feature: Equatable, Sendable {
        /// Strings of bytes.
        case bytes([[UInt8]])
        /// Numbers.
        case floats([Float])
        /// Whole numbers.
        case integers([Int64])
        /// A feature that states no kind.
        case none
    }

    private let record: [UInt8]
    /// Where each feature's message lies; an entry without one has an empty range.
    private let ranges: [Name: Range<Int>]
    private var replacements: [Name: Feature] = [:]
    private var removed: Set<Name> = []
    /// The names in the order of their last statement.
    public var names: [String] { order.map(\.text) }
    private var order: [Name]

    /// Takes a record apart.
    ///
    /// - Throws: ``ProtoError``; also for a name that is not UTF-8.
    public init(_ bytes: RawSpan) throws(ProtoError) {
        var stated: [Name] = []
        var places: [Name: Range<Int>] = [:]
        try ExampleScanner.forEachEntry(bytes) { name, range throws(ProtoError) in
            // Also what does not count must be well-formed.
            try ExampleScanner.check(bytes, range)
            places[Name(name)] = range
            stated.append(Name(name))
        }
        // Copied last: what is no record, and may be far larger than one, is not copied at all.
        record = unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }
        ranges = places
        var seen: Set<Name> = []
        order = stated.reversed().filter { seen.insert($0).inserted }.reversed()
    }

    /// A record without features.
    public init() {
        record = []
        ranges = [:]
        order = []
    }

    /// The values of a feature; nil if the record has none of this name.
    ///
    /// Setting a value leaves all other bytes of the record as they are.
    public subscript(name: String) -> Feature? {
        get {
            let name = Name(name)
            if let replacement = replacements[name] { return replacement }
            if removed.contains(name) { return nil }
            return ranges[name].flatMap {
                try? unsafe ExampleScanner.feature(record.span.bytes, $0)
            }
        }
        set {
            guard let newValue else { return remove(name) }
            let name = Name(name)
            if !order.contains(name) { order.append(name) }
            replacements[name] = newValue
        }
    }

    /// Takes a feature out, however often the record has it; all other bytes stay as they are.
    public mutating func remove(_ name: String) {
        let name = Name(name)
        replacements[name] = nil
        guard order.contains(name) else { return }
        order.removeAll { $0 == name }
        if ranges[name] != nil { removed.insert(name) }
    }

    /// The record, with every replaced or added feature behind what was there.
    ///
    /// Replaced features are taken out of their place; all else keeps its bytes and order.
    public var serialized: [UInt8] {
        guard !replacements.isEmpty || !removed.isEmpty else { return record }
        var writer = WireWriter()
        unsafe ExampleScanner.copy(
            record.span.bytes,
            leavingOut: removed.union(replacements.keys),
            to: &writer
        )
        guard !replacements.isEmpty else { return writer.output }
        let added = order.compactMap { name in replacements[name].map { (name.text, $0) } }
        writer.raw(unsafe Self.serialized(added).span.bytes)
        return writer.output
    }

    /// Features on their own.
    ///
    /// Behind a record that has none of these names they make one record with it: every reader merges them with the first.
    public static func serialized(_ features: [(name: String, feature: Feature)]) -> [UInt8] {
        var entries = WireWriter()
        for (name, feature) in features {
            var entry = WireWriter()
            entry.bytes(Array(name.utf8), field: 1)
            entry.bytes(feature.serialized, field: 2)
            entries.bytes(entry.output, field: 1)
        }
        var writer = WireWriter()
        writer.bytes(entries.output, field: 1)
        return writer.output
    }
}

extension Example.Feature {
    /// What the values are called.
    public var typeName: String {
        switch self {
        case .bytes: "bytes"
        case .floats: "float"
        case .integers: "int64"
        case .none: "empty"
        }
    }

    /// The feature's message.
    var serialized: [UInt8] {
        var list = WireWriter()
        var feature = WireWriter()
        switch self {
        case .bytes(let values):
            for value in values { list.bytes(value, field: 1) }
            feature.bytes(list.output, field: 1)
        case .floats(let values):
            if !values.isEmpty { list.packedFloats(values, field: 1) }
            feature.bytes(list.output, field: 2)
        case .integers(let values):
            if !values.isEmpty { list.packedVarints(values, field: 1) }
            feature.bytes(list.output, field: 3)
        case .none: break
        }
        return feature.output
    }
}
