import Engine
import Foundation
import ToolSupport

/// What each part of some steps took, in files that `chrome://tracing` and Perfetto show, as the published ProfilerHook has it.
///
///     <model_dir>/timeline-<step>.json   {"traceEvents": [
///                                          {"ph": "M", "name": "process_name", "pid": 0, "args": {"name": …}},
///                                          {"ph": "X", "cat": "Op", "name": layer, "pid": 0, "tid": thread,
///                                           "ts": µs since the step began, "dur": µs, "args": {"name": node, "op": …}}, …]}
struct TrainingTimeline {
    private let folder: String
    private var next: Int

    /// Steps from one timeline to the next.
    private static let interval = 1000

    /// The timelines of a training that goes on behind a step; nil where none are asked for.
    init?(_ options: ParsedOptions, folder: String, behind step: Int) {
        guard options[FinetuneOptions.hooks].contains(.profiler) else { return nil }
        self.folder = folder
        // As the published hook does, which looks at no first step.
        next = step + 2
    }

    /// Whether a step, counted from 1, is measured.
    func wants(_ step: Int) -> Bool { step >= next }

    /// Writes the timeline of a step.
    ///
    /// - Throws: ``ToolError``.
    mutating func write(_ measurements: [StepMeasurement], step: Int) throws {
        next = step + Self.interval
        var events: [JSONValue] = [
            .object([
                .init("name", "process_name"), .init("ph", "M"), .init("pid", .integer(0)),
                .init("args", .object([.init("name", .text("training step \(step)"))])),
            ])
        ]
        for measurement in measurements {
            func microseconds(_ duration: Duration) -> JSONValue {
                .integer(Int((duration / .microseconds(1)).rounded()))
            }
            events.append(
                .object([
                    .init("ph", "X"), .init("cat", "Op"), .init("name", .text(measurement.kind)),
                    .init("pid", .integer(0)), .init("tid", .integer(measurement.thread)),
                    .init("ts", microseconds(measurement.start)),
                    .init("dur", microseconds(measurement.duration)),
                    .init(
                        "args",
                        .object([
                            .init("name", .text(measurement.node)),
                            .init("op", .text(measurement.kind)),
                            .init("implementation", .text(measurement.implementation)),
                            .init("operations", .integer(measurement.operations)),
                        ])
                    ),
                ])
            )
        }
        let document = JSONValue.object([.init("traceEvents", .array(events))])
        var file = try ResultFile("\(folder)/timeline-\(step).json", replacing: true)
        try file.write(document.compactText)
        try file.finish()
    }
}
