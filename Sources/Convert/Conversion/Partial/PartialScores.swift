public import Engine

/// What an evaluation has counted so far, of whatever kind it is.
///
/// Sums are exact, so the figures of parts that are merged are those of one run.
public struct PartialScores: Equatable, Sendable {
    /// Pictures seen.
    public var count = 0
    /// Pictures whose logits are no numbers.
    public var unusable = 0
    /// Accuracy and what belongs to it.
    public var evaluation: Evaluation?
    /// Which classes were taken for which, where that is wanted.
    public var confusion: Confusion?
    /// Whether the answers are among the labels that others gave, where these are known.
    public var reassessed: ReassessedAccuracy?
    /// The loss against a teacher.
    public var distillation: DistillationLoss?
    /// Embeddings, which are ranked when all are there.
    public var retrieval: RetrievalRows?
    /// The answers under corruption.
    public var corruption: CorruptionError?
    /// The answers on clean pictures, where these are measured beside corrupted ones.
    public var clean: Accuracy?
    /// How steady the answers are under perturbation.
    public var stability: [Perturbation: Stability]?

    /// Nothing counted so far.
    public init() {}

    /// Counts what another has counted.
    ///
    /// - Precondition: both are of one kind, see ``contradiction(with:)``.
    public mutating func merge(_ other: PartialScores) {
        count += other.count
        unusable += other.unusable
        if let more = other.evaluation { evaluation?.merge(more) }
        if let more = other.confusion { confusion?.merge(more) }
        if let more = other.reassessed { reassessed?.merge(more) }
        if let more = other.distillation { distillation?.merge(more) }
        if let more = other.retrieval { retrieval?.merge(more) }
        if let more = other.corruption { corruption?.merge(more) }
        if let more = other.clean { clean?.merge(more) }
        if let more = other.stability {
            for (perturbation, stability) in more {
                self.stability?[perturbation, default: Stability()].merge(stability)
            }
        }
    }

    /// Why two cannot be merged, half a sentence; nil where they can.
    func contradiction(with other: PartialScores) -> String? {
        let kinds: [(String, Bool, Bool)] = [
            ("accuracy", evaluation != nil, other.evaluation != nil),
            ("the confusion of classes", confusion != nil, other.confusion != nil),
            ("other labels", reassessed != nil, other.reassessed != nil),
            ("a loss against a teacher", distillation != nil, other.distillation != nil),
            ("retrieval", retrieval != nil, other.retrieval != nil),
            ("corruptions", corruption != nil, other.corruption != nil),
            ("clean pictures", clean != nil, other.clean != nil),
            ("perturbations", stability != nil, other.stability != nil),
        ]
        if let (name, _, _) = kinds.first(where: { $0.1 != $0.2 }) {
            return "only one of them has \(name)"
        }
        if let one = retrieval, let two = other.retrieval, one.count > 0, two.count > 0,
            one.dimension != two.dimension
        {
            return "their embeddings have \(one.dimension) and \(two.dimension) values"
        }
        return nil
    }
}

extension PartialScores: Codable {
    private enum CodingKeys: CodingKey {
        case count, unusable, evaluation, confusion, reassessed, distillation, corruption, clean,
            stability
    }

    /// Reads everything but the embeddings, which lie behind the header of a file.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        count = try values.decode(Int.self, forKey: .count)
        unusable = try values.decode(Int.self, forKey: .unusable)
        evaluation = try values.decodeIfPresent(Evaluation.self, forKey: .evaluation)
        confusion = try values.decodeIfPresent(Confusion.self, forKey: .confusion)
        reassessed = try values.decodeIfPresent(ReassessedAccuracy.self, forKey: .reassessed)
        distillation = try values.decodeIfPresent(DistillationLoss.self, forKey: .distillation)
        corruption = try values.decodeIfPresent(CorruptionError.self, forKey: .corruption)
        clean = try values.decodeIfPresent(Accuracy.self, forKey: .clean)
        let named = try values.decodeIfPresent([String: Stability].self, forKey: .stability)
        stability = try named.map { named in
            var stability: [Perturbation: Stability] = [:]
            for (name, value) in named {
                guard let perturbation = Perturbation(rawValue: name) else {
                    throw DecodingError.dataCorruptedError(
                        forKey: .stability,
                        in: values,
                        debugDescription: "a perturbation '\(name)'"
                    )
                }
                stability[perturbation] = value
            }
            return stability
        }
        guard (0...1 << 40).contains(count), (0...count).contains(unusable) else {
            throw DecodingError.dataCorruptedError(
                forKey: .count,
                in: values,
                debugDescription: "\(unusable) of \(count) pictures"
            )
        }
    }

    /// Writes everything but the embeddings.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(count, forKey: .count)
        try values.encode(unusable, forKey: .unusable)
        try values.encodeIfPresent(evaluation, forKey: .evaluation)
        try values.encodeIfPresent(confusion, forKey: .confusion)
        try values.encodeIfPresent(reassessed, forKey: .reassessed)
        try values.encodeIfPresent(distillation, forKey: .distillation)
        try values.encodeIfPresent(corruption, forKey: .corruption)
        try values.encodeIfPresent(clean, forKey: .clean)
        let named = stability.map { all in
            Dictionary(uniqueKeysWithValues: all.map { ($0.key.rawValue, $0.value) })
        }
        try values.encodeIfPresent(named, forKey: .stability)
    }
}
