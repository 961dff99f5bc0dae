internal import Glibc
internal import Synchronization

/// The files that are being written under names of their own, so that a signal that ends the process can take them away.
///
/// A signal may come at any time, so what it calls neither locks nor allocates.
@safe
package enum PendingFiles {
    /// The most files at a time; those beyond are left for the next run to clear.
    private static let capacity = 4096
    /// Paths as C has them; written under the lock, read by the signal.
    nonisolated(unsafe) private static let slots:
        UnsafeMutablePointer<UnsafeMutablePointer<CChar>?> = {
            let slots = UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>.allocate(
                capacity: capacity
            )
            unsafe slots.initialize(repeating: nil, count: capacity)
            return unsafe slots
        }()
    private static let lock = Mutex(())

    /// Makes the table, which must not happen inside a signal.
    package static func prepare() { _ = unsafe slots }

    /// Notes a file; gives its number, or nil where there is no room.
    static func add(_ path: String) -> Int? {
        lock.withLock { _ in
            guard let free = (0..<capacity).first(where: { unsafe slots[$0] == nil }) else {
                return nil
            }
            unsafe slots[free] = strdup(path)
            return free
        }
    }

    /// Forgets a file that has its final name, or is gone.
    static func remove(_ number: Int?) {
        guard let number else { return }
        lock.withLock { _ in
            let path = unsafe slots[number]
            unsafe slots[number] = nil
            unsafe free(path)
        }
    }

    /// Deletes all files that are noted; the process ends after this.
    package static func removeAll() {
        for number in 0..<capacity {
            if let path = unsafe slots[number] { unsafe _ = unlink(path) }
        }
    }
}
