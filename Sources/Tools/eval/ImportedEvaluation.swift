import Base
import Convert
import Engine
import Formats
import Networks
import Reference
import ToolSupport

/// Runs a network that comes from a graph over tensors that are prepared already, pictures or not, and writes its logits.
struct ImportedEvaluation {
    private let graph: ImportedGraph
    private let execution: ExecutionOptions
    private let options: ParsedOptions
    private let diagnostics: Diagnostics
    private let tensor: String

    /// Opens what the command line names, if it is a graph and no network of the family, and takes tensors.
    ///
    /// - Throws: `ToolError`; also for what is not done with a graph yet.
    init?(_ options: ParsedOptions, _ diagnostics: Diagnostics) throws {
        guard let path = EvalOptions.checkpoint(options),
            Network.isGraph(path)
        else {
            for option in GraphOptions.all where options.isGiven(option) {
                throw ToolError(
                    .usage,
                    "\(options.spelling(of: option)) is for graphs; this is a checkpoint of the family"
                )
            }
            return nil
        }
        // Records and folders of pictures are measured as with any network.
        guard let tensor = options[EvalOptions.tensor] else { return nil }
        guard options[EvalOptions.logits] != nil || options[EvalOptions.stages] != nil else {
            throw ToolError(
                .usage,
                file: path,
                "--tensor gives pictures without labels: say what is wanted by --logits or --stages"
            )
        }
        for option in PictureOptions.parts where options.isGiven(option) {
            throw ToolError(
                .usage,
                "\(options.spelling(of: option)) prepares pictures, and those of --tensor are prepared already"
            )
        }
        self.tensor = tensor
        self.options = options
        self.diagnostics = diagnostics
        var request = try GraphOptions.request(options)
        request.weights = options[EvalOptions.weights]
        ThreadCount.set(options[RunOptions.threads])
        execution = try EngineOptions.execution(options)
        graph = try ToolError.about(graphIn: path) { try ImportedGraph(path, request) }
        for note in graph.notes { diagnostics.note(note) }
        for warning in graph.warnings { diagnostics.warning(warning) }
    }

    func run() throws -> ExitCode {
        var reader = try ToolError.about(tensor) { try NPYReader(path: tensor) }
        let shape = reader.header.shape
        guard reader.header.type == .float32, shape.count >= 2, !shape.contains(0) else {
            throw ToolError(
                .file,
                file: tensor,
                "expected float32 of the shape [pictures, …], not \(shape)"
            )
        }
        let extents = Array(shape.dropFirst())
        let stages = options[EvalOptions.stages]
        let (layers, executor) = try ToolError.about(networkIn: graph.files.path) {
            let layers = try graph.translated(
                pictures: extents,
                observing: stages == nil ? [] : graph.tensorNames
            )
            let executor = try layers.executor(
                batch: min(options[EvalOptions.batchSize], shape[0]),
                execution
            )
            return (layers, executor)
        }
        diagnostics.note("model: \(graph.summary)")
        tell(layers)
        let count = min(options[EvalOptions.limit] ?? .max, shape[0])
        guard count.isMultiple(of: executor.batch) || layers.batch == nil else {
            throw ToolError(
                .mismatch,
                file: tensor,
                "the graph takes \(executor.batch) pictures at once, and there are \(count)"
            )
        }
        let picture = extents.reduce(1, *)
        var done = 0
        var rows: [Float] = []
        while done < count {
            guard !Interruption.isRequested else { return .interrupted }
            let next = min(executor.batch, count - done)
            let values = try ToolError.about(tensor) {
                try reader.elements(next * picture, as: Float.self)
            }
            layers.fill(executor, with: [values])
            try executor.run()
            let found = try ToolError.about(graphIn: tensor) {
                try layers.value(of: .logits, executor, pictures: next)
            }
            rows += found?.values ?? []
            if let stages, done == 0 {
                try write(layers, executor, pictures: next, to: stages)
            }
            done += next
        }
        let classes = rows.count / max(count, 1)
        let logits = options[EvalOptions.logits]
        if let logits {
            try ToolError.about(logits) {
                var writer = try NPYWriter(
                    path: logits,
                    type: .float32,
                    rowShape: [classes],
                    replacing: options[RunOptions.force]
                )
                try writer.append(rows.span)
                try writer.finish()
            }
        }
        try EngineReport(executor).deliver(options)
        if options[RunOptions.json] {
            try StandardOutput.write(
                JSONValue.document(
                    schema: "reassemble.eval",
                    version: 1,
                    [
                        .init("pictures", .integer(count)), .init("classes", .integer(classes)),
                        .init("logits", logits.map { .text($0) } ?? .null),
                    ]
                ).indentedText
            )
        } else {
            let files = [logits, stages].compactMap { $0 }.joined(separator: ", ")
            try StandardOutput.line("\(count) pictures, \(classes) classes: \(files)")
        }
        return .done
    }

    /// Says how the graph runs.
    private func tell(_ layers: TranslatedGraph) {
        let slow = layers.byReference.sorted { $0.key < $1.key }
        guard !slow.isEmpty else { return }
        diagnostics.note(
            "computed by reference, which is slow: "
                + slow.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        )
    }

    /// Writes the statistics of every tensor, over the first batch.
    private func write(
        _ layers: TranslatedGraph,
        _ executor: Executor,
        pictures: Int,
        to path: String
    ) throws {
        var statistics: [StageStatistics] = []
        for stage in layers.stages {
            let value = try ToolError.about(graphIn: graph.files.path) {
                try layers.value(of: stage, executor, pictures: pictures)
            }
            guard let value else { continue }
            let name = stage == .logits ? graph.logits : stage.name
            statistics.append(
                StageStatistics(name: name, shape: value.shape, values: value.values[...])
            )
        }
        let inside = layers.stages.filter { layers.isInside($0) }
        for (names, what) in [
            (
                inside.map(\.name),
                "are inside of layers, and computed by reference of what they give"
            ),
            (layers.missing, "are left out, as nothing gives them"),
        ] where !names.isEmpty {
            diagnostics.note(
                "\(names.count) tensors \(what): \(names.prefix(3).joined(separator: ", "))"
                    + (names.count > 3 ? " and \(names.count - 3) others" : "")
            )
        }
        try EvaluationOutputs.write(
            statistics,
            pictures: pictures,
            to: path,
            replacing: options[RunOptions.force]
        )
    }
}
