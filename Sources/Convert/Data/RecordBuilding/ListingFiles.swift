internal import Foundation

/// The files of a data set's folder, read as the layouts need them.
struct ListingFiles {
    /// The path of the folder.
    let folder: String

    /// The path of a file in the folder.
    func path(_ name: String) -> String { "\(folder)/\(name)" }

    /// The lines of a text file without blanks around them, and their numbers; empty ones are left out.
    func lines(_ name: String) throws(DataError) -> [(number: Int, text: String)] {
        try Self.lines(at: path(name))
    }

    /// The lines of a text file, wherever it lies.
    static func lines(
        at path: String
    ) throws(DataError) -> [(number: Int, text: String)] {
        try TextLines(path: path).lines
            .map { ($0, $1.trimmingCharacters(in: .whitespaces)) }
            .filter { !$0.1.isEmpty }
    }

    /// The words of each line of a text file, at least `count` of them.
    func words(
        _ name: String,
        atLeast count: Int,
        expected: String
    ) throws(DataError) -> [(number: Int, words: [String])] {
        var found: [(number: Int, words: [String])] = []
        for (number, text) in try lines(name) {
            let words = text.split(whereSeparator: \.isWhitespace).map(String.init)
            guard words.count >= count else {
                throw .malformedLine(path: path(name), line: number, expected: expected)
            }
            found.append((number, words))
        }
        return found
    }

    /// A whole number out of a line, taken down by one where the data set counts from 1.
    func label(
        _ word: some StringProtocol,
        of name: String,
        line: Int,
        first: Int
    ) throws(DataError) -> Int {
        guard let number = Int(word), number >= first, number < 1 << 40 else {
            throw .malformedLine(
                path: path(name),
                line: line,
                expected: "a class counted from \(first), found '\(word)'"
            )
        }
        return number - first
    }

    /// The names in a folder that do not begin with a dot, in the order of their bytes.
    func entries(_ name: String) throws -> [String] {
        let path = name.isEmpty ? folder : path(name)
        return try PictureFolderScan.entries(of: path).map(\.name)
    }

    /// Whether a path leads to a folder.
    func isFolder(_ name: String) -> Bool {
        var isFolder: ObjCBool = false
        return unsafe FileManager.default.fileExists(atPath: path(name), isDirectory: &isFolder)
            && isFolder.boolValue
    }

    /// Whether there is a file or folder.
    func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: path(name)) }
}
