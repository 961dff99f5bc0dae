import Networks
import Proto
import ToolSupport

/// What a graph is as a network: where pictures go in and logits come out, and what is between.
struct NetworkOutline {
    private let path: String
    private let functions: [GraphDef.Function]
    private let network: ImportedGraph?
    private let problem: String?
    private let layers: TranslatedGraph?

    init(_ path: String, _ graph: GraphDef) {
        self.path = path
        functions = graph.functions
        do {
            let found = try ImportedGraph.outline(GraphSource(path))
            network = found
            layers = try? found.translated(size: found.side ?? GraphPlanView.usualSide)
            problem = nil
        } catch {
            network = nil
            layers = nil
            problem = "\(error)"
        }
    }

    private var calls: [String: Int] {
        functions.reduce(into: [:]) { counts, function in
            for node in function.nodes { counts[node.operation, default: 0] += 1 }
        }
    }

    /// A line for each fact, but for the operations.
    var lines: [String] {
        var lines: [String] = []
        if !functions.isEmpty {
            let nodes = functions.reduce(0) { $0 + $1.nodes.count }
            lines.append("\(grouped(functions.count)) functions of \(grouped(nodes)) nodes")
        }
        guard let network else {
            let reason = (problem ?? "").split(separator: "\n").map { String($0) }
            guard let first = reason.first else { return lines }
            return lines + ["as a network: \(first)"] + reason.dropFirst()
        }
        let count = network.operations.values.reduce(0, +)
        lines.append(
            "as a network: pictures \(Self.text(network.pictures.tensor, network.pictures.shape)), "
                + "logits \(Self.text(network.logits, network.logitsShape))"
        )
        lines.append(
            "\(grouped(count)) operations\(plan), \(grouped(network.parameters)) parameters: "
                + network.operations.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
                .map { "\(grouped($0.value)) \($0.key)" }.joined(separator: ", ")
        )
        return lines + network.warnings + network.notes.filter { !$0.hasPrefix("takes the") }
    }

    /// How they run.
    private var plan: String {
        guard let layers else { return ", all by reference" }
        let slow = layers.byReference.values.reduce(0, +)
        let side = network?.side ?? GraphPlanView.usualSide
        return " (\(slow == 0 ? "all as layers" : "\(grouped(slow)) by reference"), "
            + "\(grouped(layers.multiplications)) multiplications at \(side)x\(side))"
    }

    private static func text(_ tensor: String, _ shape: [Int?]?) -> String {
        guard let shape else { return tensor }
        return "\(tensor) [\(shape.map { $0.map { "\($0)" } ?? "?" }.joined(separator: ", "))]"
    }

    /// The same for `--json`.
    var members: [JSONValue.Member] {
        func shape(_ shape: [Int?]?) -> JSONValue {
            shape.map { .array($0.map { $0.map { .integer($0) } ?? .null }) } ?? .null
        }
        var members: [JSONValue.Member] = [
            .init("functions", .integer(functions.count)),
            .init("function_operations", OutlineView.member(calls)),
        ]
        guard let network else {
            return members + [.init("network", .null), .init("problem", .text(problem ?? ""))]
        }
        members.append(
            .init(
                "network",
                [
                    "pictures": .text(network.pictures.tensor),
                    "pictures_shape": shape(network.pictures.shape),
                    "logits": .text(network.logits), "logits_shape": shape(network.logitsShape),
                    "parameters": .integer(network.parameters),
                    "operations": OutlineView.member(network.operations),
                    "layers": layers.map { OutlineView.member($0.native) } ?? .null,
                    "by_reference": layers.map { OutlineView.member($0.byReference) } ?? .null,
                    "multiplications": layers.map { .integer($0.multiplications) } ?? .null,
                    "notes": .array((network.warnings + network.notes).map { .text($0) }),
                ]
            )
        )
        return members
    }
}
