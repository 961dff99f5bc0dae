import Engine
import Testing
import ToolSupport

@Suite("A progress line")
struct ProgressTests {
    private static let terminal = Terminal(isInteractive: true, showsColor: false, columns: 80)

    /// A clock and a screen that a test holds in its hands.
    private final class Stage {
        var time = ContinuousClock.now
        var written: [String] = []
    }

    private func progress(
        _ stage: Stage,
        total: Int? = 1000,
        isEnabled: Bool = true,
        terminal: Terminal = terminal
    ) -> Progress {
        Progress(
            total: total,
            unit: "pictures",
            isEnabled: isEnabled,
            terminal: terminal,
            now: { stage.time },
            sink: { stage.written.append($0) }
        )
    }

    @Test("says how far, how fast and how long")
    func line() {
        let text = Progress.line(
            250,
            of: 1000,
            "pictures",
            elapsed: .seconds(10),
            on: Self.terminal
        )
        #expect(text == "#######.......................  250/1000 pictures  25 %  25.0/s  ETA 0:30")
    }

    @Test(
        "says when it ends, in minutes or hours",
        arguments: [
            (1, 3601, "ETA 1:00:00"), (1, 61, "ETA 1:00"), (1, 8, "ETA 0:07"), (0, 8, "ETA ?"),
            (8, 8, "ETA 0:00"), (9, 8, "ETA 0:00"), (1, 1_000_000, "ETA more than 100 hours"),
        ]
    )
    func remaining(done: Int, total: Int, end: String) {
        let text = Progress.line(done, of: total, "steps", elapsed: .seconds(1), on: Self.terminal)
        #expect(text.hasSuffix(end))
    }

    @Test("begins at once where it is asked to, and goes on as ever")
    func beginning() {
        let stage = Stage()
        var line = progress(stage)
        line.begin("reading the network")
        #expect(stage.written == ["\rreading the network …\u{1B}[K"])
        line.clear()
        line.begin(3)
        #expect(stage.written.count == 3 && stage.written[2].contains("3/1000 pictures  0 %"))
        stage.time += .milliseconds(50)
        line.update(4)
        #expect(stage.written.count == 3)
        stage.time += .milliseconds(60)
        line.update(5)
        #expect(stage.written.count == 4 && stage.written[3].contains("5/1000 pictures"))
        var hidden = progress(stage, isEnabled: false)
        hidden.begin("reading")
        hidden.begin()
        #expect(stage.written.count == 4)
    }

    @Test("says how far and how long where the total is not known")
    func unknownTotal() {
        let text = Progress.line(
            1234,
            of: nil,
            "records",
            elapsed: .seconds(2),
            on: Self.terminal
        )
        #expect(text == "1234 records  617/s  0:02")
    }

    @Test("is never wider than its terminal", arguments: 1...120)
    func width(columns: Int) {
        let terminal = Terminal(isInteractive: true, showsColor: false, columns: columns)
        let text = Progress.line(500, of: 1000, "pictures", elapsed: .seconds(9), on: terminal)
        #expect(text.count < columns)
    }

    @Test("is coloured only where that is wanted")
    func color() {
        let terminal = Terminal(isInteractive: true, showsColor: true, columns: 80)
        let text = Progress.line(500, of: 1000, "pictures", elapsed: .seconds(9), on: terminal)
        #expect(text.hasPrefix("\u{1B}[32m###############\u{1B}[0m..............."))
    }

    @Test("appears after a second, changes ten times a second, and goes at the end")
    func pace() {
        let stage = Stage()
        do {
            var progress = progress(stage)
            stage.time += .milliseconds(999)
            progress.update(1)
            #expect(stage.written == [])
            stage.time += .milliseconds(1)
            progress.update(10)
            #expect(stage.written.count == 1)
            stage.time += .milliseconds(99)
            progress.update(20)
            #expect(stage.written.count == 1)
            stage.time += .milliseconds(1)
            progress.update(30)
            #expect(stage.written.count == 2)
            #expect(stage.written.allSatisfy { $0.hasPrefix("\r") && $0.hasSuffix("\u{1B}[K") })
        }
        #expect(stage.written.count == 3 && stage.written.last == "\r\u{1B}[K")
    }

    @Test("makes room for something else, once")
    func clear() {
        let stage = Stage()
        var progress = progress(stage)
        progress.clear()
        #expect(stage.written == [])
        stage.time += .seconds(2)
        progress.update(1)
        progress.clear()
        progress.clear()
        #expect(stage.written.count == 2)
    }

    @Test("is not there without a terminal, or where it is not wanted", arguments: [true, false])
    func absent(isInteractive: Bool) {
        let stage = Stage()
        let terminal = Terminal(isInteractive: isInteractive, showsColor: false, columns: 80)
        do {
            var progress = progress(stage, isEnabled: !isInteractive, terminal: terminal)
            stage.time += .seconds(5)
            progress.update(500)
        }
        #expect(stage.written == [])
    }
}
