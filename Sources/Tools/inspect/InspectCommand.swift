import Checkpoint
import Formats
import ToolSupport

/// Shows what a file of TensorFlow's holds.
@main
struct InspectCommand {
    static func main() {
        CommandLineTool.main(InspectOptions.table) { options in
            let path = options[InspectOptions.path]
            let diagnostics = Diagnostics(tool: InspectOptions.table.tool)
            let located = try ToolError.about(nil) { try LocatedFile(path) }
            let (kind, paths) = (located.kind, located.paths)
            try Applicability(kind).check(options, path: path)
            if GraphRunView.isAsked(options) {
                return try GraphRunView(path: path, options, diagnostics).run()
            }
            if options[InspectOptions.plan] {
                return try GraphPlanView(path: path, options, diagnostics).run()
            }
            if let note = located.note { diagnostics.note(note) }
            let code = try show(kind, paths, options, diagnostics)
            if code == .done, let more = Applicability(kind).more(options) {
                diagnostics.note("\(more); --help tells all")
            }
            return code
        }
    }

    private static func show(
        _ kind: FileKind,
        _ paths: [String],
        _ options: ParsedOptions,
        _ diagnostics: Diagnostics
    ) throws -> ExitCode {
        let path = paths[0]
        let arrays = ArrayView(path: path, options, diagnostics)
        switch kind {
        case .checkpoint(let location):
            return try CheckpointView(location, options, diagnostics).run()
        case .savedModel(let model, let variables):
            let outline = OutlineView(path: model, options)
            if let variables {
                return try CheckpointView(
                    variables,
                    options,
                    diagnostics,
                    servedAs: outline.servedModel(),
                    graph: model
                ).run()
            }
            return try outline.savedModel()
        case .records:
            var code = ExitCode.done
            for path in paths {
                let found = try RecordView(path: path, options, diagnostics).run()
                if found != .done { code = found }
            }
            return code
        case .events: return try EventView(paths: paths, options, diagnostics).run()
        case .example: return try RecordView(path: path, options, diagnostics).example()
        case .safeTensors, .safeTensorsIndex, .numPyArchive, .numPyArray, .onnx, .graph:
            if let code = try arrays.run() { return code }
            let outline = OutlineView(path: path, options)
            switch kind {
            case .safeTensors: return try outline.safeTensors()
            case .safeTensorsIndex: return try outline.safeTensorsIndex()
            case .numPyArchive: return try outline.archive()
            case .numPyArray: return try outline.array()
            case .onnx: return try outline.onnx(diagnostics)
            default: return try outline.graph()
            }
        case .metaGraph: return try OutlineView(path: path, options).metaGraph()
        }
    }
}

/// The document that `--json` prints.
func document(_ kind: String, _ path: String, _ members: [JSONValue.Member]) -> String {
    JSONValue.document(
        schema: "reassemble.inspect",
        version: 1,
        [.init("kind", .text(kind)), .init("path", .text(path))] + members
    ).indentedText
}

extension JSONValue {
    /// A shape.
    static func shape(_ shape: [Int]) -> JSONValue { .array(shape.map { .integer($0) }) }
}
