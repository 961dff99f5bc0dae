import Engine
import ToolSupport

/// The line on a terminal that says where a training is: epoch, step, loss, rate, speed, and when it will end.
struct TrainingProgressLine {
    private let length: TrainingLength
    private let last: Int
    private let first: Int
    private let isShown: Bool
    private let columns: Int
    private let start = ContinuousClock.now
    private var next = ContinuousClock.now
    private var isOnScreen = false

    init(_ length: TrainingLength, last: Int, from step: Int, isEnabled: Bool) {
        self.length = length
        self.last = last
        first = step
        let terminal = Terminal.current
        isShown = isEnabled && terminal.isInteractive
        columns = terminal.columns
    }

    mutating func update(_ report: Trainer.Report) {
        let now = ContinuousClock.now
        guard isShown, now >= next else { return }
        next = now + .milliseconds(100)
        isOnScreen = true
        let done = report.step + 1
        let seconds = max((now - start) / .seconds(1), 1e-9)
        let rate = Double((done - first) * length.batch) / seconds
        let left = Double((last - done) * length.batch) / max(rate, 1e-9)
        let epoch = Double(done) * Double(length.batch) / Double(length.images)
        let text =
            "epoch \(fixed(epoch, digits: 2))/\(length.epochs)  step \(done)/\(last)  "
            + "loss \(fixed(report.loss.total, digits: 4))  "
            + "rate \(report.learningRate)  \(fixed(rate, digits: 1)) pictures/s  "
            + "ETA \(Self.clock(left))"
        StandardError.write("\r\(text.prefix(max(columns - 1, 0)))\u{1B}[K")
    }

    mutating func clear() {
        guard isOnScreen else { return }
        isOnScreen = false
        StandardError.write("\r\u{1B}[K")
    }

    private static func clock(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds < 360_000 else { return "more than 100 hours" }
        let whole = Int(seconds.rounded())
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        return "\(whole / 3600):\(two(whole / 60 % 60)):\(two(whole % 60))"
    }
}
