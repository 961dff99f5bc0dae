internal import Proto
internal import Reference

/// Lets batch norms that take the statistics of their batch take the moving ones, as inference does.
struct BatchNormTurning {
    typealias Edge = FlatGraph.Edge

    private(set) var settling: GraphSettling
    /// Fused batch norms that were turned.
    private(set) var fused: [String] = []
    /// Means, variances that were turned.
    private(set) var moments: [String] = []

    init(_ settling: GraphSettling) { self.settling = settling }

    /// Turns what tensors hang on.
    ///
    /// - Throws: ``ImportProblem/batchStatistics(_:)``, which names what cannot be turned.
    mutating func turn(for outputs: [Edge]) throws(ImportProblem) {
        var statistics: MovingStatistics?
        var left: [String] = []
        let order = try settling.graph.order(from: outputs, leaves: settling.leaves)
        for number in order {
            let node = settling.graph.nodes[number]
            let isFused = MovingStatistics.isTraining(node)
            guard isFused || node.operation == "Mean" || node.operation == "Sum" else { continue }
            let known = statistics ?? MovingStatistics(settling.graph)
            statistics = known
            if isFused {
                if try !turn(number, known) { left.append(node.name) }
            }
        }
        guard let statistics else { return }
        // In an order of their own, so that the same graph gives the same nodes.
        for statistic in statistics.variables.keys.sorted(by: {
            ($0.node, $0.output) < ($1.node, $1.output)
        }) {
            let node = settling.graph.nodes[statistic.node]
            guard !MovingStatistics.fused.contains(node.operation) else { continue }
            guard let variables = statistics.variables[statistic], variables.count == 1 else {
                continue
            }
            let shape = Self.shape(of: statistic, settling.graph, statistics)
            try replace(statistic, by: variables[0], shape)
        }
        for number in try settling.graph.order(from: outputs, leaves: settling.leaves) {
            let node = settling.graph.nodes[number]
            guard node.operation == "Mean", statistics.isOverBatch(number), isNormalising(number)
            else { continue }
            left.append(node.name)
        }
        guard left.isEmpty else { throw .batchStatistics(left) }
    }

    // MARK: Fused

    private mutating func turn(
        _ number: Int,
        _ statistics: MovingStatistics
    ) throws(ImportProblem) -> Bool {
        var variables: [Int] = []
        for output in 1...2 {
            let found = statistics.variables[Edge(node: number, output: output)] ?? []
            guard found.count <= 1 else { return false }
            if let only = found.first {
                variables.append(only)
            } else if let named = named(output, of: number) {
                variables.append(named)
            }
        }
        guard variables.count == 2 else { return false }
        let name = settling.graph.nodes[number].name
        try settling.change { graph throws(ImportProblem) in
            guard graph.nodes[number].inputs.count >= 5 else {
                throw .malformed(node: name, reason: "it has fewer than five inputs")
            }
            graph.nodes[number].inputs[3] = Edge(node: variables[0])
            graph.nodes[number].inputs[4] = Edge(node: variables[1])
            graph.nodes[number].attributes.removeAll { Name($0.name) == "is_training" }
            graph.nodes[number].attributes.append(.init("is_training", .bool(false)))
        }
        fused.append(name)
        return true
    }

    /// The variable that is called as moving statistics are, beside a batch norm's others.
    private func named(_ output: Int, of number: Int) -> Int? {
        let names =
            output == 1
            ? ["moving_mean", "mean/EMA", "running_mean"]
            : ["moving_variance", "variance/EMA", "running_var"]
        for input in settling.graph.inputs(of: number).dropFirst().prefix(2) {
            let node = settling.graph.nodes[input.node]
            guard VariableValues.holders.contains(node.operation) else { continue }
            let scope = node.name.split(separator: "/").dropLast().joined(separator: "/")
            for name in names {
                let full = scope.isEmpty ? name : "\(scope)/\(name)"
                if let place = settling.graph.numbers[Name(full)],
                    VariableValues.holders.contains(settling.graph.nodes[place].operation)
                {
                    return place
                }
            }
        }
        return nil
    }

    // MARK: By hand

    private mutating func replace(
        _ statistic: Edge,
        by variable: Int,
        _ shape: [Int]?
    ) throws(ImportProblem) {
        moments.append(settling.graph.nodes[statistic.node].name)
        guard let shape else {
            try settling.change { graph in graph.alias(statistic, to: Edge(node: variable)) }
            return
        }
        let name = settling.graph.nodes[statistic.node].name
        let extents = settling.hold(
            ReferenceTensor(list: shape.map { Int32(truncatingIfNeeded: $0) }),
            "\(name)/moving/shape"
        )
        try settling.change { graph in
            let type = graph.nodes[variable]["dtype"] ?? .type(DataType.float32.rawValue)
            let reshaped = graph.add(
                FlatGraph.Node(
                    name: "\(name)/moving",
                    operation: "Reshape",
                    inputs: [Edge(node: variable), extents],
                    attributes: [.init("T", type), .init("Tshape", .type(DataType.int32.rawValue))]
                )
            )
            graph.alias(statistic, to: Edge(node: reshaped))
        }
    }

    /// The shape of a statistic whose mean keeps its dimensions: ones, and the rest at the axis that is left; nil where it
    /// keeps none.
    private static func shape(
        of statistic: Edge,
        _ graph: FlatGraph,
        _ statistics: MovingStatistics
    ) -> [Int]? {
        var seen: Set<Int> = []
        var waiting = [statistic.node]
        while let number = waiting.popLast(), seen.count < 256 {
            guard seen.insert(number).inserted else { continue }
            let node = graph.nodes[number]
            guard ["Mean", "Sum"].contains(node.operation) else {
                // What takes the kept dimensions away.
                if node.operation == "Squeeze" || node.operation == "Reshape" { return nil }
                waiting += graph.inputs(of: number).map(\.node)
                continue
            }
            guard let axes = statistics.axes(number), axes.contains(0) else { continue }
            guard node["keep_dims"] == .bool(true), !axes.contains(where: { $0 < 0 || $0 > 7 })
            else { return nil }
            let rank = Set(axes).count + 1
            let open = (0..<rank).filter { !axes.contains($0) }
            guard open.count == 1 else { return nil }
            var shape = [Int](repeating: 1, count: rank)
            shape[open[0]] = -1
            return shape
        }
        return nil
    }

    /// Whether a mean over the batch is taken from what it is the mean of, which is what normalising does.
    private func isNormalising(_ number: Int) -> Bool {
        guard let picture = settling.graph.inputs(of: number).first else { return false }
        let graph = settling.graph
        // Rows of classes have no such mean; losses have, and are no numbers for each channel.
        guard graph.shape(picture)?.count != 1 else { return false }
        return graph.nodes[number]["keep_dims"] == .bool(true)
            || !graph.nodes.indices.filter { reader in
                ["Sub", "SquaredDifference", "Mul"].contains(graph.nodes[reader].operation)
                    && graph.inputs(of: reader).contains { $0.node == number }
            }.isEmpty
    }
}
