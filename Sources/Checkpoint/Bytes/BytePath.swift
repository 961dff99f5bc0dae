internal import Glibc

/// The path of a file or folder as bytes, for what lies below a folder that a user has named: its names need not be texts.
public struct BytePath: Hashable, Sendable {
    /// The bytes.
    public let bytes: [UInt8]

    /// A text as a path.
    public init(_ path: String) { bytes = Array(path.utf8) }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    /// The path of something in this folder.
    public func appending(_ name: ByteName) -> BytePath {
        BytePath(bytes: bytes + [UInt8(ascii: "/")] + name.bytes)
    }

    /// The folder that it lies in.
    public var folder: BytePath {
        guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else { return BytePath(".") }
        return BytePath(bytes: Array(bytes[..<slash]))
    }

    private var terminated: [CChar] { bytes.map { CChar(bitPattern: $0) } + [0] }
}

extension BytePath: CustomStringConvertible {
    /// The path as it can be shown.
    public var description: String { ByteName(bytes).description }
}

extension BytePath {
    /// Something in a folder.
    public struct Entry: Equatable, Sendable {
        /// Its name.
        public let name: ByteName
        /// Whether it is a folder, or leads to one.
        public let isFolder: Bool
        /// Whether it leads elsewhere.
        public let isLink: Bool
    }

    /// What lies in the folder, in the order of the names' bytes; what begins with a dot is left out.
    ///
    /// - Throws: ``CheckpointError/unreadable(path:reason:)``.
    public func entries() throws(CheckpointError) -> [Entry] {
        guard !bytes.contains(0), let folder = unsafe opendir(terminated) else {
            throw .unreadable(path: "\(self)", reason: lastSystemError())
        }
        defer { unsafe _ = closedir(folder) }
        var entries: [Entry] = []
        while let found = unsafe readdir(folder) {
            guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else { break }
            let start = unsafe UnsafeRawPointer(found) + offset
            let count = unsafe strlen(start.assumingMemoryBound(to: CChar.self))
            let name = unsafe ByteName(UnsafeRawBufferPointer(start: start, count: count))
            guard !name.isHidden else { continue }
            let kind = unsafe Int32(found.pointee.d_type)
            entries.append(entry(name, kind))
        }
        return entries.sorted { $0.name < $1.name }
    }

    /// Looks at something only where the folder does not say what it is.
    private func entry(_ name: ByteName, _ kind: Int32) -> Entry {
        switch kind {
        case Int32(DT_DIR): return Entry(name: name, isFolder: true, isLink: false)
        case Int32(DT_REG): return Entry(name: name, isFolder: false, isLink: false)
        default:
            let path = appending(name)
            return Entry(
                name: name,
                isFolder: path.kind(following: true) == S_IFDIR,
                isLink: path.kind(following: false) == S_IFLNK
            )
        }
    }

    /// Whether a regular file lies there.
    public var isFile: Bool { kind(following: true) == S_IFREG }

    private func kind(following isFollowing: Bool) -> mode_t? {
        var status = stat()
        let flags = isFollowing ? 0 : AT_SYMLINK_NOFOLLOW
        guard unsafe fstatat(AT_FDCWD, terminated, &status, flags) == 0 else { return nil }
        return status.st_mode & S_IFMT
    }
}

extension BytePath {
    /// The bytes of a regular file.
    ///
    /// - Parameter most: A file of more bytes is refused.
    /// - Returns: All bytes.
    /// - Throws: ``CheckpointError/unreadable(path:reason:)``.
    public func contents(most: Int) throws(CheckpointError) -> [UInt8] {
        // A pipe without a writer would wait for one.
        let descriptor = unsafe open(terminated, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw unreadable(lastSystemError()) }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0 else { throw unreadable(lastSystemError()) }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw unreadable("it is not a regular file")
        }
        let count = Int(status.st_size)
        guard count <= most else { throw unreadable("it has more than \(most) bytes") }
        var content = [UInt8](repeating: 0, count: count)
        var taken = 0
        while taken < count {
            let found = unsafe content.withUnsafeMutableBytes { buffer in
                unsafe read(
                    descriptor,
                    UnsafeMutableRawBufferPointer(rebasing: buffer[taken...]).baseAddress,
                    count - taken
                )
            }
            if found < 0, errno == EINTR { continue }
            guard found >= 0 else { throw unreadable(lastSystemError()) }
            guard found > 0 else { throw unreadable("it became shorter while it was read") }
            taken += found
        }
        return content
    }

    /// The last bytes of a regular file; nil where there is none, or it has fewer.
    public func end(_ count: Int) -> [UInt8]? {
        let descriptor = unsafe open(terminated, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard unsafe fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
            status.st_size >= count
        else { return nil }
        var end = [UInt8](repeating: 0, count: count)
        let found = unsafe pread(descriptor, &end, count, Int(status.st_size) - count)
        return found == count ? end : nil
    }

    /// Makes the folder if it is not there; the one that it lies in must be.
    ///
    /// - Throws: ``CheckpointError/unwritable(path:reason:)``.
    public func makeFolder() throws(CheckpointError) {
        guard unsafe mkdir(terminated, 0o777) != 0, errno != EEXIST else { return }
        throw unwritable(lastSystemError())
    }

    /// Writes a file that appears whole, in place of one that may be there.
    ///
    /// Nothing is synced, which would take longer than all else where files are many and small: who finds the file after a
    /// loss of power must look whether it is whole, as by its ``end(_:)``.
    ///
    /// - Throws: ``CheckpointError/unwritable(path:reason:)``.
    public func write(_ content: [UInt8]) throws(CheckpointError) {
        let digits = String(UInt64.random(in: .min ... .max), radix: 16)
        let sibling = folder.appending(ByteName(".\(digits).tempstate"))
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC
        let descriptor = unsafe open(sibling.terminated, flags, 0o666)
        guard descriptor >= 0 else { throw unwritable(lastSystemError()) }
        var reason = Self.fill(descriptor, content)
        if close(descriptor) != 0 { reason = reason ?? lastSystemError() }
        if reason == nil, unsafe rename(sibling.terminated, terminated) != 0 {
            reason = lastSystemError()
        }
        guard let reason else { return }
        unsafe _ = unlink(sibling.terminated)
        throw unwritable(reason)
    }

    /// Writes all bytes; says what went wrong.
    private static func fill(_ descriptor: Int32, _ content: [UInt8]) -> String? {
        var sent = 0
        while sent < content.count {
            let written = unsafe content.withUnsafeBytes { buffer in
                unsafe Glibc.write(
                    descriptor,
                    UnsafeRawBufferPointer(rebasing: buffer[sent...]).baseAddress,
                    content.count - sent
                )
            }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { return lastSystemError() }
            sent += written
        }
        return nil
    }

    private func unreadable(_ reason: String) -> CheckpointError {
        .unreadable(path: "\(self)", reason: reason)
    }

    private func unwritable(_ reason: String) -> CheckpointError {
        .unwritable(path: "\(self)", reason: reason)
    }
}
