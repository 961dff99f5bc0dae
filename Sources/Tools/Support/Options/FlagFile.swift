internal import Foundation

/// `--flagfile=FILE`: more of the command line, a flag a line, as the published scripts' flags have it.
///
/// Blank lines and those that begin with `#` or `//` are passed over; a file may name others.
enum FlagFile {
    private static let name = "--flagfile"
    private static let deepest = 16

    /// Arguments with the contents of the files that they name in the place of the names.
    ///
    /// - Throws: ``UsageError``.
    static func expanded(_ arguments: [String], depth: Int = 0) throws(UsageError) -> [String] {
        var result: [String] = []
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            if argument == "--" { return result + [argument] + rest }
            let path: String
            if argument.hasPrefix(name + "=") {
                path = String(argument.dropFirst(name.count + 1))
            } else if argument == name, let next = rest.popFirst() {
                path = next
            } else {
                result.append(argument)
                continue
            }
            guard depth < deepest else {
                throw UsageError("\(name)=\(path): flag files name each other")
            }
            guard let data = FileManager.default.contents(atPath: path),
                let text = String(validating: data, as: UTF8.self)
            else { throw UsageError("\(name)=\(path): there is no such file, or it is no text") }
            let lines = text.split(whereSeparator: \.isNewline)
                .map { $0.trimmingCharacters(in: .whitespaces) }
                .filter { !$0.isEmpty && !$0.hasPrefix("#") && !$0.hasPrefix("//") }
            for line in lines where !line.hasPrefix("-") {
                throw UsageError("\(name)=\(path): '\(line)' is no flag")
            }
            result += try expanded(lines, depth: depth + 1)
        }
        return result
    }
}
