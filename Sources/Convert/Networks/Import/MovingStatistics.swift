internal import Proto
internal import Reference

/// Which variables hold the moving averages of a batch's statistics, by the operations that update them.
///
///     AssignSub(v, (v - statistic) * c)          slim, Keras, tf.layers, ExponentialMovingAverage
///     AssignAdd(v, (statistic - v) * c)
///     Assign(v, v * d + statistic * (1 - d))     by hand
///     Assign(v, v - (v - statistic) * c)
///
/// The updates hang on no logits, so the whole graph is searched. A statistic is an output of a fused batch norm, or
/// what comes of a mean over the batch.
struct MovingStatistics {
    typealias Edge = FlatGraph.Edge

    private let graph: FlatGraph
    /// The variables of each statistic, by their nodes.
    private(set) var variables: [Edge: [Int]] = [:]

    private static let subtracting: Set = ["AssignSub", "AssignSubVariableOp"]
    private static let adding: Set = ["AssignAdd", "AssignAddVariableOp"]
    private static let assigning: Set = ["Assign", "AssignVariableOp"]
    private static let passing: Set = [
        "Cast", "CheckNumerics", "Identity", "PreventGradient", "ReadVariableOp", "RefIdentity",
        "Reshape", "Snapshot", "Squeeze", "StopGradient",
    ]
    static let fused: Set = ["FusedBatchNorm", "FusedBatchNormV2", "FusedBatchNormV3"]

    init(_ graph: FlatGraph) {
        self.graph = graph
        for node in graph.nodes {
            let inputs = node.inputs.map { graph.resolved($0) }
            guard inputs.count >= 2, let variable = variable(inputs[0]) else { continue }
            var values: [Edge] = []
            if Self.subtracting.contains(node.operation) {
                values = scaled(inputs[1]).flatMap { difference($0, from: variable) }
            } else if Self.adding.contains(node.operation) {
                values = scaled(inputs[1]).flatMap { difference(variable, to: $0) }
            } else if Self.assigning.contains(node.operation) {
                values = mixture(inputs[1], with: variable)
            }
            for value in values {
                for statistic in statistics(value)
                where !(variables[statistic]?.contains(variable) ?? false) {
                    variables[statistic, default: []].append(variable)
                }
            }
        }
        for (statistic, found) in variables where found.count > 1 {
            // What corrects an average for its beginning is kept beside it.
            let plain = found.filter { number in
                let last = graph.nodes[number].name.split(separator: "/").last ?? ""
                return !["biased", "local_step"].contains(last)
            }
            if !plain.isEmpty { variables[statistic] = plain }
        }
    }

    /// The variable that a reference, a handle or what was read of it belongs to.
    private func variable(_ edge: Edge) -> Int? {
        var edge = graph.resolved(edge)
        for _ in 0..<32 {
            let node = graph.nodes[edge.node]
            if VariableValues.holders.contains(node.operation) { return edge.node }
            guard Self.passing.contains(node.operation) || node.operation.hasSuffix("Switch"),
                let input = node.inputs.first
            else { return nil }
            edge = graph.resolved(input)
        }
        return nil
    }

    private func operands(_ edge: Edge, of operations: Set<String>) -> (Edge, Edge)? {
        let node = graph.nodes[edge.node]
        let inputs = graph.inputs(of: edge.node)
        guard operations.contains(node.operation), inputs.count == 2 else { return nil }
        return (inputs[0], inputs[1])
    }

    /// The factors of a product, which may be no product; what passes it on is passed over.
    private func scaled(_ edge: Edge) -> [Edge] {
        let edge = passed(edge)
        guard let (left, right) = operands(edge, of: ["Mul"]) else { return [edge] }
        return [passed(left), passed(right)]
    }

    private func passed(_ edge: Edge) -> Edge {
        var edge = graph.resolved(edge)
        for _ in 0..<8 {
            guard ["Identity", "Cast"].contains(graph.nodes[edge.node].operation),
                let input = graph.nodes[edge.node].inputs.first
            else { return edge }
            edge = graph.resolved(input)
        }
        return edge
    }

    /// What is taken from a variable's value.
    private func difference(_ edge: Edge, from variable: Int) -> [Edge] {
        guard let (left, right) = operands(edge, of: ["Sub"]), self.variable(left) == variable
        else { return [] }
        return [right]
    }

    /// What a variable's value is taken from.
    private func difference(_ variable: Int, to edge: Edge) -> [Edge] {
        guard let (left, right) = operands(edge, of: ["Sub"]), self.variable(right) == variable
        else { return [] }
        return [left]
    }

    /// What is mixed with a variable's value.
    private func mixture(_ edge: Edge, with variable: Int) -> [Edge] {
        let edge = passed(edge)
        if let (left, right) = operands(edge, of: ["Add", "AddV2"]) {
            for (old, new) in [(left, right), (right, left)]
            where scaled(old).contains(where: { self.variable($0) == variable }) {
                // v + (statistic - v) * c, or v * d + statistic * c
                let moved = scaled(new).flatMap { difference(variable, to: $0) }
                return moved.isEmpty ? scaled(new) : moved
            }
        }
        if let (left, right) = operands(edge, of: ["Sub"]), self.variable(left) == variable {
            return scaled(right).flatMap { difference($0, from: variable) }
        }
        return []
    }

    // MARK: Statistics

    /// The statistics that a value is another form of.
    private func statistics(_ edge: Edge) -> [Edge] {
        var found: [Edge] = []
        var seen: Set<Edge> = []
        var waiting = [graph.resolved(edge)]
        while let edge = waiting.popLast(), seen.count < 64 {
            guard seen.insert(edge).inserted else { continue }
            let node = graph.nodes[edge.node]
            let inputs = graph.inputs(of: edge.node)
            if Self.isTraining(node) {
                if edge.output == 1 || edge.output == 2 { found.append(edge) }
            } else if node.operation == "Merge" || node.operation == "RefMerge" {
                waiting += inputs
            } else if node.operation == "Switch" || Self.passing.contains(node.operation) {
                waiting += inputs.prefix(1)
            } else if let (left, right) = operands(edge, of: ["Mul"]),
                let side = [left, right].first(where: { isStatistic(bare($0)) })
            {
                // Bessel's correction.
                waiting.append(side)
            } else if hangsOnBatchMean(edge) {
                found.append(edge)
            }
        }
        return found
    }

    private func bare(_ edge: Edge) -> Edge {
        var edge = graph.resolved(edge)
        for _ in 0..<8 {
            guard Self.passing.contains(graph.nodes[edge.node].operation),
                let input = graph.nodes[edge.node].inputs.first
            else { return edge }
            edge = graph.resolved(input)
        }
        return edge
    }

    private func isStatistic(_ edge: Edge) -> Bool {
        let node = graph.nodes[edge.node]
        return (Self.isTraining(node) && (1...2).contains(edge.output))
            || (node.operation == "Mean" && isOverBatch(edge.node))
    }

    /// Whether a batch norm takes the statistics of its batch.
    static func isTraining(_ node: FlatGraph.Node) -> Bool {
        // The definition's default is true.
        fused.contains(node.operation) && node["is_training"] != .bool(false)
    }

    /// Whether a tensor comes of a mean over the batch, by plain arithmetic.
    private func hangsOnBatchMean(_ edge: Edge) -> Bool {
        var seen: Set<Int> = []
        var waiting = [(edge.node, 0)]
        while let (number, depth) = waiting.popLast() {
            guard seen.insert(number).inserted, depth <= 8 else { continue }
            let node = graph.nodes[number]
            if ["Mean", "Sum"].contains(node.operation) {
                if isOverBatch(number) { return true }
                continue
            }
            guard
                [
                    "Add", "AddV2", "Maximum", "Mul", "RealDiv", "Reciprocal", "Relu", "Square",
                    "Sub",
                ].contains(node.operation) || Self.passing.contains(node.operation)
            else { continue }
            waiting += graph.inputs(of: number).map { ($0.node, depth + 1) }
        }
        return false
    }

    /// Whether a reduction goes over the batch.
    func isOverBatch(_ number: Int) -> Bool { axes(number)?.contains(0) ?? false }

    /// The axes that a reduction goes over, if they are stated.
    func axes(_ number: Int) -> [Int]? {
        let inputs = graph.inputs(of: number)
        guard inputs.count == 2, case .tensor(let message)? = graph.nodes[inputs[1].node]["value"],
            let constant = try? GraphConstant(message, node: "", in: nil), constant.count <= 8,
            let tensor = try? constant.tensor(), let axes = try? tensor.integers()
        else { return nil }
        return axes
    }
}
