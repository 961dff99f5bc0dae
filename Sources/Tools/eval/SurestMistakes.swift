import Base
import Data
import Engine

/// The wrong answers that a network was surest of, with their pictures, for a page.
struct SurestMistakes {
    /// A picture that was taken for another class.
    struct Mistake {
        /// The picture.
        let picture: LabelledPicture
        /// Its class.
        let label: Int
        /// What it was taken for.
        let answer: Int
        /// The probability of that.
        let confidence: Double
    }

    /// How many a page shows.
    static let usualLimit = 24
    /// The largest picture that is kept, in bytes: a page holds all of them.
    private static let largestPicture = 1 << 21

    /// The surest first; of equally sure ones those that came first.
    var mistakes: [Mistake] = []
    let limit: Int

    /// None so far, of which at most so many are kept.
    init(limit: Int) {
        self.limit = limit
    }

    /// Looks at an answer.
    mutating func add(
        _ logits: ArraySlice<Float>,
        label: Int,
        answer: Int,
        _ picture: LabelledPicture
    ) {
        guard limit > 0, label != answer, logits.allSatisfy(\.isFinite) else { return }
        let confidence = Probabilities.softmax(Array(logits))[answer]
        if mistakes.count == limit, let last = mistakes.last, confidence <= last.confidence {
            return
        }
        let size = picture.bytes.withBytes { $0.byteCount }
        guard size <= Self.largestPicture else { return }
        let place =
            mistakes.firstIndex { $0.confidence < confidence } ?? mistakes.endIndex
        mistakes.insert(
            Mistake(picture: picture, label: label, answer: answer, confidence: confidence),
            at: place
        )
        if mistakes.count > limit { mistakes.removeLast() }
    }
}
