internal import Glibc

/// A file that appears under its name only when it is complete.
///
/// Bytes go to a sibling with a name of its own. ``commit()`` syncs it and gives it the name, in place of a file that may be
/// there if that is wanted; without, the sibling is deleted with this object and the earlier file stays whole.
public final class AtomicFile {
    /// The path that the file will have.
    public let path: String
    private let output: BufferedFile
    private let isReplacing: Bool
    private var isPending = true
    private let number: Int?

    /// What the sibling's name has behind the file's own.
    private static let mark = ".tempstate"

    /// The name of the file that a sibling was begun for; nil for other names.
    ///
    /// A killed process leaves its siblings behind.
    public static func finalName(ofTemporary name: String) -> String? {
        guard name.first == ".", let end = name.ranges(of: mark).last?.lowerBound else {
            return nil
        }
        return String(name[..<end].dropFirst())
    }

    /// Begins a file.
    ///
    /// - Parameters:
    ///   - path: The path that it will have.
    ///   - mode: Its permissions, before the process's mask.
    ///   - isReplacing: Whether it takes the place of a file that is there when it is complete.
    /// - Throws: ``CheckpointError/unwritable(path:reason:)``.
    public init(
        path: String,
        mode: UInt32 = 0o666,
        replacing isReplacing: Bool = true
    ) throws(CheckpointError) {
        self.path = path
        self.isReplacing = isReplacing
        Self.clearLeftovers(of: path)
        let digits = String(UInt64.random(in: .min ... .max), radix: 16)
        // A leading point hides it from patterns such as `train-*`.
        let start =
            path.utf8.lastIndex(of: UInt8(ascii: "/")).map(path.utf8.index(after:))
            ?? path.startIndex
        let sibling = "\(path[..<start]).\(path[start...])\(Self.mark)\(digits)"
        do throws(CheckpointError) {
            output = try BufferedFile(creating: sibling, mode: mode)
        } catch {
            guard case .unwritable(_, let reason) = error else { throw error }
            throw .unwritable(path: path, reason: reason)
        }
        number = PendingFiles.add(sibling)
    }

    deinit {
        if isPending { unsafe _ = unlink(output.path) }
        PendingFiles.remove(number)
    }

    /// Deletes siblings of the file that a process left which was killed: nobody holds their locks.
    private static func clearLeftovers(of path: String) {
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let folder = slash.map { String(path[...$0]) } ?? "./"
        let name = slash.map { String(path[path.utf8.index(after: $0)...]) } ?? path
        let start = Array(".\(name)\(mark)".utf8)
        guard let stream = unsafe opendir(folder) else { return }
        defer { unsafe _ = closedir(stream) }
        while let entry = unsafe readdir(stream) {
            let found = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                unsafe [UInt8](bytes.prefix { $0 != 0 })
            }
            guard found.count > start.count, found.starts(with: start),
                found.dropFirst(start.count).allSatisfy({
                    (0x30...0x39).contains($0) || (0x61...0x66).contains($0)
                })
            else { continue }
            let sibling = folder + String(decoding: found, as: UTF8.self)
            let descriptor = unsafe open(sibling, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)
            guard descriptor >= 0 else { continue }
            if flock(descriptor, LOCK_EX | LOCK_NB) == 0 { unsafe _ = unlink(sibling) }
            Glibc.close(descriptor)
        }
    }

    /// The number of bytes written so far.
    public var count: Int { output.count }

    /// Writes bytes behind those that are there.
    ///
    /// - Throws: ``CheckpointError/unwritable(path:reason:)``.
    public func write(_ bytes: RawSpan) throws(CheckpointError) {
        try output.write(bytes)
    }

    /// Writes bytes behind those that are there.
    ///
    /// - Throws: ``CheckpointError/unwritable(path:reason:)``.
    public func write(_ bytes: [UInt8]) throws(CheckpointError) {
        try output.write(bytes)
    }

    /// Writes bytes in the place of earlier ones.
    ///
    /// - Throws: ``CheckpointError/unwritable(path:reason:)``.
    package func overwrite(at offset: Int, _ bytes: RawSpan) throws(CheckpointError) {
        try output.overwrite(at: offset, bytes)
    }

    /// Syncs and closes the file, which keeps its temporary name.
    ///
    /// - Throws: ``CheckpointError/unwritable(path:reason:)``.
    public func close() throws(CheckpointError) {
        try output.close()
    }

    /// Completes the file and gives it its name.
    ///
    /// - Throws: ``CheckpointError/unwritable(path:reason:)``; ``CheckpointError/exists(path:)`` if it is not to replace one.
    public func commit() throws(CheckpointError) {
        try output.close()
        // A link fails where a file has appeared meanwhile; a rename would replace it.
        if !isReplacing, unsafe link(output.path, path) == 0 {
            unsafe _ = unlink(output.path)
        } else if !isReplacing, errno == EEXIST {
            throw .exists(path: path)
        } else {
            // Replacing, or on a file system without links.
            guard unsafe rename(output.path, path) == 0 else {
                throw .unwritable(path: path, reason: lastSystemError())
            }
        }
        isPending = false
        Self.syncFolder(of: path)
    }

    /// Writes a whole file.
    ///
    /// - Throws: ``CheckpointError/unwritable(path:reason:)``.
    public static func write(_ bytes: [UInt8], to path: String) throws(CheckpointError) {
        let file = try AtomicFile(path: path)
        try file.write(bytes)
        try file.commit()
    }

    /// Makes a new name last; systems that cannot sync folders are let be.
    private static func syncFolder(of path: String) {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        let descriptor = unsafe open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        fsync(descriptor)
        Glibc.close(descriptor)
    }
}
