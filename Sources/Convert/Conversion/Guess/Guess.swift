internal import Checkpoint
public import Data
public import Engine
internal import Foundation
public import Networks
internal import Pictures

/// Finds what a checkpoint cannot tell, by trying it on labelled pictures.
///
/// A walk from a few candidates that are far from each other over those that differ in one thing: all are tried on few
/// pictures, the better ones on twice as many, and so on, until a few have seen all.
public struct Guess {
    /// What may be tried for free with each candidate: offsets of labels, the usual one first.
    private let offsets: [Int]
    private let network: Network
    /// The network as one of the family; nil for a graph, of which only the preparation of pictures is open.
    private let family: FamilyModel?
    private let set: WeightSet
    private let options: ExecutionOptions
    private let pictures: [LabelledPicture]
    private let space: GuessSpace
    /// Candidates that the weights cannot be those of, such as a side that flattened pixels do not fit.
    private var impossible: Set<GuessCandidate> = []
    private var trials: [GuessCandidate: GuessTrial] = [:]
    /// Those that ran last, the last at the end.
    private var recent: [Running] = []

    /// A candidate that is ready to run.
    private struct Running {
        let candidate: GuessCandidate
        let executor: Executor
        let preparer: PicturePreparer
    }

    /// How many are kept ready: so many that their weights take no more than a gigabyte, but a few.
    private let recentCount: Int

    /// How many pictures everything is tried on first.
    private static let firstCount = 8

    /// A guess about a network.
    ///
    /// - Parameters:
    ///   - network: What it is taken for; only what is assumed of it is tried otherwise.
    ///   - pictures: Labelled ones; they are put into another order, always the same.
    ///   - offsets: What may have to be added to their labels, the usual first.
    ///   - set: Which weights are meant.
    ///   - options: How they are computed with.
    public init(
        _ network: Network,
        _ pictures: [LabelledPicture],
        offsets: [Int],
        _ set: WeightSet,
        _ options: ExecutionOptions
    ) {
        var random = RandomNumbers(seed: 1)
        self.network = network
        family = try? network.family()
        self.pictures = pictures.filter { $0.label != nil }.shuffled(using: &random)
        self.offsets = offsets
        self.set = set
        self.options = options
        space = GuessSpace(network)
        let bytes =
            family?.weights.tensors.tensors.reduce(1.0) { $0 + Double($1.byteCount) } ?? 1
        recentCount = Int(min(32, max(3, Double(1 << 30) / bytes)))
    }

    /// Whether there is anything to find out.
    public var isNeeded: Bool { !space.open.isEmpty || offsets.count > 1 }

    /// How many candidates were tried.
    public var triedCount: Int { trials.count }

    /// Tries candidates.
    ///
    /// - Parameter goesOn: Is told how many were tried, and on how many pictures the best was; false ends the search.
    /// - Returns: the best and, behind it, those that were compared with it on all pictures or compute the same; and those that
    ///   fell behind on fewer pictures, the nearest first.
    /// - Throws: `NetworkError`, `EngineError`.
    public mutating func search(
        _ goesOn: (_ tried: Int, _ pictures: Int) -> Bool
    ) throws -> (compared: [GuessTrial], fallenBehind: [GuessTrial]) {
        var count = min(Self.firstCount, pictures.count)
        for candidate in space.start { try extend(candidate, to: count) }
        var pool: [GuessTrial] = []
        while goesOn(trials.count, count) {
            // Around the best few everything is tried, until nothing near them is new.
            while let new = news(around: pool.isEmpty ? 2 : 1, count), goesOn(trials.count, count) {
                for candidate in new { try extend(candidate, to: count) }
            }
            pool = distinct(ranked(trials.values.filter { $0.count >= count }))
            if count == pictures.count { break }
            count = min(2 * count, pictures.count)
            // The better ones see twice as much.
            for trial in pool.prefix(Self.room(count)) { try extend(trial.candidate, to: count) }
        }
        guard let leader = pool.first else { return ([], []) }
        let all = others(leader)
        let isCompared = { [self] (trial: GuessTrial) in
            trial.count >= count || areTwins(trial, leader)
        }
        return ([leader] + all.filter(isCompared), all.filter { !isCompared($0) })
    }

    /// All but the best, the nearest to it first.
    private func others(_ best: GuessTrial) -> [GuessTrial] {
        trials.values.filter { $0.candidate != best.candidate }.sorted {
            (best.margin(to: $0).mean, key($0)) < (best.margin(to: $1).mean, key($1))
        }
    }

    /// How many candidates may see so many pictures.
    private static func room(_ count: Int) -> Int {
        switch count {
        case ...16: 12
        case ...32: 7
        case ...64: 4
        case ...128: 3
        default: 2
        }
    }

    /// Whether two candidates compute the same, as far as can be seen.
    private func areTwins(_ trial: GuessTrial, _ best: GuessTrial) -> Bool {
        let (mean, error) = best.margin(to: trial)
        return mean == 0 && error == 0
    }

    /// What has not been tried beside the best of those that have seen so many pictures; nil where there is nothing.
    ///
    /// What fewer pictures spoke against is not tried again.
    private func news(around width: Int, _ count: Int) -> [GuessCandidate]? {
        let best = distinct(ranked(trials.values.filter { $0.count >= count })).prefix(width)
        var new: [GuessCandidate] = []
        for candidate in best.flatMap({ space.neighbours(of: $0.candidate) }) {
            let isKnown = trials[candidate] != nil || impossible.contains(candidate)
            if !isKnown, !new.contains(candidate) { new.append(candidate) }
        }
        return new.isEmpty ? nil : new
    }

    /// Of those that compute the same, one.
    private func distinct(_ ranked: [GuessTrial]) -> [GuessTrial] {
        var kept: [GuessTrial] = []
        for trial in ranked where !kept.contains(where: { areTwins(trial, $0) }) {
            kept.append(trial)
        }
        return kept
    }

    /// From the least score; where that is equal, the more usual first.
    private func ranked(_ trials: [GuessTrial]) -> [GuessTrial] {
        trials.sorted { ($0.score, key($0)) < ($1.score, key($1)) }
    }

    /// Orders candidates that are equally good: those that blur in fewer places, then by their flags.
    private func key(_ trial: GuessTrial) -> String {
        "\(trial.candidate.model?.blurCount ?? 0) \(trial.candidate.flags.joined(separator: " "))"
    }

    /// Tries a candidate on more pictures.
    private mutating func extend(_ candidate: GuessCandidate, to count: Int) throws {
        var trial = trials[candidate] ?? GuessTrial(candidate, offsets: offsets)
        guard trial.count < count else { return }
        guard let network = try running(candidate) else {
            impossible.insert(candidate)
            return
        }
        let (executor, classes) = (network.executor, self.network.classes)
        var start = trial.count
        while start < count {
            let batch = pictures[start..<min(start + executor.batch, count)]
            let failures = unsafe executor.withInput { input in
                unsafe input.update(repeating: 0)
                return unsafe network.preparer.prepare(batch.map(\.bytes), into: input)
            }
            try executor.run()
            let logits = executor.logits
            for (place, picture) in batch.enumerated() {
                let row = Array(logits[(place * classes)..<((place + 1) * classes)])
                trial.add(score(row, picture, isUsable: failures[place] == nil))
            }
            start = batch.endIndex
        }
        trials[candidate] = trial
    }

    /// A candidate that is ready to run; nil where the weights cannot be its.
    private mutating func running(_ candidate: GuessCandidate) throws -> Running? {
        if let place = recent.firstIndex(where: { $0.candidate == candidate }) {
            recent.append(recent.remove(at: place))
            return recent.last
        }
        guard
            let preprocessing = candidate.prepared(
                dctMethod: network.input.preprocessing.dctMethod
            )
        else { return nil }
        do {
            let executor = try executor(of: candidate, side: preprocessing.imageSize)
            let preparer = PicturePreparer(preprocessing, layout: .nchw)
            if recent.count == recentCount { recent.removeFirst() }
            recent.append(
                Running(candidate: candidate, executor: executor, preparer: preparer)
            )
            return recent.last
        } catch EngineError.graph {
            return nil
        } catch is GraphError {
            return nil
        } catch NetworkError.variablesDiffer {
            return nil
        }
    }

    /// What computes a candidate; of a graph pictures of one side all go through the same.
    private func executor(of candidate: GuessCandidate, side: Int) throws -> Executor {
        var network = network
        if let family, let model = candidate.model {
            network = network.taken(for: family.taken(for: model.model(family.configuration)))
        } else if let known = recent.first(where: { $0.preparer.preprocessing.imageSize == side }) {
            return known.executor
        }
        return try network.executor(
            imageSize: side,
            batch: min(Self.firstCount, pictures.count),
            set,
            options
        )
    }

    /// The loss of a picture for each offset, and whether its label comes first.
    private func score(
        _ logits: [Float],
        _ picture: LabelledPicture,
        isUsable: Bool
    ) -> [(loss: Double, isHit: Bool)] {
        let label = picture.label ?? 0
        // A wrong network may be very sure; one picture of it shall not decide.
        let most = 2 * log(Double(max(network.classes, 2)))
        let best = Ranking.best(logits.span)
        return offsets.map { offset in
            guard isUsable else { return (.nan, false) }
            guard logits.indices.contains(label + offset), logits.allSatisfy(\.isFinite) else {
                return (most, false)
            }
            var entropy = CrossEntropy()
            entropy.add(logits.span, label: label + offset)
            return (min(entropy.value, most), best == label + offset)
        }
    }
}
