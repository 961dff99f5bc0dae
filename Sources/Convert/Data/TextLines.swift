internal import Checkpoint
internal import Foundation

/// The lines of a text file in UTF-8, as Python and TensorFlow count them: they end at a line feed, a carriage return before
/// it is none of theirs.
struct TextLines {
    /// The lines and their numbers, counted from 1; without the empty ones at the end.
    let lines: [(number: Int, text: String)]

    /// Reads a file.
    ///
    /// - Throws: ``DataError/missing(path:)``, ``DataError/unreadable(path:)``,
    ///   ``DataError/malformedLine(path:line:expected:)`` for a line that is no UTF-8.
    init(path: String) throws(DataError) {
        let content: [UInt8]
        do throws(CheckpointError) {
            content = try MappedFile(path: path).withBytes { bytes in
                unsafe bytes.withUnsafeBytes { unsafe [UInt8]($0) }
            }
        } catch {
            throw FileManager.default.fileExists(atPath: path)
                ? .unreadable(path: path) : .missing(path: path)
        }
        try self.init(content, path: path)
    }

    /// The lines of bytes; `path` is for messages.
    ///
    /// - Throws: ``DataError/malformedLine(path:line:expected:)`` for a line that is no UTF-8.
    init(_ content: [UInt8], path: String) throws(DataError) {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        let whole = content.dropFirst(content.starts(with: mark) ? mark.count : 0)
        var lines: [(number: Int, text: String)] = []
        let (feed, carriage) = (UInt8(ascii: "\n"), UInt8(ascii: "\r"))
        for line in whole.split(separator: feed, omittingEmptySubsequences: false) {
            let number = lines.count + 1
            let bytes = line.last == carriage ? line.dropLast() : line
            guard let text = String(validating: bytes, as: UTF8.self) else {
                let shown = ByteName(bytes.prefix(60))
                throw .malformedLine(
                    path: path,
                    line: number,
                    expected: "UTF-8, found '\(shown)'"
                )
            }
            lines.append((number, text))
        }
        while lines.last?.text.isEmpty == true { lines.removeLast() }
        self.lines = lines
    }
}
