internal import Proto

/// Finds where a graph's logits come out: the operand of its last softmax, else its last matrix product, else what nothing takes.
struct LogitsSearch {
    private let graph: FlatGraph
    private let readers: [Int: [Int]]

    /// Operations whose first input is logits.
    private static let softmaxes: Set = [
        "Softmax", "LogSoftmax", "SoftmaxCrossEntropyWithLogits",
        "SparseSoftmaxCrossEntropyWithLogits",
    ]
    /// Products of matrices of each picture.
    private static let weighing: Set = ["BatchMatMul", "BatchMatMulV2", "BatchMatMulV3", "Einsum"]
    private static let passing: Set = ["Identity", "StopGradient", "CheckNumerics", "Snapshot"]

    init(_ graph: FlatGraph) {
        self.graph = graph
        var readers: [Int: [Int]] = [:]
        for (number, node) in graph.nodes.enumerated() {
            for input in node.inputs {
                readers[graph.resolved(input).node, default: []].append(number)
            }
        }
        self.readers = readers
    }

    /// The logits of the whole graph.
    ///
    /// - Throws: ``ImportProblem/severalOutputs(_:)``, ``ImportProblem/noOutput``.
    func found() throws(ImportProblem) -> FlatGraph.Edge {
        let operands = graph.nodes.indices.filter {
            Self.softmaxes.contains(graph.nodes[$0].operation) && !isGradient($0) && !weighs($0)
        }.compactMap { graph.nodes[$0].inputs.first.map { operand($0) } }
        for candidates in [operands, products, ends] {
            let last = forms(lasting(unique(candidates.filter { hangsOnLayers($0) })))
            if last.count == 1 { return last[0] }
            if last.count > 1 { throw .severalOutputs(last.map { candidate($0) }) }
        }
        throw .noOutput
    }

    /// The logits among the outputs of a signature.
    ///
    /// - Throws: ``ImportProblem/severalOutputs(_:)``, ``ImportProblem/noOutput``.
    func chosen(
        among outputs: [(name: String, edge: FlatGraph.Edge)]
    ) throws(ImportProblem) -> FlatGraph.Edge {
        let floats = outputs.filter {
            let type = graph.type($0.edge)
            return type == nil || [.float32, .float16, .bfloat16, .float64].contains(type)
        }
        guard floats.count != 1 else { return floats[0].edge }
        for name in ["logits", "default", "predictions", "output_0"] {
            if let exact = floats.first(where: { Name($0.name) == Name(name) }) {
                return exact.edge
            }
        }
        let named = floats.filter { $0.name.lowercased().contains("logits") }
        if named.count == 1 { return named[0].edge }
        let operands = unique(floats.map { logits($0.edge) })
        if operands.count == 1 { return operands[0] }
        guard !floats.isEmpty else { throw .noOutput }
        throw .severalOutputs(floats.map { candidate($0.edge) })
    }

    /// What a softmax normalises, if a tensor is the result of one, whatever shape it was brought into; else the tensor.
    func logits(_ edge: FlatGraph.Edge) -> FlatGraph.Edge {
        var current = graph.resolved(edge)
        for _ in 0..<16 {
            let node = graph.nodes[current.node]
            guard let input = node.inputs.first else { return edge }
            if node.operation == "Softmax" || node.operation == "LogSoftmax" {
                return operand(input)
            }
            guard Self.passing.contains(node.operation) || node.operation == "Reshape" else {
                return edge
            }
            current = graph.resolved(input)
        }
        return edge
    }

    /// Whether the shares that a softmax gives are what others are weighed by, as in attention, and not a result.
    private func weighs(_ number: Int) -> Bool {
        var number = number
        for _ in 0..<16 {
            let next = readers[number] ?? []
            if next.contains(where: { Self.weighing.contains(graph.nodes[$0].operation) }) {
                return true
            }
            guard next.count == 1, let only = next.first,
                Self.passing.contains(graph.nodes[only].operation)
            else { return false }
            number = only
        }
        return false
    }

    // MARK: Candidates

    /// The tensor that a softmax's operand is another form of: rows of classes.
    private func operand(_ edge: FlatGraph.Edge) -> FlatGraph.Edge {
        var current = graph.resolved(edge)
        for _ in 0..<16 {
            let node = graph.nodes[current.node]
            guard let input = node.inputs.first else { return current }
            let before = graph.resolved(input)
            guard
                Self.passing.contains(node.operation)
                    || (node.operation == "Reshape" && areRows(before))
            else {
                return current
            }
            current = before
        }
        return current
    }

    /// Whether a tensor is known to have rows.
    private func areRows(_ edge: FlatGraph.Edge) -> Bool {
        if let shape = graph.shape(edge) { return shape.count == 2 }
        return graph.nodes[edge.node].operation == "Squeeze"
    }

    /// The matrix products with what is added to them.
    private var products: [FlatGraph.Edge] {
        graph.nodes.indices.filter {
            graph.nodes[$0].operation == "MatMul" && !isGradient($0)
        }.map { number in
            var edge = FlatGraph.Edge(node: number)
            for _ in 0..<4 {
                let next = (readers[edge.node] ?? []).filter {
                    ["BiasAdd", "Add", "AddV2", "Identity"].contains(graph.nodes[$0].operation)
                        && !isGradient($0)
                }
                guard next.count == 1, let only = next.first else { break }
                edge = FlatGraph.Edge(node: only)
            }
            return edge
        }
    }

    /// The numbers with a fraction that nothing takes.
    private var ends: [FlatGraph.Edge] {
        graph.nodes.indices.filter { number in
            let edge = FlatGraph.Edge(node: number)
            guard readers[number] == nil, !isGradient(number),
                graph.resolved(edge).node == number
                    || Self.passing.contains(graph.nodes[number].operation),
                let type = graph.type(edge)
            else { return false }
            let operation = graph.nodes[number].operation
            let isUpdate = ["Assign", "Apply", "ResourceApply", "Scatter", "Save"].contains {
                operation.hasPrefix($0)
            }
            return !isUpdate && [.float32, .float16, .bfloat16, .float64].contains(type)
        }.map { FlatGraph.Edge(node: $0) }
    }

    private func isGradient(_ number: Int) -> Bool {
        graph.nodes[number].name.split(separator: "/").contains { $0.hasPrefix("gradients") }
    }

    private func unique(_ edges: [FlatGraph.Edge]) -> [FlatGraph.Edge] {
        var seen: Set<FlatGraph.Edge> = []
        return edges.map { graph.resolved($0) }.filter { seen.insert($0).inserted }
    }

    /// One of those that are the same values in several shapes: the one that has rows.
    private func forms(_ edges: [FlatGraph.Edge]) -> [FlatGraph.Edge] {
        var groups: [(root: FlatGraph.Edge, edges: [FlatGraph.Edge])] = []
        for edge in edges {
            var root = edge
            for _ in 0..<16 {
                let node = graph.nodes[root.node]
                guard
                    Self.passing.contains(node.operation)
                        || ["Reshape", "Squeeze"].contains(node.operation),
                    let input = node.inputs.first
                else { break }
                root = graph.resolved(input)
            }
            if let place = groups.firstIndex(where: { $0.root == root }) {
                groups[place].edges.append(edge)
            } else {
                groups.append((root, [edge]))
            }
        }
        return groups.compactMap { group in
            group.edges.first { graph.shape($0)?.count == 2 } ?? group.edges.first
        }
    }

    /// Those that no other hangs on.
    private func lasting(_ edges: [FlatGraph.Edge]) -> [FlatGraph.Edge] {
        guard edges.count > 1 else { return edges }
        var earlier: Set<FlatGraph.Edge> = []
        for edge in edges.prefix(64) {
            let before = ancestors(edge)
            for other in edges where other != edge && before.contains(other.node) {
                earlier.insert(other)
            }
        }
        return edges.filter { !earlier.contains($0) }
    }

    private func hangsOnLayers(_ edge: FlatGraph.Edge) -> Bool {
        ancestors(edge).contains { number in
            let operation = graph.nodes[number].operation
            return ["Conv2D", "DepthwiseConv2dNative", "MatMul"].contains(operation)
                || operation.hasSuffix("PartitionedCall")
        }
    }

    /// The nodes that a tensor hangs on, its own among them.
    private func ancestors(_ edge: FlatGraph.Edge) -> Set<Int> {
        var seen: Set<Int> = []
        var waiting = [edge.node]
        while let number = waiting.popLast() {
            guard seen.insert(number).inserted else { continue }
            waiting += graph.inputs(of: number).map(\.node)
        }
        return seen
    }

    private func candidate(_ edge: FlatGraph.Edge) -> ImportProblem.Candidate {
        .init(tensor: graph.name(edge), shape: graph.shape(edge))
    }
}
