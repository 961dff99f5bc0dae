internal import Checkpoint
import Glibc
import Synchronization

/// The user's wish that a running tool stop: SIGINT (Ctrl-C) or SIGTERM.
///
/// A tool that asks for no more is ended at once, and leaves no file behind that is not whole. One that has ``install()``ed
/// this asks ``isRequested`` in its long loops and ends in order. A further signal ends the process at once, but not within
/// a fifth of a second of the first: `timeout` and batch systems send theirs to the process and then to its group, so that
/// it comes twice.
public enum Interruption {
    /// When the first signal came, in milliseconds of the monotonic clock; 0 before.
    private static let first = Atomic<Int>(0)

    /// Lets either signal end the process at once, without what it was writing.
    static func endAtOnce() {
        PendingFiles.prepare()
        for number in [SIGINT, SIGTERM, SIGHUP] {
            _ = Glibc.signal(number) { number in
                PendingFiles.removeAll()
                _ = Glibc.signal(number, SIG_DFL)
                _ = Glibc.raise(number)
            }
        }
    }

    /// Takes the two signals from now on.
    public static func install() {
        PendingFiles.prepare()
        // The first use of the flag must not happen inside a handler.
        first.store(0, ordering: .relaxed)
        for number in [SIGINT, SIGTERM] {
            _ = Glibc.signal(number) { number in
                // Reading a clock, atomics and signals are allowed inside a handler.
                var now = timespec()
                unsafe clock_gettime(CLOCK_MONOTONIC, &now)
                let milliseconds = now.tv_sec * 1000 + now.tv_nsec / 1_000_000
                let (isFirst, before) = Interruption.first.compareExchange(
                    expected: 0,
                    desired: max(milliseconds, 1),
                    ordering: .relaxed
                )
                guard !isFirst, milliseconds - before >= 200 else { return }
                PendingFiles.removeAll()
                _ = Glibc.signal(number, SIG_DFL)
                _ = Glibc.raise(number)
            }
        }
    }

    /// Whether a signal has come.
    public static var isRequested: Bool {
        first.load(ordering: .relaxed) != 0
    }
}
