internal import Base

/// The gradients of a step's parts, and what batch norms saw in them, added up over all ranks.
///
/// A step has as many rounds as each rank has parts; in each round the ranks' parts follow one another, so that the sums
/// are those of one process that computes all parts in turn.
@safe
final class SharedGradients {
    private let parameters: [TrainedParameter]
    private let statistics: [BatchStatistics]
    private let sum: OrderedSum
    /// Where each parameter begins among the numbers of the sum, then where the statistics do.
    private let starts: [Int]

    init(_ plan: TrainingPlan, _ ranks: any Communicator) {
        parameters = plan.parameters.parameters.filter(\.isTrained)
        statistics = plan.statistics
        var starts = [0]
        for parameter in parameters {
            starts.append(starts[starts.count - 1] + parameter.parameter.count)
        }
        self.starts = starts
        // Means, variances, and how many batches have them.
        let seen = statistics.reduce(1) { $0 + 2 * $1.channels }
        sum = OrderedSum(count: starts[parameters.count] + seen, ranks)
    }

    /// Forgets what was added.
    func clear() { sum.clear() }

    /// Adds what the last backward pass of every rank found; statistics that are no numbers are not counted.
    func add() {
        let values = unsafe sum.values.floats
        parallel(parameters.count) { index in
            let gradient = unsafe self.parameters[index].gradient.floats
            let count = self.parameters[index].parameter.count
            let target = unsafe UnsafeMutableBufferPointer(
                rebasing: values[self.starts[index]..<self.starts[index] + count]
            )
            _ = unsafe target.update(fromContentsOf: gradient[..<count])
        }
        var place = starts[parameters.count]
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
        sum.add()
    }

    /// Puts the sums in the place of this rank's own.
    func finish() {
        sum.finish()
        let values = unsafe sum.values.floats
        parallel(parameters.count) { index in
            let count = self.parameters[index].parameter.count
            let source = unsafe UnsafeMutableBufferPointer(
                rebasing: values[self.starts[index]..<self.starts[index] + count]
            )
            _ = unsafe self.parameters[index].gradient.floats.update(fromContentsOf: source)
        }
        let batches = unsafe Int(values[values.count - 1])
        var place = starts[parameters.count]
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
