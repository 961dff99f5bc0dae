import Glibc

/// A file that appears under its name only when it is whole.
///
/// Bytes go to a file beside it, which ``commit()`` syncs and renames. A file that is not committed is
/// taken away. Where the name belongs to something that is not a regular file, such as a pipe or
/// `/dev/stdout`, bytes go straight to it.
@safe
package struct OutputFile: ~Copyable {
    /// The file as it was named.
    package let path: String

    private let target: String
    private let temporary: String?
    private let isReplacing: Bool
    private let descriptor: Int32
    private var isCommitted = false

    /// Begins a file.
    ///
    /// - Throws: ``OutputFileError`` if a file is there and is not to be replaced, or none can be made.
    package init(_ path: String, replacing isReplacing: Bool) throws(OutputFileError) {
        let place = try Self.place(path, isReplacing)
        self.path = path
        self.isReplacing = isReplacing
        target = place.target
        temporary = place.temporary
        descriptor = place.descriptor
    }

    /// Opens what the bytes go to: a file beside the one that is meant, or what is no file itself.
    private static func place(
        _ path: String,
        _ isReplacing: Bool
    ) throws(OutputFileError) -> (target: String, temporary: String?, descriptor: Int32) {
        var status = stat()
        let exists = unsafe stat(path, &status) == 0
        if exists, status.st_mode & S_IFMT != S_IFREG {
            let opened = unsafe open(path, O_WRONLY | O_CLOEXEC)
            guard opened >= 0 else { throw .system(path, "open", errno) }
            return (path, nil, opened)
        }
        guard !exists || isReplacing else { throw .exists(path) }
        let target = exists ? resolved(path) : path
        let mode = exists ? status.st_mode & 0o777 : 0o666
        let folder = target.lastIndex(of: "/").map { target[...$0] } ?? ""
        var attempt = 0
        while true {
            let sibling = "\(folder).reassemble-\(getpid())-\(attempt).part"
            let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC
            let opened = unsafe open(sibling, flags, mode_t(mode))
            if opened >= 0 { return (target, sibling, opened) }
            guard errno == EEXIST, attempt < 1000 else { throw .system(path, "create", errno) }
            attempt += 1
        }
    }

    deinit {
        close(descriptor)
        if !isCommitted, let temporary { _ = unsafe unlink(temporary) }
    }

    /// Writes bytes after those that are there.
    package mutating func write(_ bytes: RawSpan) throws(OutputFileError) {
        let descriptor = self.descriptor
        let failure = unsafe Self.writeAll(bytes) { rest, _ in
            unsafe Glibc.write(descriptor, rest.baseAddress, rest.count)
        }
        if failure != 0 { throw .system(path, "write", failure) }
    }

    /// Writes text after what is there.
    package mutating func write(_ text: String) throws(OutputFileError) {
        unsafe try write(Array(text.utf8).span.bytes)
    }

    /// Writes bytes in the place of earlier ones.
    package mutating func overwrite(at offset: Int, _ bytes: RawSpan) throws(OutputFileError) {
        let descriptor = self.descriptor
        let failure = unsafe Self.writeAll(bytes) { rest, written in
            unsafe pwrite(descriptor, rest.baseAddress, rest.count, offset + written)
        }
        if failure != 0 { throw .system(path, "write", failure) }
    }

    /// Syncs the file and gives it its name.
    package mutating func commit() throws(OutputFileError) {
        guard let temporary else {
            isCommitted = true
            return
        }
        guard fsync(descriptor) == 0 else { throw .system(path, "sync", errno) }
        // A link fails where a file has appeared meanwhile; a rename would replace it.
        if !isReplacing, unsafe link(temporary, target) == 0 {
            _ = unsafe unlink(temporary)
        } else if !isReplacing, errno == EEXIST {
            throw .exists(path)
        } else {
            // Replacing, or on a file system without links.
            guard unsafe rename(temporary, target) == 0 else {
                throw .system(path, "rename", errno)
            }
        }
        isCommitted = true
        syncFolder()
    }

    /// Makes the name last; a file system that cannot is left alone.
    private func syncFolder() {
        let folder = target.lastIndex(of: "/").map { String(target[...$0]) } ?? "."
        let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        _ = fsync(descriptor)
        close(descriptor)
    }

    /// Calls `write` with what is left and what has been written, until nothing is left.
    ///
    /// Gives the error number, or 0.
    private static func writeAll(
        _ bytes: RawSpan,
        _ write: (_ rest: UnsafeRawBufferPointer, _ written: Int) -> Int
    ) -> Int32 {
        unsafe bytes.withUnsafeBytes { bytes in
            var written = 0
            while written < bytes.count {
                let rest = unsafe UnsafeRawBufferPointer(rebasing: bytes[written...])
                let count = unsafe write(rest, written)
                if count < 0, errno == EINTR { continue }
                if count < 0 { return errno }
                written += count
            }
            return 0
        }
    }

    private static func resolved(_ path: String) -> String {
        guard let resolved = unsafe realpath(path, nil) else { return path }
        defer { unsafe free(resolved) }
        return unsafe String(cString: resolved)
    }
}
