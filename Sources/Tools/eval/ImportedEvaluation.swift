import Checkpoint
import Formats
import Networks
import Proto
import Reference
import ToolSupport

/// Runs a network that comes from a graph over pictures that are prepared already, and writes its logits.
struct ImportedEvaluation {
    private let graph: ImportedGraph
    private let options: ParsedOptions
    private let diagnostics: Diagnostics
    private let tensor: String

    /// Opens what the command line names, if it is a graph and no network of the family.
    ///
    /// - Throws: `ToolError`; also for what is not done with a graph yet.
    init?(_ options: ParsedOptions, _ diagnostics: Diagnostics) throws {
        guard let path = options[EvalOptions.checkpoint] ?? options[EvalOptions.modelDirectory],
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
        guard let tensor = options[EvalOptions.tensor], options[EvalOptions.logits] != nil else {
            throw ToolError(
                .usage,
                file: path,
                "a network that comes from a graph is run by --tensor X.npy --logits L.npy"
            )
        }
        self.tensor = tensor
        self.options = options
        self.diagnostics = diagnostics
        var request = try GraphOptions.request(options)
        request.weights = options[EvalOptions.weights]
        graph = try ToolError.about(graphIn: path) { try ImportedGraph(path, request) }
        for note in graph.notes { diagnostics.note(note) }
        for warning in graph.warnings { diagnostics.warning(warning) }
    }

    func run() throws -> ExitCode {
        guard let logits = options[EvalOptions.logits] else { return .done }
        var reader = try ToolError.about(tensor) { try NPYReader(path: tensor) }
        let shape = reader.header.shape
        guard reader.header.type == .float32, shape.count >= 2, !shape.contains(0) else {
            throw ToolError(
                .file,
                file: tensor,
                "expected float32 of the shape [pictures, …], not \(shape)"
            )
        }
        let count = min(options[EvalOptions.limit] ?? .max, shape[0])
        let batch = graph.batch ?? min(options[EvalOptions.batchSize], count)
        guard count.isMultiple(of: batch) || graph.batch == nil else {
            throw ToolError(
                .mismatch,
                file: tensor,
                "the graph takes \(batch) pictures at once, and there are \(count)"
            )
        }
        let picture = shape.dropFirst().reduce(1, *)
        var done = 0
        var classes = 0
        var rows: [Float] = []
        while done < count {
            guard !Interruption.isRequested else { return .interrupted }
            let next = min(batch, count - done)
            let values = try ToolError.about(tensor) {
                try reader.elements(next * picture, as: Float.self)
            }
            let result = try ToolError.about(graphIn: tensor) {
                let pictures = try ReferenceTensor([next] + shape.dropFirst(), values)
                return try graph.logits(pictures)
            }
            let found = result.values
            guard found.count.isMultiple(of: next), !found.isEmpty,
                classes == 0 || found.count == next * classes
            else {
                throw ToolError(
                    .mismatch,
                    file: tensor,
                    "\(graph.logits) has the shape \(result.shape) for \(next) pictures"
                )
            }
            classes = found.count / next
            rows += found
            done += next
        }
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
        if options[RunOptions.json] {
            try StandardOutput.write(
                JSONValue.document(
                    schema: "reassemble.eval",
                    version: 1,
                    [
                        .init("pictures", .integer(count)), .init("classes", .integer(classes)),
                        .init("logits", .text(logits)),
                    ]
                ).indentedText
            )
        } else {
            try StandardOutput.line("\(count) pictures, \(classes) classes: \(logits)")
        }
        return .done
    }
}
