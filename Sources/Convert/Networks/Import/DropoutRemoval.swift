internal import Proto
internal import Reference

/// Takes dropout out of a graph.
///
///     before 1.14   RealDiv(x, keep) * Floor(keep + uniform)
///     since 1.14    (x * scale) * Cast(uniform >= rate)
///     2.x           Select(uniform >= rate, x * scale, 0)
///
/// A mask of random numbers becomes the share of ones in it; where a scale makes up for that share both go, else (as
/// with stochastic depth without scale) the expectation stays.
struct DropoutRemoval {
    private(set) var settling: GraphSettling
    /// The nodes that were taken out.
    private(set) var removed: [String] = []
    /// Those among them where a share stays as a factor.
    private(set) var scaled: [String] = []

    private typealias Edge = FlatGraph.Edge

    init(_ settling: GraphSettling) { self.settling = settling }

    /// A mask, and which share of it is ones.
    private enum Share {
        /// The share itself.
        case kept(FlatGraph.Edge)
        /// The share of zeros.
        case dropped(FlatGraph.Edge)
    }

    /// Takes dropout out of what tensors hang on.
    ///
    /// - Throws: ``ImportProblem``.
    mutating func remove(for outputs: [FlatGraph.Edge]) throws(ImportProblem) {
        let order = try settling.graph.order(from: outputs, leaves: settling.leaves)
        guard order.contains(where: { isRandom($0) }) else { return }
        for number in order {
            let node = settling.graph.nodes[number]
            let inputs = settling.graph.inputs(of: number)
            switch node.operation {
            case "Mul" where inputs.count == 2:
                if let share = mask(inputs[1]) {
                    try replace(number, inputs[0], share)
                } else if let share = mask(inputs[0]) {
                    try replace(number, inputs[1], share)
                }
            case "Select", "SelectV2":
                guard inputs.count == 3, let share = mask(inputs[0]), try isZero(inputs[2]) else {
                    continue
                }
                try replace(number, inputs[1], share)
            default: continue
            }
        }
    }

    private func isRandom(_ number: Int) -> Bool {
        Self.isRandom(settling.graph.nodes[number].operation)
    }

    /// Whether an operation gives random numbers.
    static func isRandom(_ operation: String) -> Bool {
        operation == "RandomShuffle"
            || [
                "RandomUniform", "RandomStandardNormal", "RandomGamma", "RandomPoisson",
                "StatelessRandom", "StatelessTruncated", "StatelessMultinomial", "TruncatedNormal",
                "ParameterizedTruncatedNormal", "Multinomial",
            ].contains { operation.hasPrefix($0) }
    }

    // MARK: Masks

    /// The share of ones in a tensor, if it is a mask of random numbers.
    private func mask(_ edge: Edge) -> Share? {
        let edge = settling.graph.resolved(edge)
        let node = settling.graph.nodes[edge.node]
        let inputs = settling.graph.inputs(of: edge.node)
        switch node.operation {
        case "Cast": return inputs.first.flatMap { mask($0) }
        case "Floor":
            guard let sum = inputs.first else { return nil }
            let parts = settling.graph.inputs(of: sum.node)
            guard ["Add", "AddV2"].contains(settling.graph.nodes[sum.node].operation),
                parts.count == 2
            else { return nil }
            if isUniform(parts[0]) { return .kept(parts[1]) }
            if isUniform(parts[1]) { return .kept(parts[0]) }
            return nil
        case "GreaterEqual", "Greater":
            guard inputs.count == 2 else { return nil }
            if isUniform(inputs[0]) { return .dropped(inputs[1]) }
            return isUniform(inputs[1]) ? .kept(inputs[0]) : nil
        case "Less", "LessEqual":
            guard inputs.count == 2 else { return nil }
            if isUniform(inputs[0]) { return .kept(inputs[1]) }
            return isUniform(inputs[1]) ? .dropped(inputs[0]) : nil
        default: return nil
        }
    }

    /// Whether a tensor is uniform random numbers: `uniform * (1 - 0) + 0`.
    private func isUniform(_ edge: Edge) -> Bool {
        var edge = settling.graph.resolved(edge)
        for _ in 0..<8 {
            let node = settling.graph.nodes[edge.node]
            if isRandom(edge.node) {
                return node.operation.contains("RandomUniform")
                    && !node.operation.contains("Int")
            }
            guard ["Add", "AddV2", "Mul", "Cast", "Reshape"].contains(node.operation) else {
                return false
            }
            let inputs = settling.graph.inputs(of: edge.node)
            let random = inputs.filter { hangsOnRandom($0, depth: 0) }
            guard random.count == 1 else { return false }
            edge = random[0]
        }
        return false
    }

    private func hangsOnRandom(_ edge: Edge, depth: Int) -> Bool {
        if isRandom(edge.node) { return true }
        guard depth < 6 else { return false }
        return settling.graph.inputs(of: edge.node).contains {
            hangsOnRandom($0, depth: depth + 1)
        }
    }

    // MARK: Replacing

    private mutating func replace(
        _ number: Int,
        _ factor: Edge,
        _ share: Share
    ) throws(ImportProblem) {
        let name = settling.graph.nodes[number].name
        removed.append(name)
        let place = Edge(node: number)
        if let whole = try unscaled(factor, share) {
            try settling.change { graph in graph.alias(place, to: whole) }
            return
        }
        guard let kept = try keptShare(share) else {
            throw .unsettled([settling.graph.nodes[edge(share).node].name])
        }
        if kept == 1 {
            try settling.change { graph in graph.alias(place, to: factor) }
            return
        }
        scaled.append(name)
        let type = settling.graph.type(factor) ?? .float32
        guard let constant = try? ReferenceTensor(Float(kept)).cast(to: type) else {
            throw .random([name])
        }
        let scale = settling.hold(constant, "\(name)/kept")
        var product = settling.graph.nodes[number]
        product.operation = "Mul"
        product.inputs = [factor, scale]
        try settling.change { graph in
            let node = graph.add(product)
            graph.alias(place, to: Edge(node: node))
        }
    }

    private func edge(_ share: Share) -> Edge {
        switch share {
        case .kept(let edge), .dropped(let edge): edge
        }
    }

    /// The share of ones as a number, if it is known.
    private mutating func keptShare(_ share: Share) throws(ImportProblem) -> Double? {
        guard let value = try settling.value(edge(share)), value.count == 1,
            let number = value.values.first
        else { return nil }
        switch share {
        case .kept: return Double(number)
        case .dropped: return 1 - Double(number)
        }
    }

    /// What was scaled so that it makes up for a share; nil where it was not.
    private mutating func unscaled(_ edge: Edge, _ share: Share) throws(ImportProblem) -> Edge? {
        let node = settling.graph.nodes[edge.node]
        let inputs = settling.graph.inputs(of: edge.node)
        guard inputs.count == 2 else { return nil }
        switch node.operation {
        case "RealDiv", "Div":
            return try isKept(inputs[1], share) ? inputs[0] : nil
        case "Mul":
            for (scale, rest) in [(inputs[1], inputs[0]), (inputs[0], inputs[1])]
            where try isInverse(scale, share) { return rest }
            return nil
        default: return nil
        }
    }

    /// Whether a tensor is the share of ones.
    private mutating func isKept(_ edge: Edge, _ share: Share) throws(ImportProblem) -> Bool {
        if case .kept(let kept) = share, settling.graph.resolved(kept) == edge { return true }
        let node = settling.graph.nodes[edge.node]
        let inputs = settling.graph.inputs(of: edge.node)
        if case .dropped(let dropped) = share, node.operation == "Sub", inputs.count == 2,
            inputs[1] == settling.graph.resolved(dropped), try number(inputs[0]) == 1
        {
            return true
        }
        guard let value = try number(edge), let kept = try keptShare(share) else { return false }
        return abs(value - kept) <= 1e-5 * kept
    }

    /// Whether a tensor is one over the share of ones.
    private mutating func isInverse(_ edge: Edge, _ share: Share) throws(ImportProblem) -> Bool {
        let node = settling.graph.nodes[edge.node]
        let inputs = settling.graph.inputs(of: edge.node)
        if ["RealDiv", "Div"].contains(node.operation), inputs.count == 2,
            try number(inputs[0]) == 1, try isKept(inputs[1], share)
        {
            return true
        }
        guard let value = try number(edge), let kept = try keptShare(share) else { return false }
        return abs(value * kept - 1) <= 1e-5
    }

    private mutating func number(_ edge: Edge) throws(ImportProblem) -> Double? {
        guard let value = try settling.value(edge), value.count == 1 else { return nil }
        return value.values.first.map { Double($0) }
    }

    private mutating func isZero(_ edge: Edge) throws(ImportProblem) -> Bool {
        if let value = try settling.value(edge) { return value.values.allSatisfy { $0 == 0 } }
        let node = settling.graph.nodes[settling.graph.resolved(edge).node]
        guard ["ZerosLike", "Fill", "BroadcastTo"].contains(node.operation) else { return false }
        guard node.operation != "ZerosLike", let last = node.inputs.last else { return true }
        return try number(last) == 0
    }
}
