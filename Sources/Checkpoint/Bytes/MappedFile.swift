internal import Glibc

/// A file in memory, read only.
///
/// Regular files are mapped. The map is private to this process, but a file that somebody shortens under it cannot be
/// read any more: ``withBytes(_:)`` looks at the file's size before it lends the bytes, and throws.
@safe
public final class MappedFile: @unchecked Sendable {  // nothing changes after init
    /// The path, as it was given.
    public let path: String
    private let descriptor: Int32
    private let bytes: UnsafeRawBufferPointer

    /// Maps a regular file.
    ///
    /// - Throws: ``CheckpointError/unreadable(path:reason:)``.
    public init(path: String) throws(CheckpointError) {
        self.path = path
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw .unreadable(path: path, reason: lastSystemError()) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else {
            let reason = lastSystemError()
            close(descriptor)
            throw .unreadable(path: path, reason: reason)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            close(descriptor)
            let isFolder = status.st_mode & S_IFMT == S_IFDIR
            throw .unreadable(
                path: path, reason: isFolder ? "it is a directory" : "it is not a regular file")
        }
        let count = Int(status.st_size)
        guard count > 0 else {
            self.descriptor = descriptor
            unsafe bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            return
        }
        let start = unsafe mmap(nil, count, PROT_READ, MAP_PRIVATE, descriptor, 0)
        guard let start = unsafe start, unsafe start != MAP_FAILED else {
            let reason = lastSystemError()
            close(descriptor)
            throw .unreadable(path: path, reason: reason)
        }
        self.descriptor = descriptor
        unsafe bytes = UnsafeRawBufferPointer(start: start, count: count)
    }

    deinit {
        if let start = unsafe bytes.baseAddress {
            unsafe munmap(UnsafeMutableRawPointer(mutating: start), bytes.count)
        }
        close(descriptor)
    }

    /// The size when the file was mapped.
    public var count: Int { unsafe bytes.count }

    /// Lends all bytes.
    ///
    /// - Throws: ``CheckpointError/fileShrank(path:from:to:)``, and what `body` throws.
    public func withBytes<Result>(
        _ body: (RawSpan) throws(CheckpointError) -> Result
    ) throws(CheckpointError) -> Result {
        try checkSize()
        return try unsafe body(bytes.bytes)
    }

    /// The bytes themselves, for as long as this object lives.
    ///
    /// - Precondition: the range is inside the file.
    @unsafe
    package func buffer(_ range: Range<Int>) throws(CheckpointError) -> UnsafeRawBufferPointer {
        precondition(range.upperBound <= count, "\(range) of \(count) bytes")
        try checkSize()
        return unsafe UnsafeRawBufferPointer(rebasing: bytes[range])
    }

    private func checkSize() throws(CheckpointError) {
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, Int(status.st_size) >= count else {
            throw .fileShrank(path: path, from: count, to: Int(status.st_size))
        }
    }
}

/// What the last failed call of the system says of itself.
func lastSystemError() -> String {
    unsafe String(cString: strerror(errno))
}
