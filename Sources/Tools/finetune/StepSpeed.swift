/// Pictures a second: over all steps, over the last hundred, and since the figure was last written.
struct StepSpeed {
    private let batch: Int
    private var start = ContinuousClock.now
    private var (steps, duration) = (0, Duration.zero)
    private var written = (steps: 0, duration: Duration.zero)
    private var hundred = (steps: 0, duration: Duration.zero)

    init(batch: Int) { self.batch = batch }

    /// Takes note of a step that has ended.
    mutating func add(_ step: Int) {
        let now = ContinuousClock.now
        duration += now - start
        start = now
        steps += 1
    }

    /// Leaves out time in which something else was done.
    mutating func pause(_ duration: Duration) { start += duration }

    /// Since it was last asked; nil where nothing can be told.
    var current: Double? {
        mutating get {
            defer { written = (steps, duration) }
            return rate(steps - written.steps, duration - written.duration)
        }
    }

    /// Since it was last asked, for the benchmark's log.
    var ofHundred: Double? {
        mutating get {
            defer { hundred = (steps, duration) }
            return rate(steps - hundred.steps, duration - hundred.duration)
        }
    }

    /// Since the beginning.
    var average: Double? { rate(steps, duration) }

    private func rate(_ steps: Int, _ duration: Duration) -> Double? {
        let seconds = duration / .seconds(1)
        return steps > 0 && seconds > 0 ? Double(steps * batch) / seconds : nil
    }
}
