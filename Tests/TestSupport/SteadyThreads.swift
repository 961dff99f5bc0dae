internal import Dispatch

/// Keeps tests that change the number of threads apart from those whose bits hang on it.
///
/// The number is that of the whole process, and tests run side by side: whoever begins waits until no other is between
/// ``begin()`` and ``end()``. Nothing may be awaited between them: those that wait their turn hold the threads of Swift's pool.
public enum SteadyThreads {
    private static let turn = DispatchSemaphore(value: 1)

    /// Waits for its turn.
    public static func begin() { turn.wait() }

    /// Lets the next one begin.
    public static func end() { turn.signal() }
}
