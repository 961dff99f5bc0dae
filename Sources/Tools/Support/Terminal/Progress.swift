/// A line on standard error that says how far a long task is, how fast it goes, and when it ends.
///
/// It is shown only on a terminal, and once a task has taken a second, or at once where it is begun. It is rewritten at
/// most ten times a second, so ``update(_:)`` may be called for every item.
public struct Progress: ~Copyable {
    private var total: Int?
    private let unit: String
    private let terminal: Terminal
    /// Whether anybody sees it.
    public let isVisible: Bool
    private let start: ContinuousClock.Instant
    private let now: () -> ContinuousClock.Instant
    private let sink: (String) -> Void
    private var next: ContinuousClock.Instant
    private var isOnScreen = false

    /// Progress of a task that starts now.
    ///
    /// `total` is nil where the number of items is not known; `unit` is their plural: `pictures`.
    public init(total: Int?, unit: String, isEnabled: Bool = true) {
        self.init(
            total: total,
            unit: unit,
            isEnabled: isEnabled,
            terminal: .current,
            now: { ContinuousClock.now },
            sink: { StandardError.write($0) }
        )
    }

    package init(
        total: Int?,
        unit: String,
        isEnabled: Bool = true,
        terminal: Terminal,
        now: @escaping () -> ContinuousClock.Instant,
        sink: @escaping (String) -> Void
    ) {
        self.total = total
        self.unit = unit
        self.terminal = terminal
        self.now = now
        self.sink = sink
        isVisible = isEnabled && terminal.isInteractive
        start = now()
        next = start + .seconds(1)
    }

    /// Shows the line before anything more than `done` items is finished.
    public mutating func begin(_ done: Int = 0) {
        next = start
        update(done)
    }

    /// Shows what is done before the first item, in place of the line.
    public mutating func begin(_ work: String) {
        guard isVisible else { return }
        isOnScreen = true
        sink("\r" + "\(work) …".prefix(max(terminal.columns - 1, 0)) + "\u{1B}[K")
    }

    /// Says that `done` items are finished.
    public mutating func update(_ done: Int) {
        guard isVisible else { return }
        let time = now()
        guard time >= next else { return }
        next = time + .milliseconds(100)
        isOnScreen = true
        sink(
            "\r" + Self.line(done, of: total, unit, elapsed: time - start, on: terminal)
                + "\u{1B}[K"
        )
    }

    /// Says that `done` items are finished of about so many in all.
    public mutating func update(_ done: Int, of estimate: Int) {
        total = estimate
        update(done)
    }

    /// Takes the line away, so that something else can be written; the next update brings it back.
    public mutating func clear() {
        guard isOnScreen else { return }
        isOnScreen = false
        sink("\r\u{1B}[K")
    }

    deinit {
        if isOnScreen { sink("\r\u{1B}[K") }
    }

    /// The line, at most one column narrower than the terminal.
    package static func line(
        _ done: Int,
        of total: Int?,
        _ unit: String,
        elapsed: Duration,
        on terminal: Terminal
    ) -> String {
        let seconds = max(elapsed / .seconds(1), 1e-9)
        let rate = Double(done) / seconds
        var text = "\(done)"
        var bar = ""
        if let total, total > 0 {
            let part = min(Double(done) / Double(total), 1)
            let left = rate > 0 ? clockTime(Double(max(total - done, 0)) / rate) : "?"
            text += "/\(total) \(unit)  \(Int(part * 100)) %  \(rateText(rate))/s  ETA \(left)"
            let width = min(30, terminal.columns - text.count - 4)
            if width >= 10 {
                let full = Int(part * Double(width))
                let filled = String(repeating: "#", count: full)
                let empty = String(repeating: ".", count: width - full)
                bar = terminal.showsColor ? "\u{1B}[32m\(filled)\u{1B}[0m\(empty)" : filled + empty
                bar += "  "
            }
        } else {
            text += " \(unit)  \(rateText(rate))/s  \(clockTime(seconds))"
        }
        return bar + text.prefix(max(terminal.columns - 1, 0))
    }

    private static func rateText(_ rate: Double) -> String {
        rate < 100 ? fixed(rate, digits: 1) : fixed(rate, digits: 0)
    }

    /// `0:07`, `12:30` or `1:02:03`.
    private static func clockTime(_ seconds: Double) -> String {
        guard seconds < 360_000 else { return "more than 100 hours" }
        let whole = Int(seconds.rounded())
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        let (hours, minutes) = (whole / 3600, whole / 60 % 60)
        let end = two(whole % 60)
        return hours > 0 ? "\(hours):\(two(minutes)):\(end)" : "\(minutes):\(end)"
    }
}
