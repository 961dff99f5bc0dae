internal import Checkpoint
internal import Proto
internal import Reference

// A graph from whatever it takes to whatever it gives.
extension GraphImporter {
    /// A tensor that comes out: what it is called, its name in the file, and the tensor.
    private struct Result {
        var name: String
        var tensor: String
        var edge: Edge
        var info: MetaGraph.TensorInfo?
    }

    /// The graph from all inputs to all outputs.
    ///
    /// - Throws: ``NetworkError``, `CheckpointError`, `FormatError`, `ReferenceError`.
    mutating func inference() throws -> InferenceGraph {
        let signature = try signature()
        try feed()
        keepPicturePlaceholders()
        let results = try results(signature)
        let outputs = results.map(\.edge)
        let arguments = try arguments(signature)
        for edge in arguments.keys {
            settling.kept.insert(edge)
            settling.leaves.insert(edge)
        }
        var isCut = false
        try settle(outputs) { importer in
            guard try importer.hasPipeline(outputs) else { return nil }
            isCut = true
            return try importer.pictures(signature, for: outputs)
        }
        try turn(outputs)
        let order = try order(outputs)
        let leaves = leaves(outputs, order)
        try check(order.filter { !leaves.keys.contains(Edge(node: $0)) })
        let values = try variables(order)
        let emission: GraphEmission
        do throws(ImportProblem) {
            emission = try GraphEmission(outputs, leaves: leaves, settling, variables: values)
        } catch {
            throw NetworkError.imported(error)
        }
        let inputs = leaves.map { edge, place in
            let stated = arguments[edge]
            return InferenceGraph.Port(
                name: stated?.name ?? place,
                tensor: settling.graph.name(edge),
                shape: settling.graph.shape(edge) ?? stated?.info.flatMap(Self.shape),
                place: place,
                type: settling.graph.type(edge) ?? .float32
            )
        }.sorted { Name($0.name) < Name($1.name) }
        if isCut {
            notes.append(
                "cut off what reads and decodes pictures, and takes them at "
                    + inputs.map(\.tensor).joined(separator: ", ")
            )
        }
        for (edge, argument) in arguments where leaves[edge] == nil {
            notes.append("the argument \(argument.name) has no bearing on what comes out")
        }
        return InferenceGraph(
            self,
            emission,
            inputs: inputs,
            outputs: try results.map { try port($0, emission, leaves) },
            variables: order.filter { values[$0] != nil }.compactMap { emission.names[$0] }
        )
    }

    // MARK: Outputs

    /// What comes out: what is asked for, what the signature gives, or else the logits.
    private mutating func results(_ signature: MetaGraph.Signature?) throws -> [Result] {
        do throws(ImportProblem) {
            if let text = options.outputTensor {
                var results: [Result] = []
                for name in Self.names(text) {
                    let edge = try settling.graph.tensor(name)
                    results.append(Result(name: name, tensor: name, edge: edge))
                }
                return results
            }
            guard let signature else {
                let called = try settling.change { graph throws(ImportProblem) in
                    try graph.callModel(source.meta.objects)
                }
                guard let called else { return try ends() }
                return called.map { name, edge in
                    Result(name: name, tensor: settling.graph.name(edge), edge: edge)
                }
            }
            var results: [Result] = []
            for (name, info) in signature.outputs.sorted(by: { Name($0.key) < Name($1.key) }) {
                guard !info.name.isEmpty else {
                    notes.append("left out \(name), which is no plain tensor")
                    continue
                }
                let edge = try settling.graph.tensor(info.name)
                results.append(Result(name: name, tensor: info.name, edge: edge, info: info))
            }
            guard !results.isEmpty else { throw .noOutput }
            return results
        } catch {
            throw NetworkError.imported(error)
        }
    }

    /// The logits of a graph that says nothing of itself; of a frozen one also what hangs on them, or all that nothing takes.
    private func ends() throws(ImportProblem) -> [Result] {
        let search = LogitsSearch(settling.graph)
        let isFrozen =
            source.kind == "graph"
            && !settling.graph.nodes.contains { VariableValues.holders.contains($0.operation) }
        guard isFrozen else { return [result(try search.found(), "logits")] }
        let sinks = sinks()
        do throws(ImportProblem) {
            let logits = try search.found()
            let later = sinks.filter { sink in
                let place = settling.graph.resolved(sink)
                return place != logits && hangs(place.node, on: logits.node)
            }
            return [result(logits, "logits")] + later.map { result($0, nil) }
        } catch {
            guard !sinks.isEmpty else { throw error }
            return sinks.map { result($0, nil) }
        }
    }

    private func result(_ edge: Edge, _ name: String?) -> Result {
        Result(
            name: name ?? settling.graph.nodes[edge.node].name,
            tensor: settling.graph.name(edge),
            edge: edge
        )
    }

    /// What hangs on a placeholder and nothing takes.
    private func sinks() -> [Edge] {
        let graph = settling.graph
        var taken: Set<Int> = []
        for node in graph.nodes {
            for input in node.inputs { taken.insert(input.node) }
        }
        let given = graph.nodes.indices.filter {
            graph.nodes[$0].operation.hasPrefix("Placeholder")
        }
        return graph.nodes.indices.filter { number in
            let operation = graph.nodes[number].operation
            return !taken.contains(number) && !operation.isEmpty && operation != "NoOp"
                && operation != "Assert" && !given.contains(number)
                && hangs(number, onAny: Set(given))
        }.map { Edge(node: $0) }
    }

    private func hangs(_ number: Int, on other: Int) -> Bool { hangs(number, onAny: [other]) }

    private func hangs(_ number: Int, onAny others: Set<Int>) -> Bool {
        var seen: Set<Int> = []
        var waiting = [number]
        while let next = waiting.popLast() {
            guard seen.insert(next).inserted else { continue }
            if others.contains(next) { return true }
            waiting += settling.graph.inputs(of: next).map(\.node)
        }
        return false
    }

    private func port(
        _ result: Result,
        _ emission: GraphEmission,
        _ leaves: [Edge: String]
    ) throws -> InferenceGraph.Port {
        let edge = settling.graph.resolved(result.edge)
        let place: String
        if let leaf = leaves[edge] {
            place = leaf
        } else if let name = emission.names[edge.node] {
            place = edge.output == 0 ? name : "\(name):\(edge.output)"
        } else {
            throw NetworkError.imported(.noTensor(result.tensor, near: []))
        }
        let stated = result.info.flatMap { DataType(rawValue: $0.dataType) }
        return InferenceGraph.Port(
            name: result.name,
            tensor: result.tensor,
            shape: result.info.flatMap(Self.shape) ?? settling.graph.shape(edge),
            place: place,
            type: stated ?? settling.graph.type(edge) ?? .float32
        )
    }

    // MARK: Inputs

    /// What is said to go in: tensors that are asked for, or what the signature takes.
    private func arguments(
        _ signature: MetaGraph.Signature?
    ) throws -> [Edge: (name: String, info: MetaGraph.TensorInfo?)] {
        var arguments: [Edge: (name: String, info: MetaGraph.TensorInfo?)] = [:]
        do throws(ImportProblem) {
            if let text = options.inputTensor {
                for name in Self.names(text) {
                    let edge = settling.graph.resolved(try settling.graph.tensor(name))
                    arguments[edge] = (Self.nodeName(name), nil)
                }
                return arguments
            }
            for (name, info) in signature?.inputs ?? [:] where !info.name.isEmpty {
                let edge = try settling.graph.tensor(info.name)
                // What is fed goes in no more.
                guard settling.graph.resolved(edge) == edge else { continue }
                arguments[edge] = (name, info)
            }
        } catch {
            throw NetworkError.imported(error)
        }
        return arguments
    }

    /// The tensors that go in, and what their placeholders are called: those that are given, and every placeholder that is left.
    private func leaves(_ outputs: [Edge], _ order: [Int]) -> [Edge: String] {
        let graph = settling.graph
        var edges = order.flatMap { graph.inputs(of: $0) } + outputs.map { graph.resolved($0) }
        edges = edges.filter { settling.leaves.contains($0) }
        edges += order.filter {
            graph.nodes[$0].operation.hasPrefix("Placeholder") && graph.constants[$0] == nil
        }.map { Edge(node: $0) }
        var leaves: [Edge: String] = [:]
        var taken: Set<Name> = []
        for edge in edges where leaves[edge] == nil {
            let name = leafName(edge)
            var candidate = name
            var count = 1
            while !taken.insert(Name(candidate)).inserted {
                count += 1
                candidate = "\(name)_\(count)"
            }
            leaves[edge] = candidate
        }
        return leaves
    }

    private func order(_ outputs: [Edge]) throws -> [Int] {
        do throws(ImportProblem) {
            return try settling.graph.order(from: outputs, leaves: settling.leaves)
        } catch {
            throw NetworkError.imported(error)
        }
    }

    /// Whether outputs hang on what reads, decodes or collects.
    private func hasPipeline(_ outputs: [Edge]) throws -> Bool {
        guard options.inputTensor == nil else { return false }
        return try order(outputs).contains {
            PictureSearch.isPipeline(settling.graph.nodes[$0].operation)
        }
    }

    /// Several tensors, commas between.
    private static func names(_ text: String) -> [String] {
        text.split(separator: ",").map { String($0) }
    }

    private static func nodeName(_ tensor: String) -> String {
        tensor.ends(with: ":0") ? String(tensor.dropLast(2)) : tensor
    }

    private static func shape(_ info: MetaGraph.TensorInfo) -> [Int?]? {
        guard !info.shape.isRankUnknown else { return nil }
        return info.shape.dimensions.map { $0 < 0 ? nil : Int(exactly: $0) }
    }
}
