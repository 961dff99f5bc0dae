internal import Base
internal import Foundation

/// Batches that are prepared ahead of the training, on a thread of their own, so many and no more.
public final class BatchQueue {
    /// What both threads see.
    private final class Shared: @unchecked Sendable {  // guarded by `condition`
        let condition = NSCondition()
        var ready: [Result<TrainingBatch, any Error>] = []
        var isStopped = false
        /// Whether no thread prepares.
        var isIdle = true
    }

    private let shared = Shared()
    private let batches: TrainingBatches?
    /// How long ``next()`` has waited in all.
    public private(set) var waitingTime = Duration.zero

    /// Begins to prepare.
    ///
    /// - Parameters:
    ///   - batches: The batches; they belong to the queue from now on.
    ///   - capacity: How many may be ready; 0 prepares each when it is asked for, on the caller's threads.
    ///   - threads: How many threads prepare, beside those that train.
    public init(_ batches: TrainingBatches, capacity: Int, threads: Int) {
        guard capacity > 0 else {
            self.batches = batches
            return
        }
        self.batches = nil
        let shared = shared
        shared.isIdle = false
        let thread = Thread {
            ThreadCount.set(max(threads, 1))
            Self.fill(shared, from: batches, capacity: capacity)
            shared.condition.withLock {
                shared.isIdle = true
                shared.condition.broadcast()
            }
        }
        thread.stackSize = 8 << 20
        thread.start()
    }

    deinit {
        // A thread that went on while the process ends would use what is being taken down.
        shared.condition.withLock {
            shared.isStopped = true
            shared.condition.broadcast()
            while !shared.isIdle { shared.condition.wait() }
        }
    }

    private static func fill(_ shared: Shared, from batches: TrainingBatches, capacity: Int) {
        while true {
            let batch = Result { try batches.next() }
            let isDone = shared.condition.withLock {
                while shared.ready.count >= capacity, !shared.isStopped { shared.condition.wait() }
                shared.ready.append(batch)
                shared.condition.broadcast()
                return shared.isStopped
            }
            if isDone { return }
            if case .failure = batch { return }
        }
    }

    /// The next batch.
    ///
    /// - Throws: what its preparation threw; no batch follows.
    public func next() throws -> TrainingBatch {
        let start = ContinuousClock.now
        defer { waitingTime += ContinuousClock.now - start }
        if let batches { return try batches.next() }
        let batch = shared.condition.withLock {
            while shared.ready.isEmpty { shared.condition.wait() }
            defer { shared.condition.broadcast() }
            return shared.ready.removeFirst()
        }
        return try batch.get()
    }
}
