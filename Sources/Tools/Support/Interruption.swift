import Glibc
import Synchronization

/// The user's wish that a running tool stop: SIGINT (Ctrl-C) or SIGTERM.
///
/// A long loop asks ``isRequested`` and ends in order. A second signal ends the process at once.
public enum Interruption {
    /// The number of the signal that came, or 0.
    private static let signal = Atomic<Int32>(0)

    /// Takes the two signals from now on.
    public static func install() {
        // The first use of the flag must not happen inside a handler.
        signal.store(0, ordering: .relaxed)
        for number in [SIGINT, SIGTERM] {
            _ = Glibc.signal(number) { number in
                // Storing into an atomic and resetting a handler are allowed inside a handler.
                Interruption.signal.store(number, ordering: .relaxed)
                _ = Glibc.signal(number, SIG_DFL)
            }
        }
    }

    /// Whether a signal has come.
    public static var isRequested: Bool {
        signal.load(ordering: .relaxed) != 0
    }
}
