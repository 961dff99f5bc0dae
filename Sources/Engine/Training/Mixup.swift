internal import Base
internal import CKernels

/// Training on mixtures of pictures.
///
/// - SeeAlso: <https://arxiv.org/abs/1710.09412>; `mixup` in clovaai/assembled-cnn, `utils/data_util.py`.
public enum Mixup: Int, Sendable, CaseIterable {
    /// Pictures as they are.
    case none = 0
    /// The first half of a batch is mixed with the second, and half as many remain.
    case halves = 1
    /// As ``halves``, then the first half is mixed again with the reversed second half; as many remain.
    case twice = 2

    /// Both parameters of the beta distribution of the weights.
    public static let betaShape = 0.2

    /// How many pictures are drawn for each batch that is trained on.
    public func drawnCount(for batch: Int) -> Int { self == .halves ? 2 * batch : batch }
}

/// The weights of the first half's pictures in mixtures.
public struct MixupWeights: Hashable, Sendable {
    /// For the first half of what remains (all of it for ``Mixup/halves``).
    public var first: [Float]
    /// For the second half of what remains; ``Mixup/twice`` only.
    public var second: [Float]

    /// Stated weights.
    public init(first: [Float], second: [Float] = []) {
        self.first = first
        self.second = second
    }

    /// Drawn weights for so many pictures.
    init(_ mixup: Mixup, drawn count: Int, using random: inout RandomNumbers) {
        first = (0..<(count / 2)).map { _ in Float(random.beta(Mixup.betaShape)) }
        second =
            mixup == .twice
            ? (0..<(count / 2)).map { _ in Float(random.beta(Mixup.betaShape)) } : []
    }
}

extension Mixup {
    /// For each mixture the items that it is made of, and the first one's weight.
    package func recipe(drawn count: Int, _ weights: MixupWeights) -> [(
        first: Int, second: Int, Float
    )] {
        let half = count / 2
        precondition(count % 2 == 0, "a batch of \(count) has no halves")
        precondition(weights.first.count == half, "\(weights.first.count) weights for \(half)")
        var recipe = (0..<half).map { ($0, half + $0, weights.first[$0]) }
        if self == .twice {
            precondition(weights.second.count == half, "\(weights.second.count) weights")
            recipe += (0..<half).map { ($0, count - 1 - $0, weights.second[$0]) }
        }
        return recipe
    }

    /// Mixes pictures of `count` values each.
    func mix(
        _ drawn: UnsafePointer<Float>,
        into target: UnsafeMutablePointer<Float>,
        count: Int,
        _ recipe: [(first: Int, second: Int, Float)]
    ) {
        parallel(recipe.count) { index in
            let (first, second, weight) = recipe[index]
            unsafe training_blend(
                drawn + first * count,
                drawn + second * count,
                weight,
                target + index * count,
                count
            )
        }
    }

    /// Mixes labels and the teacher's probabilities.
    ///
    /// The published code's second half of ``twice`` mixes the first half's labels, not its teacher's probabilities,
    /// into the teacher's target; so does this if `mixesLabelsIntoTeacher`.
    package func mix(
        _ targets: Targets,
        _ recipe: [(first: Int, second: Int, Float)],
        mixesLabelsIntoTeacher: Bool
    ) -> Targets {
        let classes = targets.classes
        let half = targets.labels.count / classes / 2
        func row(_ values: [Float], _ index: Int) -> ArraySlice<Float> {
            values[(index * classes)..<((index + 1) * classes)]
        }
        func blend(
            _ first: ArraySlice<Float>,
            _ second: ArraySlice<Float>,
            _ weight: Float
        ) -> [Float] {
            zip(first, second).map { weight * $0 + (1 - weight) * $1 }
        }
        var mixed = targets
        mixed.labels = recipe.flatMap {
            blend(row(targets.labels, $0.first), row(targets.labels, $0.second), $0.2)
        }
        if let teacher = targets.teacher {
            mixed.teacher = recipe.enumerated().flatMap { index, pair in
                let isSecondHalf = self == .twice && index >= half
                let first =
                    isSecondHalf && mixesLabelsIntoTeacher ? targets.labels : teacher
                return blend(row(first, pair.first), row(teacher, pair.second), pair.2)
            }
        }
        return mixed
    }
}
