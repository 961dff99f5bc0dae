#if canImport(Glibc)
    internal import Glibc
#endif

/// What is minimised.
public struct LossSettings: Hashable, Sendable {
    /// How logits are compared with labels.
    public enum Classification: String, Hashable, Sendable, CaseIterable {
        /// The mean over the batch of the cross entropy of the softmax.
        case softmax
        /// The sum of all cross entropies of the sigmoids, over the sum of the labels.
        case sigmoid
    }

    /// How logits are compared with labels.
    public var classification = Classification.softmax
    /// The share of each label that is spread over all classes; softmax only.
    public var labelSmoothing: Double = 0
    /// What logits and the teacher's are divided by; 0 for no teacher.
    public var distillationTemperature: Double = 0
    /// The factor of half the sum of the squares of all kernels and biases.
    public var weightDecay: Double = 0

    /// Plain softmax cross entropy.
    public init() {}
}

/// The terms of a loss.
public struct LossTerms: Hashable, Sendable {
    /// Against the labels.
    public var crossEntropy: Double = 0
    /// Against the teacher.
    public var distillation: Double = 0
    /// The penalty on large weights.
    public var weightDecay: Double = 0

    /// Nothing.
    public init() {}

    /// What is minimised.
    public var total: Double { crossEntropy + distillation + weightDecay }
}

/// What a batch's logits should have been.
package struct Targets {
    package let classes: Int
    /// A distribution for each picture, `[batch, class]`.
    package var labels: [Float]
    /// The teacher's probabilities, `[batch, class]`, if there is a teacher.
    package var teacher: [Float]?

    /// `labels` are the classes of the pictures; `teacherLogits`, `[batch, class]`, are wanted where the temperature is
    /// not 0.
    package init(labels: [Int], teacherLogits: [Float]?, classes: Int, settings: LossSettings) {
        self.classes = classes
        self.labels = [Float](repeating: 0, count: labels.count * classes)
        for (row, label) in labels.enumerated() {
            precondition(0..<classes ~= label, "label \(label) of \(classes) classes")
            self.labels[row * classes + label] = 1
        }
        guard settings.distillationTemperature > 0 else { return }
        guard let teacherLogits else { preconditionFailure("distillation without a teacher") }
        precondition(teacherLogits.count == self.labels.count, "a logit for each class")
        teacher = teacherLogits
        for row in labels.indices {
            let range = (row * classes)..<((row + 1) * classes)
            let softened = teacherLogits[range].map {
                Double($0) / settings.distillationTemperature
            }
            let logSum = logSumOfExponentials(softened)
            for (index, value) in zip(range, softened) {
                teacher?[index] = Float(exp(value - logSum))
            }
        }
    }
}

/// ln Σ exp(x), around the largest.
private func logSumOfExponentials(_ values: [Double]) -> Double {
    let most = values.max() ?? 0
    return most + log(values.reduce(0) { $0 + exp($1 - most) })
}

extension LossSettings {
    /// The terms that depend on logits, and the gradient with respect to these, times `scale`.
    ///
    /// Rows of `[batch, class]`; computed in float64.
    package func evaluate(
        _ logits: UnsafeBufferPointer<Float>,
        _ targets: Targets,
        scale: Double,
        gradient: UnsafeMutableBufferPointer<Float>
    ) -> LossTerms {
        var terms = LossTerms()
        let classes = targets.classes
        let batch = logits.count / classes
        let labelSum = targets.labels.reduce(0) { $0 + Double($1) }
        for row in 0..<batch {
            let start = row * classes
            let values = (0..<classes).map { unsafe Double(logits[start + $0]) }
            var slopes = [Double](repeating: 0, count: classes)
            let labels = targets.labels[start..<(start + classes)].map(Double.init)
            switch classification {
            case .softmax:
                let smoothed = labels.map {
                    $0 * (1 - labelSmoothing) + labelSmoothing / Double(classes)
                }
                terms.crossEntropy += Self.crossEntropy(
                    values,
                    smoothed,
                    factor: 1 / Double(batch),
                    slopes: &slopes
                )
            case .sigmoid:
                for (index, (value, label)) in zip(values, labels).enumerated() {
                    let loss = max(value, 0) - value * label + log1p(exp(-abs(value)))
                    terms.crossEntropy += loss / labelSum
                    slopes[index] += (1 / (1 + exp(-value)) - label) / labelSum
                }
            }
            if let teacher = targets.teacher {
                let temperature = distillationTemperature
                var soft = [Double](repeating: 0, count: classes)
                terms.distillation += Self.crossEntropy(
                    values.map { $0 / temperature },
                    teacher[start..<(start + classes)].map(Double.init),
                    factor: temperature * temperature / Double(batch),
                    slopes: &soft
                )
                for index in 0..<classes { slopes[index] += soft[index] / temperature }
            }
            for index in 0..<classes {
                unsafe gradient[start + index] = Float(slopes[index] * scale)
            }
        }
        return terms
    }

    /// -factor * Σ target * ln softmax(value), whose gradient is added to `slopes`.
    private static func crossEntropy(
        _ values: [Double],
        _ targets: [Double],
        factor: Double,
        slopes: inout [Double]
    ) -> Double {
        let logSum = logSumOfExponentials(values)
        let sum = targets.reduce(0, +)
        var loss = 0.0
        for index in values.indices {
            loss += targets[index] * (logSum - values[index])
            slopes[index] += factor * (sum * exp(values[index] - logSum) - targets[index])
        }
        return factor * loss
    }
}
