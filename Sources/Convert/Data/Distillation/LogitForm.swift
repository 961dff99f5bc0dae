internal import Glibc
public import Proto

/// The form in which a teacher's logits are put into records; ``TeacherLogits`` shows the features.
public struct LogitForm: Equatable, Sendable {
    /// How a logit is stored.
    public enum Precision: String, CaseIterable, Sendable {
        /// As it is.
        case float32
        /// Rounded to the nearest float16.
        case float16
    }

    /// How a logit is stored.
    public var precision: Precision
    /// How many of the largest logits are stored; nil for all.
    public var top: Int?
    /// Whether every logit is stored as float32 besides.
    public var alsoFull: Bool

    /// Every logit as float32, unless told otherwise.
    public init(precision: Precision = .float32, top: Int? = nil, alsoFull: Bool = false) {
        self.precision = precision
        self.top = top
        self.alsoFull = alsoFull
    }

    /// Puts logits into a record, in place of all that it has.
    ///
    /// - Throws: ``DataError/notFinite(feature:class:)``, ``DataError/beyondHalf(class:value:)``.
    public func store(
        _ logits: [Float],
        in example: inout Example
    ) throws(DataError) {
        let features = try features(logits)
        for name in TeacherLogits.names { example.remove(name) }
        for (name, feature) in features { example[name] = feature }
    }

    /// The features that carry logits.
    ///
    /// - Throws: ``DataError/notFinite(feature:class:)``, ``DataError/beyondHalf(class:value:)``.
    func features(
        _ logits: [Float]
    ) throws(DataError) -> [(name: String, feature: Example.Feature)] {
        if let index = logits.firstIndex(where: { !$0.isFinite }) {
            throw .notFinite(feature: TeacherLogits.full, class: index)
        }
        var features: [(name: String, feature: Example.Feature)] = []
        let top = min(top ?? .max, logits.count)
        if alsoFull || (precision == .float32 && top == logits.count) {
            features.append((TeacherLogits.full, .floats(logits)))
        }
        if top < logits.count {
            // Of equal logits the smaller class comes first.
            let order = logits.indices.sorted { (logits[$1], $0) < (logits[$0], $1) }
            let listed = order.prefix(top)
            let rest = Self.rest(order[top...].map { logits[$0] })
            features += [
                (TeacherLogits.topLength, .integers([Int64(logits.count)])),
                (TeacherLogits.topClasses, .integers(listed.map { Int64($0) })),
                precision == .float16
                    ? (TeacherLogits.topHalfValues, .bytes([try half(logits, of: listed)]))
                    : (TeacherLogits.topValues, .floats(listed.map { logits[$0] })),
                (TeacherLogits.topRest, .floats([rest])),
            ]
        } else if precision == .float16 {
            features.append((TeacherLogits.half, .bytes([try half(logits, of: logits.indices)])))
        }
        return features
    }

    private func half(
        _ logits: [Float],
        of classes: some Sequence<Int>
    ) throws(DataError) -> [UInt8] {
        for number in classes where !Float16(logits[number]).isFinite {
            throw .beyondHalf(class: number, value: logits[number])
        }
        return HalfPrecision.bytes(classes.map { logits[$0] })
    }

    /// ln of the mean of e^x.
    static func rest(_ values: [Float]) -> Float {
        let most = Double(values.max() ?? 0)
        let mean = values.reduce(0) { $0 + exp(Double($1) - most) } / Double(values.count)
        return Float(most + log(mean))
    }
}
