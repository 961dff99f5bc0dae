internal import Checkpoint
internal import Foundation
internal import Proto

/// Checkpoints that are named by a pattern, as a shell has it: `out/model.ckpt-*`.
public enum CheckpointPattern {
    /// The paths that a path stands for: itself where it is there or is no pattern, else the checkpoints' prefixes and other
    /// files and folders that match it, those of smaller step numbers first.
    ///
    /// - Throws: ``DataError`` where nothing matches.
    public static func paths(_ path: String) throws(DataError) -> [String] {
        guard path.utf8.contains(where: { "*?[".utf8.contains($0) }),
            !FileManager.default.fileExists(atPath: path),
            !FileManager.default.fileExists(atPath: path + ".index")
        else { return [path] }
        let slash = path.lastIndex(of: "/")
        let folder = slash.map { String(path[..<$0]) } ?? "."
        let pattern = ShellPattern(
            String(path[(slash.map { path.index(after: $0) } ?? path.startIndex)...])
        )
        let entries = (try? BytePath(folder.isEmpty ? "/" : folder).entries()) ?? []
        let names = entries.compactMap(\.name.text)
        let prefixes = names.filter { $0.ends(with: ".index") }.map { String($0.dropLast(6)) }
        var found = prefixes.filter { pattern.matches($0) || pattern.matches($0 + ".index") }
        // Files that are no part of a checkpoint of two files: graphs, safetensors, folders.
        found += names.filter { name in
            pattern.matches(name) && Name(name) != "checkpoint" && !name.ends(with: ".meta")
                && !prefixes.contains { name.begins(with: $0 + ".") }
        }
        guard !found.isEmpty else { throw .noCheckpoints(pattern: path) }
        let start = slash.map { String(path[...$0]) } ?? ""
        return found.sorted { (step($0) ?? 0, ByteName($0)) < (step($1) ?? 0, ByteName($1)) }
            .map { start + $0 }
    }

    private static func step(_ name: String) -> Int? {
        name.lastIndex(of: "-").flatMap { Int(name[name.index(after: $0)...]) }
    }
}
