import Checkpoint
import Formats
import ToolSupport

/// Shows what a file of TensorFlow's holds.
@main
struct InspectCommand {
    static func main() {
        CommandLineTool.main(InspectOptions.table) { options in
            Interruption.install()
            let path = options[InspectOptions.path]
            let diagnostics = Diagnostics(tool: InspectOptions.table.tool)
            let kind = try ToolError.about(nil) { try FileKind(path) }
            try Applicability(kind).check(options, path: path)
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
                        servedAs: outline.servedModel()
                    ).run()
                }
                return try outline.savedModel()
            case .records: return try RecordView(path: path, options, diagnostics).run()
            case .events: return try EventView(path: path, options).run()
            case .example: return try RecordView(path: path, options, diagnostics).example()
            case .safeTensors: return try OutlineView(path: path, options).safeTensors()
            case .numPyArchive: return try OutlineView(path: path, options).archive()
            case .numPyArray: return try OutlineView(path: path, options).array()
            case .onnx: return try OutlineView(path: path, options).onnx()
            case .graph: return try OutlineView(path: path, options).graph()
            case .metaGraph: return try OutlineView(path: path, options).metaGraph()
            }
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
