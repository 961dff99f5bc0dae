import Convert
import ToolSupport

/// A drawing as the data that a page's script reads.
///
///     { facts: [[name, value]], omissions: [text], kinds: [[kind, title]],
///       tensors: [[name, type, shape, count, statistics, values, remark]],
///       graphs: [{ name, note, leftOut, scopes: [[label, parent]], nodes: [node] }] }
///     statistics: [least, largest, mean, deviation, norm, zeros, NaN, infinities, [parts of the histogram]]
///     node: { s: scope, l: label, o: operation, k: kind, i: [[node, output, name]], c: [node], a: [[name, value]],
///             r: [output], w: [[role, tensor]], f: function, x: inputs left out }; -1 is none, what is empty is left out
enum DrawingData {
    /// The data; safe inside of an element of a page, whatever names say.
    static func text(
        _ drawing: NetworkDrawing,
        facts: [(name: String, value: String)]
    ) -> String {
        let value: JSONValue = [
            "facts": .array(facts.map { .array([.text($0.name), .text($0.value)]) }),
            "omissions": .array(drawing.omissions.map { .text($0) }),
            "kinds": .array(
                OperationKind.allCases.map { .array([.text($0.rawValue), .text($0.title)]) }
            ),
            "tensors": .array(drawing.tensors.map(tensor)),
            "graphs": .array(drawing.graphs.map(graph)),
        ]
        return escaped(value.compactText)
    }

    /// What would end an element, or a line, is written as a number; outside of texts there is none of it.
    static func escaped(_ json: String) -> String {
        var result: [UInt8] = []
        result.reserveCapacity(json.utf8.count + 1024)
        func add(_ text: StaticString) {
            text.withUTF8Buffer { unsafe result.append(contentsOf: $0) }
        }
        for scalar in json.unicodeScalars {
            switch scalar {
            case "<": add("\\u003c")
            case ">": add("\\u003e")
            case "&": add("\\u0026")
            case "\u{2028}": add("\\u2028")
            case "\u{2029}": add("\\u2029")
            default: result.append(contentsOf: Array(String(scalar).utf8))
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    private static func tensor(_ tensor: DrawnTensor) -> JSONValue {
        .array([
            .text(tensor.name), .text(tensor.type), .shape(tensor.shape), .integer(tensor.count),
            tensor.statistics.map(statistics) ?? .null, .text(tensor.values), .text(tensor.remark),
        ])
    }

    private static func statistics(_ found: TensorStatistics) -> JSONValue {
        .array([
            .number(found.minimum), .number(found.maximum), .number(found.mean),
            .number(found.deviation), .number(found.norm), .integer(found.zeros),
            .integer(found.nans), .integer(found.infinities),
            .array(found.histogram.map { .integer($0) }),
        ])
    }

    private static func graph(_ graph: DrawnGraph) -> JSONValue {
        [
            "name": .text(graph.name), "note": .text(graph.note),
            "leftOut": .integer(graph.leftOut),
            "scopes": .array(
                graph.scopes.map { .array([.text($0.label), .integer($0.parent ?? -1)]) }
            ),
            "nodes": .array(graph.nodes.map(node)),
        ]
    }

    private static func node(_ node: DrawnGraph.Node) -> JSONValue {
        var members: [JSONValue.Member] = [
            .init("s", .integer(node.scope ?? -1)), .init("l", .text(node.label)),
            .init("o", .text(node.operation)), .init("k", .text(node.kind.rawValue)),
            .init(
                "i",
                .array(
                    node.inputs.map {
                        .array([.integer($0.node ?? -1), .integer($0.output), .text($0.name)])
                    }
                )
            ),
        ]
        func add(_ name: String, _ values: [JSONValue]) {
            if !values.isEmpty { members.append(.init(name, .array(values))) }
        }
        add("c", node.controls.map { .integer($0) })
        add("a", node.attributes.map { .array([.text($0.name), .text($0.value)]) })
        add("r", node.outputs.map { .text($0) })
        add("w", node.weights.map { .array([.text($0.role), .integer($0.tensor)]) })
        if let called = node.called { members.append(.init("f", .text(called))) }
        if node.inputsLeftOut > 0 { members.append(.init("x", .integer(node.inputsLeftOut))) }
        return .object(members)
    }
}
