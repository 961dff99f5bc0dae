import Proto
import ToolSupport

/// What a SavedModel offers: its graphs' tags and signatures.
struct ServedModel {
    private let graphs: [MetaGraph]
    private let outline: NetworkOutline?

    init(_ graphs: [MetaGraph], _ outline: NetworkOutline? = nil) {
        self.graphs = graphs
        self.outline = outline
    }

    /// A line for each graph, signature, input and output.
    var lines: [String] {
        graphs.flatMap { meta in
            ["tags: " + meta.tags.joined(separator: ", ")]
                + meta.signatures.sorted { $0.name < $1.name }.flatMap(Self.lines)
        } + (outline?.lines ?? [])
    }

    private static func lines(_ signature: MetaGraph.Signature) -> [String] {
        func tensors(_ word: String, _ infos: [String: MetaGraph.TensorInfo]) -> [String] {
            infos.sorted { $0.key < $1.key }.map { name, info in
                guard info.parts.isEmpty else {
                    return "  \(word) \(name): made of \(info.parts.joined(separator: ", "))"
                }
                return "  \(word) \(name): \(typeName(info)) \(shapeName(info)) \(info.name)"
            }
        }
        let method = signature.method.isEmpty ? "" : " (\(signature.method))"
        return ["signature \(signature.name)\(method)"] + tensors("input", signature.inputs)
            + tensors("output", signature.outputs)
    }

    private static func typeName(_ info: MetaGraph.TensorInfo) -> String {
        DataType(rawValue: info.dataType)?.name ?? "type \(info.dataType)"
    }

    private static func shapeName(_ info: MetaGraph.TensorInfo) -> String {
        info.shape.isRankUnknown
            ? "of unknown rank"
            : "[" + info.shape.dimensions.map { $0 < 0 ? "?" : "\($0)" }.joined(separator: ", ")
                + "]"
    }

    /// The same for `--json`.
    var members: [JSONValue.Member] {
        func tensors(_ infos: [String: MetaGraph.TensorInfo]) -> JSONValue {
            .object(
                infos.sorted { $0.key < $1.key }.map { name, info in
                    .init(
                        name,
                        [
                            "tensor": .text(info.name), "dtype": .text(Self.typeName(info)),
                            "shape": info.shape.isRankUnknown
                                ? .null
                                : .array(info.shape.dimensions.map { .integer(Int($0)) }),
                        ]
                    )
                }
            )
        }
        let graphs = graphs.map { meta -> JSONValue in
            [
                "tags": .array(meta.tags.map { .text($0) }),
                "signatures": .object(
                    meta.signatures.sorted { $0.name < $1.name }.map { signature in
                        .init(
                            signature.name,
                            [
                                "method": .text(signature.method),
                                "inputs": tensors(signature.inputs),
                                "outputs": tensors(signature.outputs),
                            ]
                        )
                    }
                ),
            ]
        }
        return [.init("graphs", .array(graphs))] + (outline?.members ?? [])
    }
}
