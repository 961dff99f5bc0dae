internal import Glibc

/// What logits mean.
public enum Probabilities {
    /// The softmax of a row of logits, in float64.
    public static func softmax(_ logits: [Float]) -> [Double] {
        let most = Double(logits.max() ?? 0)
        let powers = logits.map { exp(Double($0) - most) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }
}
