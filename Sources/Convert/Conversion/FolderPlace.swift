internal import Foundation
internal import Glibc

/// A folder that appears under its name only when all its files are there.
///
/// Files go into a folder beside it, which ``commit()`` renames. A folder that is not committed is taken away.
final class FolderPlace {
    /// The name that the folder will have.
    let path: String
    /// The folder that files are written into.
    let temporary: String
    private let isReplacing: Bool
    private var isCommitted = false

    /// Makes a folder for the files, and the folders above it.
    ///
    /// - Throws: ``ConversionError/exists(path:)`` if it is there and is not to be replaced, or
    ///   ``ConversionError/unwritable(path:reason:)``.
    init(_ path: String, replacing isReplacing: Bool) throws(ConversionError) {
        self.path = path
        self.isReplacing = isReplacing
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let name = String(parts.last ?? "")
        let parent = parts.dropLast().joined(separator: "/")
        temporary = "\(parent.isEmpty ? "." : parent)/.\(name).reassemble-\(getpid()).part"
        if Self.isThere(path), !isReplacing { throw .exists(path: path) }
        Self.clearLeftovers(of: name, in: parent.isEmpty ? "." : parent)
        try Self.make(temporary, for: path)
    }

    /// Takes away what processes left that are no more.
    private static func clearLeftovers(of name: String, in parent: String) {
        let start = ".\(name).reassemble-"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
        for found in names where found.utf8.starts(with: start.utf8) {
            let rest = found.utf8.dropFirst(start.utf8.count)
            let digits = rest.prefix { (0x30...0x39).contains($0) }
            guard let process = Int32(String(Substring(digits))),
                String(Substring(rest.dropFirst(digits.count))) == ".part", process != getpid(),
                kill(process, 0) != 0, errno == ESRCH
            else { continue }
            try? FileManager.default.removeItem(atPath: "\(parent)/\(found)")
        }
    }

    deinit {
        if !isCommitted { try? FileManager.default.removeItem(atPath: temporary) }
    }

    /// Makes a folder within the folder.
    func makeFolder(_ name: String) throws(ConversionError) {
        try Self.make("\(temporary)/\(name)", for: path)
    }

    /// Gives the folder its name, in place of one that may be there.
    func commit() throws(ConversionError) {
        let old = temporary + ".old"
        let isThere = Self.isThere(path)
        if isThere {
            guard isReplacing else { throw .exists(path: path) }
            try move(path, old)
        }
        do throws(ConversionError) {
            try move(temporary, path)
        } catch {
            if isThere { try move(old, path) }
            throw error
        }
        isCommitted = true
        if isThere { try? FileManager.default.removeItem(atPath: old) }
    }

    private func move(_ source: String, _ target: String) throws(ConversionError) {
        guard unsafe rename(source, target) == 0 else {
            throw .unwritable(path: path, reason: unsafe String(cString: strerror(errno)))
        }
    }

    private static func isThere(_ path: String) -> Bool {
        var status = stat()
        return unsafe lstat(path, &status) == 0
    }

    private static func make(_ folder: String, for path: String) throws(ConversionError) {
        do {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true
            )
        } catch {
            throw .unwritable(path: path, reason: "the folder cannot be made")
        }
    }
}
