internal import Base

/// Room for the prepared pictures of one batch, to be handed from the thread that prepares to the one that trains.
@safe
public final class PreparedPictures: @unchecked Sendable {  // one thread at a time has it
    private let storage: Storage

    /// Room for so many floats.
    public init(floatCount: Int) {
        storage = Storage(byteCount: floatCount * MemoryLayout<Float>.stride)
    }

    /// Lends the floats.
    public func withFloats<Result>(
        _ body: (UnsafeMutableBufferPointer<Float>) throws -> Result
    ) rethrows -> Result {
        try unsafe body(storage.floats)
    }
}
