internal import Dispatch
internal import Synchronization

/// Work that is done in its order on another thread, with no more than a few pieces waiting.
final class BackgroundQueue: Sendable {
    private let queue: DispatchQueue
    private let room: DispatchSemaphore
    private let failure = Mutex<(any Error)?>(nil)

    /// A queue in which up to `depth` pieces of work wait.
    init(_ label: String, depth: Int) {
        queue = DispatchQueue(label: label)
        room = DispatchSemaphore(value: depth)
    }

    /// Adds work, and waits where too much is waiting already.
    ///
    /// Behind a failure nothing is done any more.
    ///
    /// - Throws: what earlier work threw.
    func add(_ work: @escaping @Sendable () throws -> Void) throws {
        room.wait()
        queue.async { [self] in
            defer { room.signal() }
            guard failure.withLock({ $0 == nil }) else { return }
            do {
                try work()
            } catch {
                failure.withLock { $0 = error }
            }
        }
        try checkFailure()
    }

    /// Waits until all work is done.
    ///
    /// - Throws: what any of it threw.
    func finish() throws {
        queue.sync {}
        try checkFailure()
    }

    private func checkFailure() throws {
        if let error = failure.withLock({ $0 }) { throw error }
    }
}
