import Checkpoint
import Proto
import ToolSupport

/// What is shown of an event file.
struct EventView {
    private let path: String
    private let options: ParsedOptions

    init(path: String, _ options: ParsedOptions) {
        self.path = path
        self.options = options
    }

    /// What is known of the values under one tag.
    private struct Series {
        var kind: String
        var count = 0
        var first: (step: Int64, value: Float)?
        var last: (step: Int64, value: Float)?
    }

    func run() throws -> ExitCode {
        let reader = try ToolError.about(nil) { try EventReader(path: path) }
        var count = 0
        var graphs = 0
        var series: [String: Series] = [:]
        var fault: CheckpointError?
        do throws(CheckpointError) {
            while let event = try reader.next() {
                count += 1
                switch event.content {
                case .graph, .metaGraph: graphs += 1
                case .summary(let summary):
                    for value in summary.values { add(value, event.step, &series) }
                default: break
                }
            }
        } catch {
            fault = error
        }
        let sorted = series.sorted { $0.key < $1.key }
        if options[RunOptions.json] {
            let tags = sorted.map { name, series in
                JSONValue.Member(
                    name,
                    [
                        "kind": .text(series.kind), "count": .integer(series.count),
                        "first": pair(series.first), "last": pair(series.last),
                    ]
                )
            }
            try StandardOutput.write(
                document(
                    "events",
                    path,
                    [
                        .init("events", .integer(count)), .init("graphs", .integer(graphs)),
                        .init("tags", .object(tags)), .init("intact", .bool(fault == nil)),
                    ]
                )
            )
        } else {
            var text = "\(path): event file, \(grouped(count)) events"
            text += graphs > 0 ? ", \(graphs) graphs\n" : "\n"
            var table = Table([.left, .left, .right, .left, .left])
            for (name, series) in sorted {
                table.append([
                    name, series.kind, grouped(series.count),
                    series.first.map { "step \($0.step): \($0.value)" } ?? "",
                    series.last.map { "step \($0.step): \($0.value)" } ?? "",
                ])
            }
            text += table.text
            if options[InspectOptions.verify], fault == nil {
                text += "whole: every checksum is right\n"
            }
            try StandardOutput.write(text)
        }
        if let fault { throw ToolError(.file, fault) }
        return .done
    }

    private func add(_ value: Summary.Value, _ step: Int64, _ series: inout [String: Series]) {
        var entry = series[value.tag] ?? Series(kind: value.scalar == nil ? "other" : "scalar")
        if case .image = value.content { entry.kind = "image" }
        entry.count += 1
        if let scalar = value.scalar {
            if entry.first == nil { entry.first = (step, scalar) }
            entry.last = (step, scalar)
        }
        series[value.tag] = entry
    }

    private func pair(_ point: (step: Int64, value: Float)?) -> JSONValue {
        point.map { ["step": .integer(Int($0.step)), "value": .number(Double($0.value))] } ?? .null
    }
}
