internal import Base
internal import Pictures
internal import Synchronization

/// The square that is cut out of a clean picture, by the thread that needs it first.
final class SquarePicture: Sendable {
    private let bytes: OwnedBytes
    private let pool: CorruptorPool
    private let made = Mutex<Result<Picture, any Error>?>(nil)

    init(_ bytes: OwnedBytes, _ pool: CorruptorPool) {
        self.bytes = bytes
        self.pool = pool
    }

    /// The square; others that want it meanwhile wait.
    ///
    /// - Throws: why the picture cannot be decoded.
    func picture() throws -> Picture {
        try made.withLock { made in
            let result = made ?? Result { try pool.square(of: bytes) }
            made = result
            return result
        }.get()
    }
}
