internal import Glibc

/// What lies in a folder, in the order of the names' bytes; what begins with a dot is left out.
public struct FolderListing: Sendable {
    /// A file or a folder.
    public struct Entry: Equatable, Sendable {
        /// Its name, which need not be UTF-8.
        public let name: ByteName
        /// Whether it is a folder, or leads to one.
        public let isFolder: Bool
    }

    /// Everything.
    public let entries: [Entry]

    /// Lists a folder.
    ///
    /// - Throws: ``CheckpointError/unreadable(path:reason:)``.
    public init(path: String) throws(CheckpointError) {
        guard !path.utf8.contains(0), let folder = unsafe opendir(path) else {
            throw .unreadable(path: path, reason: lastSystemError())
        }
        defer { unsafe _ = closedir(folder) }
        var entries: [Entry] = []
        while let found = unsafe readdir(folder) {
            guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else { break }
            let start = unsafe UnsafeRawPointer(found) + offset
            let count = unsafe strlen(start.assumingMemoryBound(to: CChar.self))
            let name = unsafe ByteName(UnsafeRawBufferPointer(start: start, count: count))
            guard !name.isHidden else { continue }
            entries.append(
                Entry(
                    name: name,
                    isFolder: unsafe Self.isFolder(
                        name,
                        kind: Int32(found.pointee.d_type),
                        in: dirfd(folder)
                    )
                )
            )
        }
        self.entries = entries.sorted { $0.name < $1.name }
    }

    private static func isFolder(_ name: ByteName, kind: Int32, in folder: Int32) -> Bool {
        if kind == Int32(DT_DIR) { return true }
        if kind == Int32(DT_REG) { return false }
        var status = stat()
        let path = name.bytes.map { CChar(bitPattern: $0) } + [0]
        return unsafe fstatat(folder, path, &status, 0) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }
}
