/// How steady a network's answers are over the frames of videos: means over the videos of means over their frames.
public struct Stability: Equatable, Sendable {
    /// How many videos there were.
    public private(set) var videos = 0
    private var flips = ExactSum()
    private var topFive = ExactSum()
    private var zipf = ExactSum()

    private enum CodingKeys: CodingKey { case videos, flips, topFive, zipf }

    /// No videos so far.
    public init() {}

    /// The chance that the first class differs; nil before the first video.
    public var flipProbability: Double? { mean(flips) }
    /// How far the first five classes move, those that leave the five counting as sixth; nil before the first video.
    public var topFiveDistance: Double? { mean(topFive) }
    /// How far all classes move, by Zipf's weights; nil before the first video.
    public var zipfDistance: Double? { mean(zipf) }

    private func mean(_ sum: ExactSum) -> Double? {
        videos == 0 ? nil : sum.value / Double(videos)
    }

    /// Adds the videos that another has seen.
    public mutating func merge(_ other: Stability) {
        videos += other.videos
        flips.merge(other.flips)
        topFive.merge(other.topFive)
        zipf.merge(other.zipf)
    }

    /// Adds one video by the means over its comparisons.
    fileprivate mutating func add(flips: Double, topFive: Double, zipf: Double) {
        videos += 1
        self.flips.add(flips)
        self.topFive.add(topFive)
        self.zipf.add(zipf)
    }
}

extension Stability: Codable {
    /// Reads the sums.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        videos = try values.decode(Int.self, forKey: .videos)
        flips = try values.decode(ExactSum.self, forKey: .flips)
        topFive = try values.decode(ExactSum.self, forKey: .topFive)
        zipf = try values.decode(ExactSum.self, forKey: .zipf)
        try DecodingError.check(count: videos, decoder)
    }
}

/// One video's frames being compared as the ImageNet-P benchmark compares them.
///
/// Frames of noise are compared with the first one, all others with that `difficulty` frames before.
public struct FrameComparison: Sendable {
    private let isNoise: Bool
    private let difficulty: Int
    private var references: [FrameRanking] = []
    private var frames = 0
    private var comparisons = 0
    private var flips = 0
    private var topFive = 0
    private var zipf = 0.0

    /// A comparison that has seen no frame.
    ///
    /// The difficulty is 1, 2 or 3. That of noise lies in its pictures, and is no matter here.
    ///
    /// - Precondition: the difficulty is positive.
    public init(_ perturbation: Perturbation, difficulty: Int = 1) {
        precondition(difficulty > 0, "a difficulty of \(difficulty)")
        isNoise = perturbation.isNoise
        self.difficulty = isNoise ? 1 : difficulty
    }

    /// Takes the logits of the next frame, as many as all others have.
    public mutating func add(_ logits: Span<Float>) {
        let ranking = FrameRanking(logits)
        if frames >= difficulty {
            compare(references[isNoise ? 0 : frames % difficulty], ranking)
        }
        if references.count < difficulty {
            references.append(ranking)
        } else if !isNoise {
            references[frames % difficulty] = ranking
        }
        frames += 1
    }

    private mutating func compare(_ reference: FrameRanking, _ ranking: FrameRanking) {
        let classes = reference.order.count
        precondition(ranking.order.count == classes, "\(ranking.order.count) of \(classes) classes")
        comparisons += 1
        if reference.order[0] != ranking.order[0] { flips += 1 }
        for place in 0..<min(5, classes) {
            topFive += abs(place - min(ranking.places[reference.order[place]], 5))
        }
        for place in 0..<classes {
            let new = ranking.places[reference.order[place]]
            let weight = 1 / Double(place + 1)
            zipf += abs(weight - 1 / Double(new + 1)) * weight
        }
    }

    /// Adds the video to others.
    ///
    /// - Returns: False, and nothing is added, where there were too few frames to compare.
    public func finish(_ stability: inout Stability) -> Bool {
        guard comparisons > 0 else { return false }
        stability.add(
            flips: Double(flips) / Double(comparisons),
            topFive: Double(topFive) / Double(comparisons),
            zipf: zipf / Double(comparisons)
        )
        return true
    }
}

/// The classes of a frame by falling logits; of equal ones, the lower class comes first, and what is no number comes last.
private struct FrameRanking {
    /// The classes, best first.
    let order: [Int]
    /// The place of each class.
    let places: [Int]

    init(_ logits: Span<Float>) {
        precondition(!logits.isEmpty, "no classes")
        let values = logits.indices.map { logits[$0].isNaN ? -.infinity : logits[$0] }
        order = values.indices.sorted { (values[$0], $1) > (values[$1], $0) }
        var places = [Int](repeating: 0, count: order.count)
        for (place, index) in order.enumerated() { places[index] = place }
        self.places = places
    }
}
