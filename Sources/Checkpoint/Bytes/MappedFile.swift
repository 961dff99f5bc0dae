internal import CMappedFile
internal import Glibc

/// A file in memory, read only.
///
/// Regular files are mapped. A file that somebody shortens under the map is an error, not a signal: its size is compared
/// before bytes are lent, and pages that go missing while they are read become zeros, which is noticed afterwards by
/// ``checkIntact()``.
@safe
public final class MappedFile: @unchecked Sendable {  // nothing changes after init
    /// The path, as it was given.
    public let path: String
    private let descriptor: Int32
    private let bytes: UnsafeRawBufferPointer
    /// The number under which the map is protected; -1 if it is not.
    private let protection: Int32

    /// Maps a regular file.
    ///
    /// - Throws: ``CheckpointError/unreadable(path:reason:)``.
    public init(path: String) throws(CheckpointError) {
        guard !path.utf8.contains(0) else {
            throw .unreadable(path: path, reason: "the path holds a zero byte")
        }
        self.path = path
        // A pipe without a writer would wait for one.
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
                path: path,
                reason: isFolder ? "it is a directory" : "it is not a regular file"
            )
        }
        let count = Int(status.st_size)
        guard count > 0 else {
            self.descriptor = descriptor
            unsafe bytes = UnsafeRawBufferPointer(start: nil, count: 0)
            protection = -1
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
        protection = unsafe mapped_file_protect(start, count)
    }

    deinit {
        if let start = unsafe bytes.baseAddress {
            mapped_file_release(protection)
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
        try checkIntact()
        let result: Result
        do throws(CheckpointError) {
            result = try unsafe body(bytes.bytes)
        } catch {
            // What is wrong may be that the bytes went away.
            try checkHoles()
            throw error
        }
        try checkHoles()
        return result
    }

    /// The bytes themselves, for as long as this object lives.
    ///
    /// - Precondition: the range is inside the file.
    @unsafe
    package func buffer(_ range: Range<Int>) throws(CheckpointError) -> UnsafeRawBufferPointer {
        try checkIntact()
        return unsafe uncheckedBuffer(range)
    }

    /// The bytes themselves, without a look at the file's size.
    ///
    /// - Precondition: the range is inside the file.
    @unsafe
    func uncheckedBuffer(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        precondition(range.upperBound <= count, "\(range) of \(count) bytes")
        return unsafe UnsafeRawBufferPointer(rebasing: bytes[range])
    }

    /// Gives the memory of some of the bytes back, which are read from the file again when they are looked at again.
    package func release(_ buffer: UnsafeRawBufferPointer) {
        guard let base = unsafe bytes.baseAddress, let start = buffer.baseAddress,
            unsafe start >= base, unsafe start + buffer.count <= base + bytes.count
        else { return }
        let page = sysconf(Int32(_SC_PAGESIZE))
        let first = unsafe (start - base) / page * page
        let end = unsafe start - base + buffer.count
        unsafe _ = madvise(
            UnsafeMutableRawPointer(mutating: base + first),
            end - first,
            MADV_DONTNEED
        )
    }

    /// Gives the memory of all bytes back.
    package func release() {
        unsafe release(bytes)
    }

    /// Throws if the file is shorter than when it was mapped, or bytes were missing when they were read.
    ///
    /// - Throws: ``CheckpointError/fileShrank(path:from:to:)``.
    public func checkIntact() throws(CheckpointError) {
        guard size >= count else { throw .fileShrank(path: path, from: count, to: size) }
        try checkHoles()
    }

    private func checkHoles() throws(CheckpointError) {
        if mapped_file_has_holes(protection) {
            throw .fileShrank(path: path, from: count, to: size)
        }
    }

    /// The size of the file now.
    private var size: Int {
        var status = stat()
        return unsafe fstat(descriptor, &status) == 0 ? Int(status.st_size) : 0
    }
}

/// What the last failed call of the system says of itself.
func lastSystemError() -> String {
    unsafe String(cString: strerror(errno))
}
