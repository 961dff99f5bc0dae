internal import Checkpoint
internal import Formats
internal import Proto

// The whole that was made, as a graph with a signature.
extension ONNXImporter {
    /// What a signature says of a tensor.
    func info(_ value: Value) -> MetaGraph.TensorInfo {
        let extents = shape(value)
        return MetaGraph.TensorInfo(
            // Replaced by its name when all have one.
            name: "\(value.place.node):\(value.place.output)",
            dataType: (forms[value.place]?.type ?? .float32).rawValue,
            shape: TensorShape(
                (extents ?? []).map { Int64($0 ?? -1) },
                isRankUnknown: extents == nil
            )
        )
    }

    /// Gives all operations their names.
    func finished(_ signature: MetaGraph.Signature, of file: ONNXFile) -> GraphFile {
        var taken: Set<Name> = []
        func unique(_ text: String) -> String {
            // A colon would be taken for that before the number of an output, an arrow for one that only orders.
            let plain = String(
                decoding: text.utf8.map { $0 == UInt8(ascii: ":") ? UInt8(ascii: "_") : $0 }
                    .drop { $0 == UInt8(ascii: "^") },
                as: UTF8.self
            )
            var (name, number) = (plain.isEmpty ? "value" : plain, 1)
            while !taken.insert(Name(name)).inserted {
                name = "\(plain)_\(number)"
                number += 1
            }
            return name
        }
        var names = [String](repeating: "", count: made.count)
        for (number, node) in made.enumerated() {
            if let title = node.title { names[number] = unique(title) }
        }
        for (number, node) in made.enumerated() where node.title == nil {
            names[number] = unique("\(node.scope)/\(node.operation)")
        }
        func text(_ place: TensorPlace) -> String {
            place.output == 0 ? names[place.node] : "\(names[place.node]):\(place.output)"
        }
        var graph = MetaGraph(GraphDef(nodes: [], versions: Versions()))
        graph.graph?.nodes = made.enumerated().map { number, node in
            var attributes = node.attributes
            if node.operation != "Const", let extents = shape(Value(place: .init(node: number))) {
                let shape = TensorShape(extents.map { Int64($0 ?? -1) })
                attributes.append(.init("_output_shapes", .list([.shape(shape)])))
            }
            return NodeDef(
                name: names[number],
                operation: node.operation,
                inputs: node.inputs.map(text),
                attributes: attributes
            )
        }
        var signature = signature
        func named(_ infos: [String: MetaGraph.TensorInfo]) -> [String: MetaGraph.TensorInfo] {
            infos.mapValues { info in
                var info = info
                let (node, output) = FlatGraph.parts(info.name)
                info.name = "\(names[Int(node) ?? 0]):\(output)"
                return info
            }
        }
        signature.inputs = named(signature.inputs)
        signature.outputs = named(signature.outputs)
        graph.signatures = [signature]
        return GraphFile(graph, of: file, constants: contents)
    }
}
