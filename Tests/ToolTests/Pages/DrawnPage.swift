import Foundation
import TestSupport
import Testing

/// The page that `inspect --html` writes, and the data in it as its script reads it.
struct DrawnPage {
    /// The page's bytes as text.
    let text: String
    /// The drawings.
    let graphs: [[String: Any]]
    /// The tensors: name, type, shape, count, statistics, values, remark.
    let tensors: [[Any]]
    /// What is said not to be shown.
    let omissions: [String]

    /// Writes and reads the page of a file.
    init(_ path: String, in folder: TemporaryFolder) throws {
        let page = folder.path("page-\(UUID().uuidString).html")
        let outcome = try Tool.run("inspect", [path, "--html", page])
        #expect(outcome.exitCode == 0, "\(outcome.errors)")
        text = String(decoding: try Data(contentsOf: URL(filePath: page)), as: UTF8.self)
        let start = try #require(text.range(of: "<script type=\"application/json\" id=\"data\">"))
        let end = try #require(text[start.upperBound...].range(of: "</script>"))
        let json = Data(text[start.upperBound..<end.lowerBound].utf8)
        let data = try #require(try JSONSerialization.jsonObject(with: json) as? [String: Any])
        graphs = try #require(data["graphs"] as? [[String: Any]])
        tensors = try #require(data["tensors"] as? [[Any]])
        omissions = try #require(data["omissions"] as? [String])
    }

    /// A box.
    struct Box {
        let label: String
        let operation: String
        let kind: String
        /// The numbers of the boxes that it takes from; -1 for one that is not drawn.
        let inputs: [Int]
        let outputs: [String]
        /// The tensors, by what they are to it.
        let weights: [String: Int]
        /// The whole name.
        let path: String
        /// The name of the function that it calls.
        let called: String?
    }

    /// The boxes of a drawing.
    func boxes(_ number: Int = 0) throws -> [Box] {
        let scopes = try #require(graphs[number]["scopes"] as? [[Any]])
        let nodes = try #require(graphs[number]["nodes"] as? [[String: Any]])
        return try nodes.map { node in
            var parts = [try #require(node["l"] as? String)]
            var scope = try #require(node["s"] as? Int)
            while scope >= 0 {
                parts.append(try #require(scopes[scope][0] as? String))
                scope = try #require(scopes[scope][1] as? Int)
            }
            var weights: [String: Int] = [:]
            for weight in node["w"] as? [[Any]] ?? [] {
                weights[try #require(weight[0] as? String)] = try #require(weight[1] as? Int)
            }
            return Box(
                label: parts[0],
                operation: try #require(node["o"] as? String),
                kind: try #require(node["k"] as? String),
                inputs: try #require(node["i"] as? [[Any]]).map { $0[0] as? Int ?? -2 },
                outputs: node["r"] as? [String] ?? [],
                weights: weights,
                path: parts.reversed().joined(separator: "/"),
                called: node["f"] as? String
            )
        }
    }

    /// A box by its whole name.
    func box(_ path: String, in number: Int = 0) throws -> Box {
        try #require(try boxes(number).first { $0.path.utf8.elementsEqual(path.utf8) }, "\(path)")
    }
}

/// Graphs in protobuf's text format.
enum GraphText {
    /// A node; the name is written as it stands, escapes and all.
    static func node(
        _ name: String,
        _ operation: String,
        _ inputs: [String] = [],
        _ attributes: [String] = []
    ) -> String {
        "node { name: \"\(name)\" op: \"\(operation)\" "
            + inputs.map { "input: \"\($0)\" " }.joined() + attributes.joined(separator: " ")
            + " }\n"
    }

    /// An attribute.
    static func attribute(_ name: String, _ value: String) -> String {
        "attr { key: \"\(name)\" value { \(value) } }"
    }

    /// A picture's placeholder.
    static func pictures(_ name: String, _ shape: [Int]) -> String {
        let dims = shape.map { "dim { size: \($0) }" }.joined(separator: " ")
        return node(
            name,
            "Placeholder",
            [],
            [attribute("dtype", "type: DT_FLOAT"), attribute("shape", "shape { \(dims) }")]
        )
    }

    /// A constant whose values are listed.
    static func constant(
        _ name: String,
        _ shape: [Int],
        _ values: String,
        type: String = "DT_FLOAT"
    ) -> String {
        let dims = shape.map { "dim { size: \($0) }" }.joined(separator: " ")
        return node(
            name,
            "Const",
            [],
            [
                attribute("dtype", "type: \(type)"),
                attribute(
                    "value",
                    "tensor { dtype: \(type) tensor_shape { \(dims) } \(values) }"
                ),
            ]
        )
    }
}
