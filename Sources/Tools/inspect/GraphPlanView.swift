import Networks
import ToolSupport

/// How the engine runs a graph as a network: as layers, or by reference.
struct GraphPlanView {
    private let path: String
    private let options: ParsedOptions
    private let diagnostics: Diagnostics

    init(path: String, _ options: ParsedOptions, _ diagnostics: Diagnostics) {
        self.path = path
        self.options = options
        self.diagnostics = diagnostics
    }

    func run() throws -> ExitCode {
        var request = try GraphOptions.request(options)
        request.checkpoint = options[InspectOptions.checkpoint]
        request.usualImageSize = Self.usualSide
        let (graph, side, layers) = try ToolError.about(graphIn: path) {
            let graph = try ImportedGraph.outline(GraphSource(path, request), request)
            let side = graph.side ?? Self.usualSide
            return (graph, side, try graph.translated(size: side))
        }
        for note in graph.notes { diagnostics.note(note) }
        for warning in graph.warnings { diagnostics.warning(warning) }
        if graph.side == nil {
            diagnostics.note("the size of its pictures is open; planned for \(side)x\(side)")
        }
        let names = Set(layers.native.keys).union(layers.byReference.keys).sorted()
        if options[RunOptions.json] {
            try StandardOutput.write(
                document(
                    "plan",
                    path,
                    [
                        .init("image_size", .integer(side)),
                        .init("batch", layers.batch.map { .integer($0) } ?? .null),
                        .init("multiplications", .integer(layers.multiplications)),
                        .init("layers", OutlineView.member(layers.native)),
                        .init("by_reference", OutlineView.member(layers.byReference)),
                    ]
                )
            )
            return .done
        }
        let width = max(names.map(\.count).max() ?? 0, "operation".count)
        func line(_ name: String, _ layers: String, _ reference: String) -> String {
            func right(_ text: String, _ width: Int) -> String {
                String(repeating: " ", count: max(width - text.count, 0)) + text
            }
            return name + String(repeating: " ", count: max(width - name.count, 0))
                + right(layers, 10) + right(reference, 14)
        }
        try StandardOutput.line(line("operation", "as layers", "by reference"))
        for name in names {
            try StandardOutput.line(
                line(
                    name,
                    grouped(layers.native[name] ?? 0),
                    grouped(layers.byReference[name] ?? 0)
                )
            )
        }
        try StandardOutput.line(
            line(
                "all",
                grouped(layers.native.values.reduce(0, +)),
                grouped(layers.byReference.values.reduce(0, +))
            )
        )
        try StandardOutput.line(
            "\(grouped(layers.multiplications)) multiplications for a picture of \(side)x\(side)"
                + (layers.batch.map { ", \($0) at once" } ?? "")
        )
        return .done
    }

    /// The side that pictures are taken to have where a graph leaves it open.
    static let usualSide = 224
}
