/// Bytes that stay where they are for as long as this value lives: part of a mapped file, or a copy.
@safe
public struct OwnedBytes: @unchecked Sendable {  // the bytes are only read, and `owner` keeps them
    private let buffer: UnsafeRawBufferPointer
    private let owner: AnyObject

    /// Bytes in memory that `owner` keeps alive and nobody changes.
    @unsafe
    public init(_ buffer: UnsafeRawBufferPointer, owner: AnyObject) {
        unsafe self.buffer = buffer
        self.owner = owner
    }

    /// A copy of bytes.
    public init(copying bytes: RawSpan) {
        let storage = Storage(byteCount: bytes.byteCount)
        unsafe bytes.withUnsafeBytes { source in
            unsafe UnsafeMutableRawBufferPointer(start: storage.bytes, count: source.count)
                .copyMemory(from: source)
        }
        unsafe buffer = UnsafeRawBufferPointer(start: storage.bytes, count: bytes.byteCount)
        owner = storage
    }

    /// The bytes of a storage.
    package init(_ storage: Storage) {
        unsafe buffer = UnsafeRawBufferPointer(start: storage.bytes, count: storage.byteCount)
        owner = storage
    }

    /// The same bytes as memory for primitives, which only read it.
    package var storage: Storage {
        unsafe (owner as? Storage) ?? Storage(buffer, keptBy: owner)
    }

    /// The number of bytes.
    public var count: Int { unsafe buffer.count }

    /// Lends the bytes.
    public func withBytes<Result, Failure: Error>(
        _ body: (RawSpan) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        defer { withExtendedLifetime(owner) {} }
        return try unsafe body(buffer.bytes)
    }
}
