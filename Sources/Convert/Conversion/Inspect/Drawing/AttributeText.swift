internal import Formats
internal import Proto

/// The attributes of a node as text.
enum AttributeText {
    /// The most attributes of a node, and values of a list, that are shown.
    private static let limit = 64
    private static let listLimit = 16

    /// The attributes of a node, in the order of their names; a constant's value is not among them.
    static func attributes(of node: NodeDef) -> [(name: String, value: String)] {
        var texts: [(name: String, value: String)] = []
        let shown = node.attributes.filter { Name($0.name) != "_output_shapes" }
            .sorted { Name($0.name) < Name($1.name) }
        for attribute in shown.prefix(limit) {
            if case .tensor = attribute.value { continue }
            texts.append((DrawnText.clipped(attribute.name), text(attribute.value, depth: 0)))
        }
        if shown.count > limit { texts.append(("…", "\(shown.count - limit) others")) }
        if !node.device.isEmpty { texts.append(("device", DrawnText.clipped(node.device))) }
        return texts
    }

    /// The attributes of an ONNX operator, in the order of their names; a constant's value is not among them.
    static func attributes(of node: ONNXNode) -> [(name: String, value: String)] {
        var texts: [(name: String, value: String)] = []
        func list<Value>(_ values: [Value], _ text: (Value) -> String) -> String {
            "[" + values.prefix(listLimit).map(text).joined(separator: ", ")
                + (values.count > listLimit ? ", … (\(values.count))]" : "]")
        }
        for (name, value) in node.attributes.sorted(by: { $0.key < $1.key }).prefix(limit) {
            let shown =
                switch value {
                case .float(let number): "\(number)"
                case .integer(let number): "\(number)"
                case .text(let text): DrawnText.clipped(text)
                case .integers(let numbers): list(numbers) { "\($0)" }
                case .floats(let numbers): list(numbers) { "\($0)" }
                case .texts(let words): list(words) { DrawnText.clipped($0) }
                case .graphs: "a graph"
                case .tensor: ""
                }
            if case .tensor = value { continue }
            texts.append((DrawnText.clipped(name.text), shown))
        }
        return texts
    }

    private static func text(_ value: AttributeValue, depth: Int) -> String {
        switch value {
        case .bytes(let bytes):
            DrawnText.clipped(String(decoding: bytes.prefix(4 * DrawnText.limit), as: UTF8.self))
        case .integer(let number): "\(number)"
        case .float(let number): "\(number)"
        case .bool(let truth): truth ? "true" : "false"
        case .type(let number): DataType(rawValue: number)?.name ?? "type \(number)"
        case .shape(let shape):
            shape.isRankUnknown
                ? "of unknown rank"
                : DrawnText.shape(shape.dimensions.map { $0 < 0 ? nil : Int(exactly: $0) })
        case .tensor(let message):
            "a tensor \(DrawnText.shape((message.shape?.dimensions ?? []).map { Int(exactly: $0) }))"
        case .placeholder(let name): "what the caller gives as \(DrawnText.clipped(name))"
        case .function(let name, _): DrawnText.clipped(name)
        case .list(let values):
            depth > 2
                ? "…"
                : "["
                    + values.prefix(listLimit).map { text($0, depth: depth + 1) }
                    .joined(separator: ", ")
                    + (values.count > listLimit ? ", … (\(values.count))]" : "]")
        case .none: ""
        }
    }
}
