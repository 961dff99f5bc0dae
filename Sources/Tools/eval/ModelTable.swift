import Convert
import Engine
import Formats
import Foundation
import ToolSupport

/// A table of models that grows by a line with each evaluation, with the columns of timm's tables of results.
enum ModelTable {
    private static let columns = [
        "model", "top1", "top1_err", "top5", "top5_err", "param_count", "img_size", "crop_pct",
        "interpolation",
    ]

    /// Says before the work rather than behind it that no line can be added.
    ///
    /// - Throws: ``ToolError``.
    static func check(_ options: ParsedOptions) throws {
        guard let path = options[EvalOptions.appendResults] else { return }
        if options[RetrievalOptions.zeroShot] || options[EvalOptions.robustness] != nil
            || options[EvalOptions.dataDirectory] == nil && options[EvalOptions.merge].isEmpty
        {
            throw ToolError(.usage, "--append-results is for the accuracy on labelled pictures")
        }
        _ = try lines(of: path)
    }

    /// Adds the line of an evaluation, if a table is named.
    ///
    /// - Throws: ``ToolError``.
    static func appendIfAsked(
        _ evaluation: Evaluation?,
        _ facts: PartialEvaluation,
        _ options: ParsedOptions
    ) throws {
        guard let path = options[EvalOptions.appendResults], let evaluation else { return }
        let (top1, top5) = (100 * evaluation.accuracy.value, 100 * evaluation.topFive.value)
        let cells = [
            facts.value(of: "checkpoint") ?? facts.value(of: "model") ?? "",
            fixed(top1, digits: 3), fixed(100 - top1, digits: 3), fixed(top5, digits: 3),
            fixed(100 - top5, digits: 3),
            facts.value(of: "parameters").flatMap { Double($0) }
                .map { fixed($0 / 1e6, digits: 2) } ?? "",
            facts.value(of: "image_size") ?? "", facts.value(of: "crop_share") ?? "",
            facts.value(of: "interpolation") ?? "",
        ]
        let all = try lines(of: path) + [cells.map(Results.cell).joined(separator: ",")]
        var file = try ResultFile(path, replacing: true)
        try file.write(all.joined(separator: "\n") + "\n")
        try file.finish()
    }

    /// The lines that are there, the titles first; only the titles where there is no file.
    private static func lines(of path: String) throws -> [String] {
        let titles = columns.joined(separator: ",")
        guard FileManager.default.fileExists(atPath: path) else { return [titles] }
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw ToolError(.file, file: path, "cannot be read as a table of models")
        }
        var lines = text.split(whereSeparator: \.isNewline).map { String($0) }
        while lines.last?.isEmpty == true { lines.removeLast() }
        guard lines.isEmpty || lines[0] == titles else {
            throw ToolError(
                .file,
                file: path,
                "another table is there: expected the columns \(titles), found \(lines[0].prefix(200))"
            )
        }
        return lines.isEmpty ? [titles] : lines
    }
}
