/// Where a label stands among a row of logits.
public enum Ranking {
    /// The class with the largest logit; the first of several.
    ///
    /// Values that are not numbers are passed over, as TensorFlow's `argmax` passes them over.
    ///
    /// - Precondition: there is a class.
    public static func best(_ logits: Span<Float>) -> Int {
        precondition(!logits.isEmpty, "no classes")
        var (best, most) = (0, -Float.greatestFiniteMagnitude)
        for index in logits.indices where logits[index] > most {
            (best, most) = (index, logits[index])
        }
        return best
    }

    /// Whether fewer than `count` logits are strictly greater than the label's.
    ///
    /// The rule of TensorFlow's `in_top_k`: false for a label that is no class, and where a logit is not finite.
    public static func isInTop(_ count: Int, label: Int, logits: Span<Float>) -> Bool {
        guard logits.indices.contains(label), logits[label].isFinite else { return false }
        let own = logits[label]
        var greater = 0
        for index in logits.indices {
            guard logits[index].isFinite else { return false }
            if logits[index] > own { greater += 1 }
        }
        return greater < count
    }
}
