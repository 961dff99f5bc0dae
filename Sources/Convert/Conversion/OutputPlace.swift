internal import Checkpoint
internal import Foundation
internal import Glibc

/// Whether a result may be written where it is wanted.
public enum OutputPlace {
    /// Throws if one of the files to be written is one that is read, or is there and not to be replaced.
    ///
    /// Files are told apart by device and number, so that links do not hide one.
    ///
    /// - Parameters:
    ///   - paths: The files to be written.
    ///   - inputs: The files that are read.
    ///   - isReplacing: Whether other files may be replaced.
    /// - Throws: ``ConversionError/outputIsInput(path:)`` or ``ConversionError/exists(path:)``.
    public static func check(
        _ paths: [String],
        inputs: [String],
        replacing isReplacing: Bool
    ) throws(ConversionError) {
        let read = inputs.compactMap { identity($0) }
        for path in paths {
            guard let found = identity(path) else { continue }
            guard !read.contains(found) else { throw .outputIsInput(path: path) }
            guard isReplacing else { throw .exists(path: path) }
        }
    }

    /// Makes the folders that files are to be written into, where they are missing.
    ///
    /// - Parameter paths: The files to be written.
    /// - Returns: The folders that were made, those inside others behind them.
    /// - Throws: ``ConversionError/unwritable(path:reason:)`` with the folder that cannot be made.
    @discardableResult
    public static func makeFolders(for paths: [String]) throws(ConversionError) -> [String] {
        var made: [String] = []
        for path in paths {
            guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { continue }
            let folder = String(path[..<slash])
            let ends = folder.indices.filter { folder[$0] == "/" } + [folder.endIndex]
            made += ends.map { String(folder[..<$0]) }.filter {
                !$0.isEmpty && !FileManager.default.fileExists(atPath: $0)
            }
            do {
                try FileManager.default.createDirectory(
                    atPath: folder,
                    withIntermediateDirectories: true
                )
            } catch {
                let reason = SystemReason.writing(SystemReason.sentence(of: error))
                throw .unwritable(path: folder, reason: "cannot be made: \(reason)")
            }
        }
        return made
    }

    /// Takes folders away again, as far as nothing is in them.
    ///
    /// - Parameter folders: What ``makeFolders(for:)`` made.
    public static func removeFolders(_ folders: [String]) {
        for folder in folders.reversed() { unsafe _ = rmdir(folder) }
    }

    private static func identity(_ path: String) -> [UInt64]? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        return [UInt64(status.st_dev), UInt64(status.st_ino)]
    }
}
