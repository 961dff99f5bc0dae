internal import Foundation
internal import Glibc
internal import Proto

/// The files of a V1 checkpoint.
///
/// One file bears the checkpoint's own name. Several are `<name>-00000-of-00002` and so on, and TensorFlow calls them together
/// `<name>-?????-of-00002`.
enum LegacyFiles {
    /// The most files that are looked for.
    private static let limit = 100_000

    /// The files that a path means: itself, or all that a pattern stands for.
    ///
    /// Nil if one of them is missing.
    static func paths(_ path: String) -> [String]? {
        if exists(path) { return [path] }
        guard let (name, number, digits) = split(path), number == "?????",
            let count = Int(digits), count >= 1, count <= limit
        else { return nil }
        let paths = (0..<count).map { "\(name)-\(padded($0))-of-\(digits)" }
        return paths.allSatisfy(exists) ? paths : nil
    }

    /// The V1 checkpoint that a path may mean: one file, all that a pattern stands for, all of which it is one, or all of
    /// which it is the name without numbers.
    static func group(_ path: String) -> (name: String, paths: [String])? {
        if let pattern = pattern(ofPart: path), let paths = paths(pattern) {
            return (pattern, paths)
        }
        if let paths = paths(path) { return (path, paths) }
        for first in parts(path) {
            if let pattern = pattern(ofPart: first), let paths = paths(pattern) {
                return (pattern, paths)
            }
        }
        return nil
    }

    /// The first files of checkpoints of this name.
    private static func parts(_ path: String) -> [String] {
        let name = path.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
        let folder = String(path.dropLast(name.count))
        let names = try? FileManager.default.contentsOfDirectory(
            atPath: folder.isEmpty ? "." : folder
        )
        return (names ?? []).filter { $0.begins(with: "\(name)-00000-of-") }.sorted()
            .map { folder + $0 }
    }

    /// The pattern for all files of which this is one; nil if it is not, by its name.
    private static func pattern(ofPart path: String) -> String? {
        guard let (name, number, digits) = split(path), number.utf8.count >= 5,
            number.utf8.allSatisfy({ (48...57).contains($0) })
        else { return nil }
        return "\(name)-?????-of-\(digits)"
    }

    /// `name-number-of-digits` in its three parts.
    private static func split(_ path: String) -> (name: String, number: String, digits: String)? {
        let parts = path.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, parts[parts.count - 2] == "of", let digits = parts.last,
            digits.utf8.count >= 5, digits.utf8.allSatisfy({ (48...57).contains($0) })
        else { return nil }
        return (
            parts.dropLast(3).joined(separator: "-"), String(parts[parts.count - 3]),
            String(digits)
        )
    }

    private static func padded(_ number: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, 5 - digits.count)) + digits
    }

    private static func exists(_ path: String) -> Bool {
        var status = stat()
        return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }
}
