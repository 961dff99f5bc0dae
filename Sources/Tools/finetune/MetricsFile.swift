import Foundation
import ToolSupport

/// `metrics.jsonl`: what is measured along a training, one JSON value a line, added as it comes.
///
/// Each line has `kind`, `step` or `epoch` or `evaluation`, and the number of steps that had been taken as `step`.
final class MetricsFile {
    let path: String
    /// The last evaluation in it as it was opened.
    private(set) var lastEvaluation: (step: Int, deciding: Double)?
    private let file: FileHandle

    private struct Line: Decodable {
        let kind: String
        let step: Int
        let accuracy: Double?
        let recall_at_1: Double?

        init?(_ text: Substring) {
            guard let line = try? JSONDecoder().decode(Self.self, from: Data(text.utf8)) else {
                return nil
            }
            self = line
        }
    }

    /// Goes on with a file behind a step; what it says of later steps is from a training that was taken back, and goes.
    init(_ path: String, behind step: Int) throws {
        self.path = path
        let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        var start = try ResultFile(path, replacing: true)
        for text in text.split(separator: "\n") where step > 0 {
            guard let line = Line(text), line.step <= step else { continue }
            if line.kind == "evaluation" {
                lastEvaluation = (line.step, line.accuracy ?? line.recall_at_1 ?? 0)
            }
            try start.write(text + "\n")
        }
        try start.finish()
        guard let file = FileHandle(forWritingAtPath: path) else {
            throw ToolError(.file, file: path, "cannot be written")
        }
        self.file = file
        _ = try ToolError.about(path) { try file.seekToEnd() }
    }

    /// Adds a line.
    func write(_ members: [JSONValue.Member]) throws {
        let line = JSONValue.object(members).compactText + "\n"
        try ToolError.about(path) { try file.write(contentsOf: Data(line.utf8)) }
    }

    deinit { try? file.close() }
}
