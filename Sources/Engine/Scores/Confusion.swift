/// How often pictures of one class were taken for another, pair by pair.
///
/// Only pairs that occurred are kept, so a thousand classes cost no million of counts.
public struct Confusion: Equatable, Sendable {
    /// A class, and what it was taken for.
    public struct Pair: Hashable, Comparable, Sendable {
        /// The class of the picture.
        public let label: Int
        /// The class with the largest logit.
        public let answer: Int

        /// By label, then by answer.
        public static func < (left: Pair, right: Pair) -> Bool {
            (left.label, left.answer) < (right.label, right.answer)
        }
    }

    /// How well one class is known.
    public struct ClassCounts: Equatable, Sendable {
        /// The class.
        public let label: Int
        /// Pictures of it.
        public fileprivate(set) var pictures = 0
        /// Pictures, of whatever class, that were taken for it.
        public fileprivate(set) var answers = 0
        /// Pictures of it that were taken for it.
        public fileprivate(set) var correct = 0

        /// Of the pictures taken for it, the share that is of it; 0 where none were.
        public var precision: Double { answers == 0 ? 0 : Double(correct) / Double(answers) }
        /// Of its pictures, the share that was taken for it; 0 where there are none.
        public var recall: Double { pictures == 0 ? 0 : Double(correct) / Double(pictures) }
        /// The harmonic mean of the two; 0 where both are.
        public var f1: Double {
            pictures + answers == 0 ? 0 : 2 * Double(correct) / Double(pictures + answers)
        }
    }

    /// How classes become one figure.
    public enum Averaging: String, CaseIterable, Sendable {
        /// The mean over the classes that occur among labels or answers.
        case macro
        /// Over all pictures alike; precision, recall and F1 are then the accuracy.
        case micro
    }

    /// Precision, recall and F1 of all classes together.
    public struct Averages: Equatable, Sendable {
        /// See ``ClassCounts/precision``.
        public let precision: Double
        /// See ``ClassCounts/recall``.
        public let recall: Double
        /// See ``ClassCounts/f1``.
        public let f1: Double
    }

    private var counts: [Pair: Int] = [:]

    /// Nothing counted so far.
    public init() {}

    /// Counts a picture.
    public mutating func add(label: Int, answer: Int) {
        counts[Pair(label: label, answer: answer), default: 0] += 1
    }

    /// Counts the pictures that another has counted.
    public mutating func merge(_ other: Confusion) {
        counts.merge(other.counts, uniquingKeysWith: +)
    }

    /// The classes that occur among labels or answers, by number.
    public var classes: [ClassCounts] {
        var found: [Int: ClassCounts] = [:]
        for (pair, count) in counts {
            found[pair.label, default: ClassCounts(label: pair.label)].pictures += count
            found[pair.answer, default: ClassCounts(label: pair.answer)].answers += count
            if pair.label == pair.answer { found[pair.label]?.correct += count }
        }
        return found.values.sorted { $0.label < $1.label }
    }

    /// The pairs of two classes, the most frequent first.
    public var mistakes: [(pair: Pair, count: Int)] {
        counts.filter { $0.key.label != $0.key.answer }
            .sorted { ($1.value, $0.key) < ($0.value, $1.key) }
            .map { (pair: $0.key, count: $0.value) }
    }

    /// Precision, recall and F1, as scikit-learn averages them: a class without what is divided by counts as 0.
    ///
    /// Not numbers before the first picture.
    public func averages(_ averaging: Averaging) -> Averages {
        let classes = classes
        switch averaging {
        case .macro:
            func mean(_ value: (ClassCounts) -> Double) -> Double {
                classes.reduce(0) { $0 + value($1) } / Double(classes.count)
            }
            return Averages(
                precision: mean(\.precision),
                recall: mean(\.recall),
                f1: mean(\.f1)
            )
        case .micro:
            let correct = classes.reduce(0) { $0 + $1.correct }
            let share = Double(correct) / Double(classes.reduce(0) { $0 + $1.pictures })
            return Averages(precision: share, recall: share, f1: share)
        }
    }
}

extension Confusion: Codable {
    private enum CodingKeys: CodingKey { case labels, answers, counts }

    /// Reads three lists of one length.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        let labels = try values.decode([Int].self, forKey: .labels)
        let answers = try values.decode([Int].self, forKey: .answers)
        let counts = try values.decode([Int].self, forKey: .counts)
        guard labels.count == answers.count, labels.count == counts.count else {
            throw DecodingError.unusable("lists of different lengths of confused classes", decoder)
        }
        for index in labels.indices {
            try DecodingError.check(count: counts[index], decoder)
            let pair = Pair(label: labels[index], answer: answers[index])
            guard self.counts.updateValue(counts[index], forKey: pair) == nil else {
                throw DecodingError.unusable("a pair of confused classes twice", decoder)
            }
        }
    }

    /// Writes three lists of one length, in order.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        let pairs = counts.sorted { $0.key < $1.key }
        try values.encode(pairs.map(\.key.label), forKey: .labels)
        try values.encode(pairs.map(\.key.answer), forKey: .answers)
        try values.encode(pairs.map(\.value), forKey: .counts)
    }
}
