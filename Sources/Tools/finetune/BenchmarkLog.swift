import Foundation
import Suite
import ToolSupport

/// The published benchmark logs, JSON: what is run, and a line for each figure.
///
///     <folder>/benchmark_run.log     model, data set, parameters
///     <folder>/benchmark_metric.log  {"name", "value", "unit", "global_step", "timestamp", "extras"}
final class BenchmarkLog {
    private let path: String
    private let file: FileHandle

    private static let (metrics, run) = ("benchmark_metric.log", "benchmark_run.log")

    /// Opens the logs where a command line asks for them.
    ///
    /// - Throws: ``ToolError``.
    static func asked(_ options: ParsedOptions, dataSet: String?) throws -> BenchmarkLog? {
        switch options[FinetuneOptions.benchmarkLogger] {
        case .none: return nil
        case .bigQuery:
            throw ToolError(
                .usage,
                "--benchmark-logger-type=BenchmarkBigQueryLogger: nothing is sent anywhere; "
                    + "BenchmarkFileLogger writes files"
            )
        case .file:
            guard let folder = options[FinetuneOptions.benchmarkFolder] else {
                throw ToolError(
                    .usage,
                    "--benchmark-logger-type=BenchmarkFileLogger needs --benchmark-log-dir"
                )
            }
            return try BenchmarkLog(folder, options, dataSet: dataSet)
        }
    }

    private init(_ folder: String, _ options: ParsedOptions, dataSet: String?) throws {
        try ToolError.about(nil) {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true
            )
        }
        path = "\(folder)/\(Self.metrics)"
        if !FileManager.default.fileExists(atPath: path) {
            try ResultFile(path, replacing: false).finish()
        }
        guard let file = FileHandle(forWritingAtPath: path) else {
            throw ToolError(.file, file: path, "cannot be written")
        }
        self.file = file
        _ = try ToolError.about(path) { [file] in try file.seekToEnd() }
        func parameter(_ name: String, _ kind: String, _ value: JSONValue) -> JSONValue {
            .object([.init("name", .text(name)), .init(kind, value)])
        }
        let settings: [JSONValue] = [
            parameter("batch_size", "long_value", .integer(options[FinetuneOptions.batchSize])),
            parameter("dtype", "string_value", .text(options[FinetuneOptions.dtype].rawValue)),
            parameter(
                "train_epochs",
                "long_value",
                .integer(options[FinetuneOptions.epochs])
            ),
        ]
        var run = try ResultFile("\(folder)/\(Self.run)", replacing: true)
        try run.line(
            .object([
                .init("model_name", "resnet"),
                .init("dataset", .object([.init("name", .text(orNull: dataSet))])),
                .init(
                    "machine_config",
                    .object([
                        .init(
                            "cpu_info",
                            .object([.init("num_cores", .integer(AvailableCores.count))])
                        ), .init("gpu_info", .object([.init("count", .integer(0))])),
                    ])
                ),
                .init("test_id", .text(orNull: options[FinetuneOptions.benchmarkName])),
                .init("run_date", .text(Self.now)),
                .init(
                    "tensorflow_version",
                    .object([
                        .init("version", .text("none: Reassemble \(Reassemble.version)")),
                        .init("git_hash", .text("")),
                    ])
                ),
                .init("run_parameters", .array(settings)),
            ])
        )
        try run.finish()
    }

    /// Adds figures of a step.
    func add(_ figures: [(name: String, value: Double)], step: Int) throws {
        for figure in figures {
            let line = JSONValue.object([
                .init("name", .text(figure.name)), .init("value", .figure(figure.value)),
                .init("unit", .null), .init("global_step", .integer(step)),
                .init("timestamp", .text(Self.now)), .init("extras", .array([])),
            ])
            try ToolError.about(path) {
                try file.write(contentsOf: Data((line.compactText + "\n").utf8))
            }
        }
    }

    private static var now: String {
        let seconds = Date().timeIntervalSince1970
        let whole = seconds.rounded(.down)
        let date = Date(timeIntervalSince1970: whole)
        let text = date.ISO8601Format().dropLast()
        let micros = String(Int((seconds - whole) * 1e6))
        return "\(text).\(String(repeating: "0", count: max(6 - micros.count, 0)))\(micros)Z"
    }

    deinit { try? file.close() }
}

/// The published kinds of benchmark logs.
enum BenchmarkLogger: String, Sendable, CaseIterable {
    case none = "BaseBenchmarkLogger"
    case file = "BenchmarkFileLogger"
    case bigQuery = "BenchmarkBigQueryLogger"
}
