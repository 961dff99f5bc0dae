internal import Glibc

/// A file that is being written, through a buffer.
@safe
package final class BufferedFile {
    /// The path that the file has while it is written.
    package let path: String
    /// The number of bytes written so far, those in the buffer included.
    private(set) var count = 0
    private var descriptor: Int32
    private var buffer: [UInt8] = []

    /// Bytes that are gathered before they go out.
    private static let bufferSize = 1 << 18

    /// Creates a file that must not exist.
    ///
    /// - Throws: ``CheckpointError/unwritable(path:reason:)``.
    init(creating path: String, mode: UInt32 = 0o666) throws(CheckpointError) {
        self.path = path
        descriptor = unsafe open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
        guard descriptor >= 0 else { throw .unwritable(path: path, reason: lastSystemError()) }
        // Says that somebody is at work; where there are no locks, nobody clears.
        flock(descriptor, LOCK_EX | LOCK_NB)
    }

    /// Opens what is there and takes bytes in, such as a pipe or a device.
    ///
    /// - Throws: ``CheckpointError/unwritable(path:reason:)``.
    package init(opening path: String) throws(CheckpointError) {
        self.path = path
        descriptor = unsafe open(path, O_WRONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unwritable(path: path, reason: lastSystemError()) }
    }

    deinit { if descriptor >= 0 { Glibc.close(descriptor) } }

    /// Writes bytes behind those that are there; many at once are not copied.
    package func write(_ bytes: RawSpan) throws(CheckpointError) {
        count += bytes.byteCount
        if buffer.count + bytes.byteCount > Self.bufferSize { try flush() }
        if bytes.byteCount >= Self.bufferSize {
            try send(bytes)
        } else {
            unsafe bytes.withUnsafeBytes { unsafe buffer.append(contentsOf: $0) }
        }
    }

    /// Writes bytes behind those that are there.
    func write(_ bytes: [UInt8]) throws(CheckpointError) {
        try unsafe write(bytes.span.bytes)
    }

    /// Writes bytes in the place of earlier ones.
    func overwrite(at offset: Int, _ bytes: RawSpan) throws(CheckpointError) {
        try flush()
        try unsafe send(bytes) { [descriptor] rest, sent in
            unsafe pwrite(descriptor, rest.baseAddress, rest.count, offset + sent)
        }
    }

    /// Hands what is in the buffer to the system.
    package func flush() throws(CheckpointError) {
        guard !buffer.isEmpty else { return }
        let pending = buffer
        buffer = []
        try unsafe send(pending.span.bytes)
        buffer = pending
        buffer.removeAll(keepingCapacity: true)
    }

    /// Waits until all bytes are on the disk.
    func sync() throws(CheckpointError) {
        try flush()
        guard fsync(descriptor) == 0 else {
            throw .unwritable(path: path, reason: lastSystemError())
        }
    }

    /// Syncs and closes the file.
    func close() throws(CheckpointError) {
        guard descriptor >= 0 else { return }
        try sync()
        let closed = Glibc.close(descriptor)
        descriptor = -1
        guard closed == 0 else { throw .unwritable(path: path, reason: lastSystemError()) }
    }

    private func send(_ bytes: RawSpan) throws(CheckpointError) {
        try unsafe send(bytes) { [descriptor] rest, _ in
            unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
        }
    }

    /// Calls `write` with what is left and how much was taken, until nothing is left.
    private func send(
        _ bytes: RawSpan,
        _ write: (_ rest: UnsafeRawBufferPointer, _ sent: Int) -> Int
    ) throws(CheckpointError) {
        try unsafe bytes.withUnsafeBytes { bytes throws(CheckpointError) in
            var sent = 0
            while sent < bytes.count {
                let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[sent...])
                let written = unsafe write(rest, sent)
                if written < 0, errno == EINTR { continue }
                guard written > 0 else {
                    throw CheckpointError.unwritable(path: path, reason: lastSystemError())
                }
                sent += written
            }
        }
    }
}
