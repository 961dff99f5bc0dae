internal import Checkpoint
internal import Proto

/// What matters of a labelled picture's Example, and where it lies.
///
/// A feature that must hold one value is refused where it holds several: TensorFlow refuses it too, and the first of them
/// means nothing.
struct PictureExample {
    /// The place of the picture file's bytes.
    let encoded: Range<Int>
    /// The class; nil where the record has none.
    let label: Int?
    /// The name under which the record has its class, or should have it.
    let labelKey: String
    /// What the picture's own file was called.
    let name: ByteName?
    /// Where a teacher's logits lie, if the record has any.
    let teacher: TeacherLogits
    /// The names of all features.
    private let names: [String]

    /// Looks for the parts in a serialized Example.
    init(_ bytes: RawSpan, _ keys: ExampleKeys = ExampleKeys()) throws(DataError) {
        var places: [Name: Range<Int>] = [:]
        var names: [String] = []
        var teacher = TeacherLogits()
        let wanted = [
            keys.picture, keys.label, ExampleKeys.published.picture, ExampleKeys.published.label,
            ExampleKeys.published.name, ExampleKeys.dataSets.picture, ExampleKeys.dataSets.label,
            ExampleKeys.dataSets.name,
        ].compactMap { $0.map { Name($0) } }
        do throws(ProtoError) {
            try ExampleScanner.forEachEntry(bytes) { key, range in
                names.append(key)
                if wanted.contains(Name(key)) { places[Name(key)] = range }
                teacher.take(key, range)
            }
        } catch {
            throw .proto(error)
        }
        let isDataSets =
            keys.picture == nil && places[Name(ExampleKeys.published.picture)] == nil
            && places[Name(ExampleKeys.dataSets.picture)] != nil
        let usual = isDataSets ? ExampleKeys.dataSets : ExampleKeys.published
        let pictureKey = keys.picture ?? usual.picture
        let labelKey = keys.label ?? usual.label
        self.labelKey = labelKey
        self.names = names
        self.teacher = teacher
        guard let picture = places[Name(pictureKey)] else {
            throw .missingFeature(pictureKey, found: names)
        }
        encoded = try Self.string(bytes, picture, pictureKey)
        label = try places[Name(labelKey)].map { range throws(DataError) in
            try Self.integer(bytes, range, labelKey)
        }
        name = try places[Name(usual.name)].flatMap { range throws(DataError) in
            try Self.name(bytes, range, usual.name)
        }
    }

    /// The class.
    ///
    /// - Throws: ``DataError/missing(key:found:)``.
    func requiredLabel() throws(DataError) -> Int {
        guard let label else { throw .missingFeature(labelKey, found: names) }
        return label
    }

    private static func string(
        _ bytes: RawSpan,
        _ range: Range<Int>,
        _ key: String
    ) throws(DataError) -> Range<Int> {
        let expected = "one string"
        let ranges: [Range<Int>]
        do throws(ProtoError) {
            ranges = try ExampleScanner.bytesRanges(bytes, range)
        } catch {
            throw .proto(error)
        }
        guard ranges.isEmpty else {
            guard ranges.count == 1 else {
                throw .notOne(feature: key, expected: expected, found: ranges.count)
            }
            return ranges[0]
        }
        let feature = try feature(bytes, range)
        if case .bytes = feature { throw .notOne(feature: key, expected: expected, found: 0) }
        throw .otherKind(feature: key, expected: expected, found: feature.typeName)
    }

    private static func integer(
        _ bytes: RawSpan,
        _ range: Range<Int>,
        _ key: String
    ) throws(DataError) -> Int {
        let feature = try feature(bytes, range)
        guard case .integers(let values) = feature else {
            throw .otherKind(feature: key, expected: "one integer", found: feature.typeName)
        }
        guard values.count == 1 else {
            throw .notOne(feature: key, expected: "one integer", found: values.count)
        }
        guard let label = Int(exactly: values[0]), label.magnitude < 1 << 40 else {
            throw .noClass(feature: key, label: values[0])
        }
        return label
    }

    /// A file's name; nil where the feature holds no string, as it then is no name.
    private static func name(
        _ bytes: RawSpan,
        _ range: Range<Int>,
        _ key: String
    ) throws(DataError) -> ByteName? {
        guard case .bytes(let values) = try feature(bytes, range) else { return nil }
        guard values.count < 2 else {
            throw .notOne(feature: key, expected: "one string", found: values.count)
        }
        return values.first.map { ByteName($0) }
    }

    private static func feature(
        _ bytes: RawSpan,
        _ range: Range<Int>
    ) throws(DataError) -> Example.Feature {
        do throws(ProtoError) {
            return try ExampleScanner.feature(bytes, range)
        } catch {
            throw .proto(error)
        }
    }
}
