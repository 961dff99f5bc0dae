internal import Foundation

/// Ways from a folder to files, which stay right when both are moved together.
enum RelativePath {
    /// The folder of a file.
    static func folder(of path: String) -> String {
        let parts = components(path).dropLast()
        return "/" + parts.joined(separator: "/")
    }

    /// The way from a folder to a path.
    static func path(from folder: String, to path: String) -> String {
        let (start, end) = (components(folder), components(path))
        let common = zip(start, end).prefix { $0 == $1 }.count
        let up = [String](repeating: "..", count: start.count - common)
        let way = up + end[common...]
        return way.isEmpty ? "." : way.joined(separator: "/")
    }

    /// The path that a way from a folder leads to; a path that begins with `/` is itself.
    static func resolve(_ way: String, from folder: String) -> String {
        way.hasPrefix("/") ? way : "/" + components("\(folder)/\(way)").joined(separator: "/")
    }

    /// The names from the root to a path, without `.` and `..`.
    private static func components(_ path: String) -> [String] {
        let whole =
            path.hasPrefix("/")
            ? path : "\(FileManager.default.currentDirectoryPath)/\(path)"
        var names: [String] = []
        for name in whole.split(separator: "/") {
            switch name {
            case ".": break
            case "..": _ = names.popLast()
            default: names.append(String(name))
            }
        }
        return names
    }
}
