internal import Base
internal import Dispatch

/// The gradients of a step's parts, and what batch norms saw in them, added up over all ranks.
///
/// A step has as many rounds as each rank has parts; in each round the ranks' parts follow one another, so that the sums
/// are those of one process that computes all parts in turn.
///
/// Parameters are taken in the order in which the backward pass finds their gradients, in buckets of some bytes. A bucket
/// that is complete is added up by a thread of its own while the backward pass goes on: the only one that exchanges
/// anything between ``begin(_:)`` and ``finish()``. It adds alone, as the other threads compute.
@safe
final class SharedGradients: @unchecked Sendable {  // `queue` has the buckets until `finish()`
    /// Which of a step's rounds one is.
    struct Round {
        let isFirst: Bool
        let isLast: Bool
    }

    private struct Member {
        let parameter: TrainedParameter
        /// Where it begins among the numbers of the sum.
        let start: Int
    }

    private struct Bucket {
        var members: [Member] = []
        var count = 0
        /// The step of the plan behind which all of it is there.
        var completion = 0
    }

    private let buckets: [Bucket]
    private let sum: OrderedSum
    private let statistics: [BatchStatistics]
    /// Means, variances, and how many batches have them; as they are, in any type of the gradients' sum.
    private let seen: OrderedSum
    private let queue = DispatchQueue(label: "sums over ranks")
    /// Whether the sum begins while the backward pass runs.
    private let isOverlapping: Bool
    private var round = Round(isFirst: true, isLast: true)
    /// How many buckets of the round have been handed on.
    private var sharedCount = 0
    /// How long the calling thread had nothing to do but wait for sums, or added itself.
    private(set) var waitingTime = Duration.zero
    /// When the buckets of the round were complete, and when each one's sum began and ended.
    private var times: [(ready: ContinuousClock.Instant, Range<ContinuousClock.Instant>)] = []
    private let clock = ContinuousClock()
    private var beginning: ContinuousClock.Instant

    /// Sums over ranks.
    ///
    /// `bucketBytes` is what a bucket has at least, but for the last; with 0 all is added behind the backward pass.
    init(_ plan: TrainingPlan, _ ranks: any Communicator, _ type: SumType, bucketBytes: Int) {
        isOverlapping = bucketBytes > 0 && ranks.count > 1
        let wanted = isOverlapping ? bucketBytes / MemoryLayout<Float>.stride : Int.max
        let completions = plan.lastSteps
        let trained = plan.parameters.parameters.filter(\.isTrained).map { parameter in
            (parameter, completion: completions[parameter.parameter.key.node] ?? plan.stepCount - 1)
        }
        var buckets: [Bucket] = []
        var start = 0
        // Sorting keeps the order of equals, so every rank has the same.
        for (parameter, completion) in trained.sorted(by: { $0.completion < $1.completion }) {
            if buckets.last.map({ $0.count >= wanted }) ?? true { buckets.append(Bucket()) }
            let last = buckets.count - 1
            buckets[last].members.append(Member(parameter: parameter, start: start))
            buckets[last].count += parameter.parameter.count
            buckets[last].completion = completion
            start += parameter.parameter.count
        }
        self.buckets = buckets
        beginning = clock.now
        sum = OrderedSum(buckets: buckets.map(\.count), ranks, type: type)
        statistics = plan.statistics
        seen = OrderedSum(buckets: [statistics.reduce(1) { $0 + 2 * $1.channels }], ranks)
    }

    /// Begins a round, before the backward pass.
    func begin(_ round: Round) {
        self.round = round
        sharedCount = 0
        times.removeAll(keepingCapacity: true)
        beginning = clock.now
    }

    /// Takes note that a step of the backward pass is done, and hands on the buckets that are complete by it.
    func completed(_ step: Int) {
        guard isOverlapping else { return }
        while sharedCount < buckets.count, buckets[sharedCount].completion <= step {
            let (bucket, round, ready) = (sharedCount, round, clock.now)
            sharedCount += 1
            queue.async { self.share(bucket, round, ready, isParallel: false) }
        }
    }

    /// Ends a round: waits for all of it, and leaves the sums in the place of this rank's own numbers if it is the last.
    func finish() {
        let start = clock.now
        queue.sync {}
        while sharedCount < buckets.count {
            share(sharedCount, round, start, isParallel: true)
            sharedCount += 1
        }
        shareStatistics()
        waitingTime += clock.now - start
    }

    /// What the sums of the last round took, behind ``finish()``: of each bucket the time in which it lay ready, and that in
    /// which it was added up.
    var measurements: [StepMeasurement] {
        zip(buckets, times).enumerated().flatMap { index, entry in
            let (bucket, (ready, sum)) = entry
            return [("lies ready", ready..<sum.lowerBound), ("sum over ranks", sum)].map {
                kind,
                time in
                StepMeasurement(
                    kind,
                    node: "bucket \(index)",
                    implementation: "ranks",
                    operations: bucket.count,
                    start: time.lowerBound - beginning,
                    duration: time.upperBound - time.lowerBound,
                    thread: 1
                )
            }
        }
    }

    private func share(
        _ index: Int,
        _ round: Round,
        _ ready: ContinuousClock.Instant,
        isParallel: Bool
    ) {
        let start = clock.now
        defer { times.append((ready, start..<clock.now)) }
        let bucket = buckets[index]
        func copy(_ member: Member, isBack: Bool) {
            let count = member.parameter.parameter.count
            let own = unsafe member.parameter.gradient.floats[..<count]
            let place = unsafe sum.values.floats[member.start..<member.start + count]
            let (source, target) = unsafe isBack ? (place, own) : (own, place)
            _ = unsafe UnsafeMutableBufferPointer(rebasing: target).update(fromContentsOf: source)
        }
        func copyAll(isBack: Bool) {
            let members = bucket.members
            guard isParallel else {
                for member in members { copy(member, isBack: isBack) }
                return
            }
            parallel(members.count) { copy(members[$0], isBack: isBack) }
        }
        copyAll(isBack: false)
        sum.add(index, begins: round.isFirst, ends: round.isLast, isParallel: isParallel)
        if round.isLast { copyAll(isBack: true) }
    }

    /// Adds what batch norms saw; that of a batch with values that are no numbers is not counted.
    private func shareStatistics() {
        let values = unsafe seen.values.floats
        var place = 0
        let counts = statistics.allSatisfy(\.isFinite)
        for statistics in statistics {
            for numbers in [statistics.mean, statistics.variance] {
                for channel in 0..<statistics.channels {
                    unsafe values[place + channel] = counts ? numbers.floats[channel] : 0
                }
                place += statistics.channels
            }
        }
        unsafe values[place] = counts ? 1 : 0
        seen.add(0, begins: round.isFirst, ends: round.isLast)
        guard round.isLast else { return }
        let batches = unsafe Int(values[place])
        place = 0
        for statistics in statistics {
            func next() -> [Float] {
                defer { place += statistics.channels }
                return unsafe Array(values[place..<place + statistics.channels])
            }
            let means = next()
            statistics.count(means: means, variances: next(), batches: batches)
        }
    }
}

extension Communicator {
    /// Two numbers of every rank, in the order of the ranks.
    func gatherEverywhere(_ first: Double, _ second: Double) -> [(Double, Double)] {
        func bytes(_ number: Double) -> [UInt8] {
            (0..<8).map { UInt8(truncatingIfNeeded: number.bitPattern >> (8 * UInt64($0))) }
        }
        func number(_ bytes: ArraySlice<UInt8>) -> Double {
            Double(bitPattern: bytes.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
        }
        return gatherEverywhere(bytes(first) + bytes(second)).map {
            (number($0[..<8]), number($0[8...]))
        }
    }
}
