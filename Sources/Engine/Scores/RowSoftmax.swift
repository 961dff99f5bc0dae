import Glibc

/// The softmax of a row of logits, as far as scores need it.
///
/// Computed in float64 around the largest logit, so that nothing overflows.
struct RowSoftmax {
    /// The largest probability.
    let confidence: Float
    /// ln Σ exp(logit).
    let logSum: Double

    /// - Precondition: there is a class.
    init(_ logits: Span<Float>) {
        precondition(!logits.isEmpty, "no classes")
        var most = -Float.infinity
        for index in logits.indices { most = max(most, logits[index]) }
        var sum = 0.0
        for index in logits.indices { sum += exp(Double(logits[index]) - Double(most)) }
        confidence = Float(1 / sum)
        logSum = Double(most) + log(sum)
    }
}
