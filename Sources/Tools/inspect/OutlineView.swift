import Checkpoint
import Convert
import Proto
import ToolSupport

/// What can be listed of files that are no checkpoints and no records.
struct OutlineView {
    private let path: String
    private let options: ParsedOptions

    init(path: String, _ options: ParsedOptions) {
        self.path = path
        self.options = options
    }

    func safeTensors() throws -> ExitCode {
        let outline = try ToolError.about(nil) { try SafeTensorsOutline(path: path) }
        let texts = outline.metadata.sorted { $0.key < $1.key }
        return try show(
            "safetensors",
            "safetensors",
            outline.arrays,
            lines: texts.map { "\($0.key): \($0.value)" },
            [.init("metadata", .object(texts.map { .init($0.key, .text($0.value)) }))]
        )
    }

    func archive() throws -> ExitCode {
        let outline = try ToolError.about(nil) { try ArchiveOutline(path: path) }
        return try show("npz", "NumPy archive", outline.arrays)
    }

    func array() throws -> ExitCode {
        let entry = try ToolError.about(nil) { try ArchiveOutline.array(path: path) }
        return try show("npy", "NumPy array", [entry])
    }

    func onnx() throws -> ExitCode {
        let outline = try message { ONNXOutline($0) }
        guard let outline else { throw ToolError(.file, file: path, "it is no ONNX model") }
        return try show(
            "onnx",
            "ONNX model, format \(outline.version), operators of version \(outline.operators), "
                + "by \(outline.producer)",
            outline.weights,
            lines: Self.counts(outline.nodes),
            [
                .init("ir_version", .integer(Int(truncatingIfNeeded: outline.version))),
                .init("opset", .integer(Int(truncatingIfNeeded: outline.operators))),
                .init("operations", Self.member(outline.nodes)),
            ]
        )
    }

    func graph() throws -> ExitCode {
        let graph = try message { bytes in try? GraphDef(bytes) }
        guard let graph else { throw ToolError(.file, file: path, "it is no graph") }
        return try show(graph, "graph", "TensorFlow graph")
    }

    func metaGraph() throws -> ExitCode {
        let meta = try message { bytes in try? MetaGraph(bytes) }
        guard let meta else { throw ToolError(.file, file: path, "it is no graph") }
        var lines = ["written by TensorFlow \(meta.tensorFlowVersion)"]
        if let saver = meta.saver {
            lines.append(
                "saver: version \(saver.version), \(saver.isSharded ? "sharded, " : "")"
                    + "keeps \(saver.keptCount)"
            )
        }
        lines.append("collections: " + meta.collections.keys.sorted().joined(separator: ", "))
        return try show(meta.graph, "metagraph", "graph of a checkpoint", lines: lines)
    }

    func savedModel() throws -> ExitCode {
        let model = try message { bytes in try? SavedModel(bytes) }
        guard let model else { throw ToolError(.file, file: path, "it is no SavedModel") }
        var lines: [String] = []
        for meta in model.metaGraphs {
            lines.append("tags: " + meta.tags.joined(separator: ", "))
            for signature in meta.signatures {
                let inputs = signature.inputs.keys.sorted().joined(separator: ", ")
                let outputs = signature.outputs.keys.sorted().joined(separator: ", ")
                lines.append("signature \(signature.name): \(inputs) -> \(outputs)")
            }
        }
        return try show(model.metaGraphs.first?.graph, "saved_model", "SavedModel", lines: lines)
    }

    private func message<Value>(_ read: (RawSpan) -> Value) throws -> Value {
        try ToolError.about(nil) {
            try MappedFile(path: path).withBytes { bytes throws(CheckpointError) in read(bytes) }
        }
    }

    private func show(
        _ graph: GraphDef?,
        _ kind: String,
        _ title: String,
        lines: [String] = []
    ) throws -> ExitCode {
        var counts: [String: Int] = [:]
        for node in graph?.nodes ?? [] { counts[node.operation, default: 0] += 1 }
        return try show(
            kind,
            "\(title), \(grouped(graph?.nodes.count ?? 0)) nodes",
            nil,
            lines: lines + Self.counts(counts),
            [
                .init("nodes", .integer(graph?.nodes.count ?? 0)),
                .init("operations", Self.member(counts)),
            ]
        )
    }

    private static func counts(_ counts: [String: Int]) -> [String] {
        counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
            "\(grouped($0.value)) \($0.key)"
        }
    }

    private static func member(_ counts: [String: Int]) -> JSONValue {
        .object(counts.sorted { $0.key < $1.key }.map { .init($0.key, .integer($0.value)) })
    }

    private func show(
        _ kind: String,
        _ title: String,
        _ arrays: [ArrayEntry]?,
        lines: [String] = [],
        _ members: [JSONValue.Member] = []
    ) throws -> ExitCode {
        let list = arrays ?? []
        guard !options[RunOptions.json] else {
            let tensors = list.map { array -> JSONValue in
                [
                    "name": .text(array.name), "dtype": .text(array.type),
                    "shape": .shape(array.shape), "bytes": .integer(array.byteCount),
                    "offset": array.offset.map { .integer($0) } ?? .null,
                ]
            }
            try StandardOutput.write(
                document(
                    kind,
                    path,
                    members + (arrays == nil ? [] : [.init("tensors", .array(tensors))])
                )
            )
            return .done
        }
        var text = "\(path): \(title)"
        if arrays != nil {
            let bytes = list.reduce(0) { $0.addingReportingOverflow($1.byteCount).partialValue }
            text += ", \(grouped(list.count)) arrays, \(byteText(bytes))"
        }
        text += "\n" + lines.map { $0 + "\n" }.joined()
        var table = Table([.left, .left, .left, .right, .right])
        for array in list {
            table.append([
                array.name, array.type, array.type.isEmpty ? "" : "\(array.shape)",
                byteText(array.byteCount), array.offset.map(String.init) ?? "",
            ])
        }
        try StandardOutput.write(text + table.text)
        return .done
    }
}
