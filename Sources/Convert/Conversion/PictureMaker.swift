internal import Base
internal import Data
internal import Foundation
internal import Synchronization

/// Makes the bytes of the pictures of one batch while the network computes another, on a thread of its own, which shares the
/// work with as many others as the caller has.
///
/// Both share the cores: GCC's OpenMP runtime lets threads sleep instead of spin where there are more of them than cores. With
/// one thread the pictures are made where they are waited for, and nothing else is at work.
final class PictureMaker {
    typealias Made = Result<OwnedBytes, any Error>

    /// What both threads see.
    private final class Shared: @unchecked Sendable {  // guarded by `condition`
        let condition = NSCondition()
        var wanted: [LabelledPicture]?
        var made: [Made?]?
        var isStopped = false
        /// Whether the thread is there.
        var isRunning = false
    }

    private let shared = Shared()
    private let threads = ThreadCount.current

    deinit {
        // A thread that went on while the process ends would use what is being taken down.
        shared.condition.withLock {
            shared.isStopped = true
            shared.condition.broadcast()
            while shared.isRunning { shared.condition.wait() }
        }
    }

    /// Begins with the pictures of a batch.
    ///
    /// - Precondition: those of the batch before have been taken by ``finish()``.
    func begin(_ pictures: [LabelledPicture]) {
        let (shared, threads) = (shared, threads)
        let isFirst = shared.condition.withLock {
            precondition(shared.wanted == nil && shared.made == nil, "another batch is being made")
            shared.wanted = pictures
            shared.condition.broadcast()
            defer { shared.isRunning = threads > 1 }
            return !shared.isRunning
        }
        guard isFirst, threads > 1 else { return }
        let thread = Thread {
            ThreadCount.set(threads)
            Self.work(shared)
        }
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// Waits for the pictures that were begun with.
    ///
    /// - Returns: the bytes of each, or why there are none; nil for pictures that have theirs.
    func finish() -> [Made?] {
        if threads == 1 {
            let pictures = shared.condition.withLock {
                defer { shared.wanted = nil }
                return shared.wanted
            }
            return Self.make(pictures ?? [])
        }
        return shared.condition.withLock {
            while shared.made == nil, shared.wanted != nil { shared.condition.wait() }
            defer { shared.made = nil }
            return shared.made ?? []
        }
    }

    private static func work(_ shared: Shared) {
        while true {
            let pictures = shared.condition.withLock { () -> [LabelledPicture]? in
                while shared.wanted == nil, !shared.isStopped { shared.condition.wait() }
                return shared.isStopped ? nil : shared.wanted
            }
            guard let pictures else { break }
            let made = make(pictures)
            shared.condition.withLock {
                shared.wanted = nil
                shared.made = made
                shared.condition.broadcast()
            }
        }
        shared.condition.withLock {
            shared.isRunning = false
            shared.condition.broadcast()
        }
    }

    private static func make(_ pictures: [LabelledPicture]) -> [Made?] {
        let made = Mutex([Made?](repeating: nil, count: pictures.count))
        parallel(pictures.count) { index in
            guard let making = pictures[index].making else { return }
            let result = Result { try making() }
            made.withLock { $0[index] = result }
        }
        return made.withLock { $0 }
    }
}
