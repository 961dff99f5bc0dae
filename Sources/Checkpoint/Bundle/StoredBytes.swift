/// The bytes of a tensor where they lie in a mapped data file, checked.
@safe
public struct StoredBytes: @unchecked Sendable {  // only read, and `file` keeps them
    /// The bytes; they need not be aligned.
    ///
    /// They may be used for as long as ``owner`` lives.
    @unsafe public let buffer: UnsafeRawBufferPointer
    /// Keeps the bytes.
    public let owner: AnyObject

    @unsafe
    package init(_ buffer: UnsafeRawBufferPointer, owner: AnyObject) {
        unsafe self.buffer = buffer
        self.owner = owner
    }

    /// A copy.
    package init(_ bytes: [UInt8]) {
        let storage = ByteStorage(bytes)
        unsafe buffer = storage.buffer
        owner = storage
    }

    /// Bytes that `fill` puts into their place, all of them.
    package init(
        count: Int,
        filledBy fill: (UnsafeMutableRawBufferPointer) throws(CheckpointError) -> Void
    ) throws(CheckpointError) {
        let storage = try unsafe ByteStorage(count: count, filledBy: fill)
        unsafe buffer = storage.buffer
        owner = storage
    }

    /// Throws if the bytes' file was shortened since, so that some of them may have been read as zeros.
    ///
    /// - Throws: ``CheckpointError/fileShrank(path:from:to:)``.
    public func checkIntact() throws(CheckpointError) {
        try (owner as? MappedFile)?.checkIntact()
    }

    /// Gives the memory of mapped bytes back; they stay what they are, and are read from the file again if need be.
    package func release() {
        unsafe (owner as? MappedFile)?.release(buffer)
    }

    /// The number of bytes.
    public var count: Int { unsafe buffer.count }

    /// The bytes as an array.
    public var array: [UInt8] { unsafe [UInt8](buffer) }
}

/// Bytes that this process assembled.
@safe
private final class ByteStorage {
    let buffer: UnsafeRawBufferPointer

    package init(_ bytes: [UInt8]) {
        let target = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(bytes.count, 1),
            alignment: 64
        )
        unsafe target.copyBytes(from: bytes)
        unsafe buffer = UnsafeRawBufferPointer(start: target.baseAddress, count: bytes.count)
    }

    init(
        count: Int,
        filledBy fill: (UnsafeMutableRawBufferPointer) throws(CheckpointError) -> Void
    ) throws(CheckpointError) {
        let target = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(count, 1),
            alignment: 64
        )
        unsafe buffer = UnsafeRawBufferPointer(start: target.baseAddress, count: count)
        unsafe try fill(UnsafeMutableRawBufferPointer(start: target.baseAddress, count: count))
    }

    deinit { unsafe buffer.deallocate() }
}
