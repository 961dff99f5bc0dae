internal import Proto

/// A teacher's logits as a record carries them, one for each class of the student.
///
///     image/logit               floats, n     every logit, as the published builders write them
///     image/logit_f16           bytes, one    every logit: n little-endian float16
///     image/logit_top/length    integers, one n
///     image/logit_top/class     integers, k   the classes of the k largest logits, the largest first
///     image/logit_top/value     floats, k     their logits
///     image/logit_top/value_f16 bytes, one    or these as k little-endian float16
///     image/logit_top/rest      floats, one   the logit that stands for each other class; none where k is n
///
/// Of several forms in one record the first in this order counts. `rest` is the logarithm of the mean of e^logit over the
/// classes that are left out, so the listed classes keep their probabilities at temperature 1.
public struct TeacherLogits {
    /// Every logit as float32.
    public static let full = ExampleKey.logits
    /// Every logit as float16.
    public static let half = "image/logit_f16"
    /// The number of classes.
    public static let topLength = "image/logit_top/length"
    /// The classes with the largest logits.
    public static let topClasses = "image/logit_top/class"
    /// The largest logits as float32.
    public static let topValues = "image/logit_top/value"
    /// The largest logits as float16.
    public static let topHalfValues = "image/logit_top/value_f16"
    /// The logit of all other classes.
    public static let topRest = "image/logit_top/rest"

    /// The names of all features that belong to one form or another.
    public static let names = [
        full, half, topLength, topClasses, topValues, topHalfValues, topRest,
    ]

    private var places: [String: Range<Int>] = [:]

    /// The features of a record that has not been looked at.
    package init() {}

    /// The logits of a record, in whichever form it has them.
    ///
    /// - Parameters:
    ///   - record: A serialized Example.
    ///   - classes: How many logits there must be.
    /// - Returns: a logit for each class.
    /// - Throws: ``DataError``.
    public static func read(
        _ record: RawSpan,
        classes: Int
    ) throws(DataError) -> [Float] {
        var logits = TeacherLogits()
        do {
            try ExampleScanner.forEachEntry(record) { logits.take($0, $1) }
        } catch {
            throw .proto(error)
        }
        return try logits.values(in: record, classes: classes)
    }

    /// Whether the record has any of the features.
    var isEmpty: Bool { places.isEmpty }

    /// How many logits a record has, in whichever form; nil if it has none that can be read.
    func count(in record: RawSpan) -> Int? {
        if let range = places[Self.full] {
            guard case .floats(let values)? = try? feature(record, range) else { return nil }
            return values.count
        }
        if let range = places[Self.half] {
            guard case .bytes(let texts)? = try? feature(record, range) else { return nil }
            return texts.first.map { $0.count / 2 }
        }
        let length = (try? integers(Self.topLength, in: record))?.first
        return length.flatMap { (1...(1 << 20)).contains($0) ? Int($0) : nil }
    }

    /// The classes that the short form lists; nil for the other forms.
    func listedClasses(in record: RawSpan) -> [Int]? {
        guard places[Self.full] == nil, places[Self.half] == nil,
            let classes = try? integers(Self.topClasses, in: record)
        else { return nil }
        return classes.compactMap { Int(exactly: $0) }
    }

    /// Whether the numbers that count are stored as float16.
    var isHalf: Bool {
        guard places[Self.full] == nil else { return false }
        return places[Self.half] != nil || places[Self.topValues] == nil
    }

    /// Notes where a feature lies, if it is one of these; of a name that comes twice the last counts.
    package mutating func take(_ name: String, _ range: Range<Int>) {
        if name.hasPrefix(Self.full), Self.names.contains(name) { places[name] = range }
    }

    /// The logits, out of the features that were noted.
    ///
    /// - Throws: ``DataError``.
    package func values(
        in record: RawSpan,
        classes: Int
    ) throws(DataError) -> [Float] {
        if let logits = try numbers(Self.full, Self.half, in: record, count: classes) {
            return logits
        }
        guard places[Self.topClasses] != nil else { throw .noLogits }
        let length = try integers(Self.topLength, in: record)
        guard length == [Int64(classes)] else {
            throw .wrongCount(
                feature: Self.topLength,
                expected: classes,
                found: length.first.map { Int(clamping: $0) } ?? 0
            )
        }
        let listed = try integers(Self.topClasses, in: record)
        guard
            let values = try numbers(
                Self.topValues,
                Self.topHalfValues,
                in: record,
                count: listed.count
            )
        else {
            throw .wrongCount(feature: Self.topValues, expected: listed.count, found: 0)
        }
        var rest: Float = 0
        if listed.count < classes {
            guard let stated = try numbers(Self.topRest, nil, in: record, count: 1)?.first else {
                throw .wrongCount(feature: Self.topRest, expected: 1, found: 0)
            }
            rest = stated
        }
        var logits = [Float](repeating: rest, count: classes)
        var isListed = [Bool](repeating: false, count: classes)
        for (number, value) in zip(listed, values) {
            guard let index = Int(exactly: number), logits.indices.contains(index) else {
                throw .wrongClass(feature: Self.topClasses, class: number, classes: classes)
            }
            guard !isListed[index] else {
                throw .doubledClass(feature: Self.topClasses, class: index)
            }
            isListed[index] = true
            logits[index] = value
        }
        return logits
    }

    /// Finite numbers of a feature of floats, or else of one of float16; nil if the record has neither.
    private func numbers(
        _ name: String,
        _ halfName: String?,
        in record: RawSpan,
        count: Int
    ) throws(DataError) -> [Float]? {
        let found: String
        let values: [Float]
        switch (places[name], halfName, halfName.flatMap { places[$0] }) {
        case (.some(let range), _, _):
            guard case .floats(let floats) = try feature(record, range) else {
                throw .wrongKind(feature: name, expected: "a list of floats")
            }
            (found, values) = (name, floats)
        case (nil, .some(let halfName), .some(let range)):
            guard case .bytes(let texts) = try feature(record, range), texts.count == 1 else {
                throw .wrongKind(feature: halfName, expected: "one string of float16")
            }
            guard texts[0].count == 2 * count else {
                throw .wrongCount(feature: halfName, expected: count, found: texts[0].count / 2)
            }
            (found, values) = (halfName, HalfPrecision.values(texts[0]))
        default: return nil
        }
        guard values.count == count else {
            throw .wrongCount(feature: found, expected: count, found: values.count)
        }
        if let index = values.firstIndex(where: { !$0.isFinite }) {
            throw .notFinite(feature: found, class: index)
        }
        return values
    }

    private func integers(
        _ name: String,
        in record: RawSpan
    ) throws(DataError) -> [Int64] {
        guard let range = places[name] else { return [] }
        guard case .integers(let values) = try feature(record, range) else {
            throw .wrongKind(feature: name, expected: "a list of integers")
        }
        return values
    }

    private func feature(
        _ record: RawSpan,
        _ range: Range<Int>
    ) throws(DataError) -> Example.Feature {
        do {
            return try ExampleScanner.feature(record, range)
        } catch {
            throw .proto(error)
        }
    }
}

/// Numbers as little-endian float16, one after the other.
enum HalfPrecision {
    static func values(_ bytes: [UInt8]) -> [Float] {
        (0..<(bytes.count / 2)).map { index in
            let word = UInt16(bytes[2 * index]) | UInt16(bytes[2 * index + 1]) << 8
            return Float(Float16(bitPattern: word))
        }
    }

    /// The nearest float16 of each number.
    static func bytes(_ values: some Sequence<Float>) -> [UInt8] {
        values.flatMap { value in
            let word = Float16(value).bitPattern
            return [UInt8(truncatingIfNeeded: word), UInt8(truncatingIfNeeded: word >> 8)]
        }
    }
}
