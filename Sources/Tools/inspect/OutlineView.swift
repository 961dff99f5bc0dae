import Checkpoint
import Convert
import Formats
import Networks
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
        let texts = outline.texts.sorted { Name($0.name) < Name($1.name) }
        return try show(
            "safetensors",
            "safetensors",
            outline.arrays,
            lines: texts.map { "\($0.name.printable): \($0.value.printable)" },
            [.init("metadata", .object(texts.map { .init($0.name, .text($0.value)) }))]
        )
    }

    func safeTensorsIndex() throws -> ExitCode {
        let shards = try ToolError.about(nil) { try SafeTensorsShards(index: path) }
        return try show(
            "safetensors",
            "index of \(shards.paths.count - 1) safetensors files",
            shards.tensors.map { ArrayEntry($0) },
            [.init("files", .array(shards.paths.dropFirst().map { .text($0) }))]
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

    func onnx(_ diagnostics: Diagnostics) throws -> ExitCode {
        let outline = try message { ONNXOutline($0) }
        guard let outline else { throw ToolError(.file, file: path, "it is no ONNX model") }
        let lost = (try? ONNXConstants(path: path))?.unread.filter(\.isDamaged) ?? []
        if let first = lost.first {
            let others = lost.count > 1 ? " and \(lost.count - 1) others" : ""
            diagnostics.warning("\(path): '\(first.name)'\(others) \(first.reason)")
        }
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
        ) { try NetworkDrawing(onnx: path) }
    }

    func graph() throws -> ExitCode {
        let file = try ToolError.about(nil) { try GraphFile(path: path) }
        return try show(
            file.metaGraphs[0].graph,
            "graph",
            file.isText ? "TensorFlow graph as text" : "TensorFlow graph",
            isNetwork: true
        )
    }

    func metaGraph() throws -> ExitCode {
        let meta = try ToolError.about(nil) { try GraphFile(path: path) }.metaGraphs[0]
        let variables = try ToolError.about(path) { try GraphVariables(meta) }
        var lines = ["written by TensorFlow \(meta.tensorFlowVersion)"]
        if let saver = meta.saver {
            lines.append(
                "saver: version \(saver.version), \(saver.isSharded ? "sharded, " : "")"
                    + "keeps \(saver.keptCount)"
            )
        }
        lines.append("collections: " + meta.collections.keys.sorted().joined(separator: ", "))
        lines.append("variables: \(grouped(variables.variables.count))")
        let comparison = try compared(variables)
        lines += comparison.lines
        return try show(
            meta.graph,
            "metagraph",
            "graph of a checkpoint",
            lines: lines,
            [
                .init("tensorflow", .text(meta.tensorFlowVersion)),
                .init(
                    "saver",
                    meta.saver.map { saver -> JSONValue in
                        [
                            "version": .integer(Int(saver.version)),
                            "sharded": .bool(saver.isSharded),
                            "kept": .integer(Int(saver.keptCount)),
                        ]
                    } ?? .null
                ),
                .init("collections", .array(meta.collections.keys.sorted().map { .text($0) })),
                .init("variables", .integer(variables.variables.count)),
                .init("checkpoint", comparison.member),
            ],
            isNetwork: true
        )
    }

    /// How the graph's variables differ from those of the checkpoint beside it.
    private func compared(
        _ variables: GraphVariables
    ) throws -> (lines: [String], member: JSONValue) {
        guard path.hasSuffix(".meta"),
            let location = try? CheckpointLocation(String(path.dropLast(".meta".count)))
        else { return (["there is no checkpoint beside it"], .null) }
        let source = try ToolError.about(nil) { try location.open() }
        let found = variables.differences(from: source)
        let title =
            found.isEmpty
            ? "\(location.prefix) has all of them, and nothing else"
            : "\(location.prefix): \(grouped(found.missing.count)) missing, "
                + "\(grouped(found.unexpected.count)) added, "
                + "\(grouped(found.misshapen.count)) of another shape"
        let lines =
            found.missing.map { "  missing: \($0.name)" }
            + found.unexpected.map { "  added: \($0)" }
            + found.misshapen.map {
                "  misshapen: \($0.name): \(shapeText($0.found)), "
                    + "the graph has \(shapeText($0.expected))"
            }
        return (
            [title] + lines,
            [
                "prefix": .text(location.prefix),
                "missing": .array(found.missing.map { .text($0.name) }),
                "added": .array(found.unexpected.map { .text($0) }),
                "misshapen": .array(
                    found.misshapen.map {
                        [
                            "name": .text($0.name), "shape": .shape($0.found),
                            "graph_shape": .shape($0.expected),
                        ]
                    }
                ),
            ]
        )
    }

    func savedModel() throws -> ExitCode {
        let graphs = try ToolError.about(nil) { try GraphFile(path: path) }.metaGraphs
        let served = ServedModel(graphs)
        return try show(
            graphs.first?.graph,
            "saved_model",
            "SavedModel",
            lines: served.lines,
            served.members,
            isNetwork: true
        )
    }

    /// What the SavedModel offers, to be shown with its variables.
    func servedModel() throws -> ServedModel {
        let graphs = try ToolError.about(nil) { try GraphFile(path: path) }.metaGraphs
        return ServedModel(graphs, graphs.first?.graph.map { NetworkOutline(path, $0) })
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
        lines: [String] = [],
        _ members: [JSONValue.Member] = [],
        isNetwork: Bool = false
    ) throws -> ExitCode {
        var counts: [String: Int] = [:]
        for node in graph?.nodes ?? [] { counts[node.operation, default: 0] += 1 }
        let outline = isNetwork ? graph.map { NetworkOutline(path, $0) } : nil
        return try show(
            kind,
            "\(title), \(grouped(graph?.nodes.count ?? 0)) nodes",
            nil,
            lines: lines + (outline?.lines ?? []) + Self.counts(counts),
            members + [
                .init("nodes", .integer(graph?.nodes.count ?? 0)),
                .init("operations", Self.member(counts)),
            ] + (outline?.members ?? [])
        ) { try NetworkDrawing(graphOf: GraphSource(path)) }
    }

    static func counts(_ counts: [String: Int]) -> [String] {
        counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
            "\(grouped($0.value)) \($0.key)"
        }
    }

    static func member(_ counts: [String: Int]) -> JSONValue {
        .object(counts.sorted { $0.key < $1.key }.map { .init($0.key, .integer($0.value)) })
    }

    private func show(
        _ kind: String,
        _ title: String,
        _ arrays: [ArrayEntry]?,
        lines: [String] = [],
        _ members: [JSONValue.Member] = [],
        drawing: (() throws -> NetworkDrawing)? = nil
    ) throws -> ExitCode {
        let list = arrays ?? []
        guard !options[RunOptions.json] || options.isGiven(InspectOptions.html) else {
            let tensors = list.map { array -> JSONValue in
                [
                    "name": .text(array.name), "dtype": .text(array.type),
                    "shape": .shape(array.shape), "bytes": .integer(array.byteCount),
                    "offset": array.offset.map { .integer($0) } ?? .null,
                    "order": .text(array.order.isEmpty ? "C" : "Fortran"),
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
        if let page = options[InspectOptions.html] {
            try write(
                page,
                OutlinePage(title: text, lines: lines, arrays: list),
                try drawing.map { draw in try ToolError.about(nil) { try draw() } }
            )
            return .done
        }
        text += "\n" + lines.map { $0 + "\n" }.joined()
        var table = Table([.left, .left, .left, .right, .right, .left])
        for array in list {
            table.append([
                array.name, array.type, array.type.isEmpty ? "" : shapeText(array.shape),
                byteText(array.byteCount), array.offset.map(String.init) ?? "",
                array.order,
            ])
        }
        try StandardOutput.write(text + table.text)
        return .done
    }

    /// The page of the file: with the drawing, if there is one.
    private func write(
        _ page: String,
        _ outline: OutlinePage,
        _ drawing: NetworkDrawing?
    ) throws {
        let title = path.split(separator: "/").last.map(String.init) ?? path
        guard let drawing, !drawing.graphs.isEmpty else {
            try Page.write(
                title: title,
                body: outline.body,
                to: page,
                replacing: options[RunOptions.force]
            )
            return
        }
        try NetworkPage(
            title: title,
            facts: [("file", outline.title.printable)],
            drawing: drawing,
            body: "<section id=\"tables\">\n\(outline.body)</section>\n"
        ).write(to: page, replacing: options[RunOptions.force])
    }
}
