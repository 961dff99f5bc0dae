import Checkpoint
import Proto
import ToolSupport

/// What is shown of event files.
struct EventView {
    private let paths: [String]
    private let options: ParsedOptions
    private let diagnostics: Diagnostics

    init(paths: [String], _ options: ParsedOptions, _ diagnostics: Diagnostics) {
        self.paths = paths
        self.options = options
        self.diagnostics = diagnostics
    }

    /// What is known of the values under one tag.
    private struct Series {
        var kind: String
        var count = 0
        var first: (step: Int64, value: Float)?
        var last: (step: Int64, value: Float)?
    }

    /// What one file holds.
    private struct Contents {
        var count = 0
        var graphs = 0
        var series: [Name: Series] = [:]
        var fault: CheckpointError?

        /// The tags in the order of their bytes.
        var sorted: [(key: Name, value: Series)] { series.sorted { $0.key < $1.key } }
    }

    func run() throws -> ExitCode {
        if let file = options[InspectOptions.csv] { return try export(to: file) }
        guard paths.count == 1 || !options[RunOptions.json] else {
            throw ToolError(
                .usage,
                "--json is for one file; name one of: " + paths.prefix(10).joined(separator: ", ")
            )
        }
        var code = ExitCode.done
        for path in paths {
            let found = try contents(path) { _, _, _ in }
            try StandardOutput.write(
                options[RunOptions.json] ? json(path, found) : text(path, found)
            )
            if let fault = found.fault {
                diagnostics.error(fault)
                code = .file
            }
        }
        return code
    }

    /// Reads a file, and hands every scalar on.
    private func contents(
        _ path: String,
        _ body: (Event, String, Float) throws -> Void
    ) throws -> Contents {
        let reader = try ToolError.about(nil) { try EventReader(path: path) }
        var found = Contents()
        while true {
            let event: Event?
            do throws(CheckpointError) { event = try reader.next() } catch {
                found.fault = error
                return found
            }
            guard let event else { return found }
            found.count += 1
            switch event.content {
            case .graph, .metaGraph: found.graphs += 1
            case .summary(let summary):
                for value in summary.values {
                    Self.add(value, event.step, &found.series)
                    if let scalar = value.scalar { try body(event, value.tag, scalar) }
                }
            default: break
            }
        }
    }

    /// Writes every scalar, a line each.
    private func export(to file: String) throws -> ExitCode {
        var output = try ResultFile(file, replacing: options[RunOptions.force])
        let isOne = paths.count == 1
        var lines = (isOne ? "" : "file,") + "wall_time,step,tag,value\r\n"
        var count = 0
        var code = ExitCode.done
        for path in paths {
            let found = try contents(path) { event, tag, value in
                lines += isOne ? "" : Self.cell(path) + ","
                lines += "\(event.wallTime),\(event.step),\(Self.cell(tag)),\(value)\r\n"
                count += 1
            }
            try output.write(lines)
            lines = ""
            if let fault = found.fault {
                diagnostics.error(fault)
                code = .file
            }
        }
        try output.finish()
        try StandardOutput.line("\(file): \(grouped(count)) scalars")
        return code
    }

    /// A text as RFC 4180 has it.
    private static func cell(_ text: String) -> String {
        guard text.utf8.contains(where: { Array("\",\r\n".utf8).contains($0) }) else { return text }
        return "\""
            + text.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"") + "\""
    }

    private func json(_ path: String, _ found: Contents) -> String {
        let tags = found.sorted.map { name, series in
            JSONValue.Member(
                name.text,
                [
                    "kind": .text(series.kind), "count": .integer(series.count),
                    "first": pair(series.first), "last": pair(series.last),
                ]
            )
        }
        return document(
            "events",
            path,
            [
                .init("events", .integer(found.count)), .init("graphs", .integer(found.graphs)),
                .init("tags", .object(tags)), .init("intact", .bool(found.fault == nil)),
            ]
        )
    }

    private func text(_ path: String, _ found: Contents) -> String {
        var text = "\(path): event file, \(grouped(found.count)) events"
        text += found.graphs > 0 ? ", \(found.graphs) graphs\n" : "\n"
        var table = Table([.left, .left, .right, .left, .left])
        for (name, series) in found.sorted {
            table.append([
                name.text, series.kind, grouped(series.count),
                series.first.map { "step \($0.step): \($0.value)" } ?? "",
                series.last.map { "step \($0.step): \($0.value)" } ?? "",
            ])
        }
        text += table.text
        if options[InspectOptions.verify], found.fault == nil {
            text += "whole: every checksum is right\n"
        }
        return text
    }

    private static func add(
        _ value: Summary.Value,
        _ step: Int64,
        _ series: inout [Name: Series]
    ) {
        var entry = series[Name(value.tag)] ?? Series(kind: kind(value))
        entry.count += 1
        if let scalar = value.scalar {
            if entry.first == nil { entry.first = (step, scalar) }
            entry.last = (step, scalar)
        }
        series[Name(value.tag)] = entry
    }

    /// What a value is called: scalars, pictures, histograms and strings by their own words, others by their plugin's.
    private static func kind(_ value: Summary.Value) -> String {
        if value.scalar != nil { return "scalar" }
        switch value.content {
        case .image: return "image"
        case .histogram: return "histogram"
        case .tensor(let tensor):
            switch value.plugin {
            case "histograms": return "histogram"
            case "images": return "image"
            case "text": return "string"
            case "" where tensor.dataType == DataType.string.rawValue: return "string"
            case let other: return other.isEmpty ? "tensor" : other
            }
        default: return "other"
        }
    }

    private func pair(_ point: (step: Int64, value: Float)?) -> JSONValue {
        point.map { ["step": .integer(Int($0.step)), "value": .number(Double($0.value))] } ?? .null
    }
}
