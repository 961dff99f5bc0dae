extension Pass {
    /// Functions of single values that are written in several layers become one.
    ///
    /// A sixth of relu6(x + 3) and its like are hard sigmoids; x * sigmoid(x) is swish; x * hard sigmoid(x) is hard swish,
    /// wherever its factor of a sixth stands; linear functions of linear functions are one.
    static let recognizeFunctions = Pass(
        name: "recognize-functions",
        summary:
            "make one function of swishes, hard swishes and hard sigmoids that are written in parts"
    ) { graph in
        var view = FunctionView(graph)
        for node in graph.nodes {
            guard let node = view.byID[node.id], let found = view.recognized(node) else { continue }
            graph.replace(
                node.id,
                by: Nonlinearity(found.function),
                named: node.name,
                inputs: [found.input]
            )
            view.replace(node.id, by: found)
        }
        graph.removeUnneeded()
    }
}

/// What a graph's functions of single values are made of.
private struct FunctionView {
    private(set) var byID: [NodeID: Node]
    private var consumers: [NodeID: [NodeID]]
    private let observed: Set<NodeID>

    typealias Applied = (function: Nonlinearity.Function, input: NodeID)

    init(_ graph: Graph) {
        byID = Dictionary(uniqueKeysWithValues: graph.nodes.map { ($0.id, $0) })
        consumers = graph.consumers()
        observed = graph.observedNodes
    }

    /// Sees a node as one function; those that led to it stay where they are.
    mutating func replace(_ id: NodeID, by found: Applied) {
        for input in byID[id]?.inputs ?? [] {
            if let index = consumers[input]?.firstIndex(of: id) {
                consumers[input]?.remove(at: index)
            }
        }
        byID[id]?.operation = Nonlinearity(found.function).operation
        byID[id]?.inputs = [found.input]
        consumers[found.input, default: []].append(id)
    }

    /// The one function that a node and those before it amount to, if it is more than the node.
    func recognized(_ node: Node) -> Applied? {
        switch node.operation {
        case .nonlinearity(let layer): chained(layer.function, node)
        case .binary(let layer) where layer.function == .multiply:
            product(node.inputs[0], node.inputs[1]) ?? product(node.inputs[1], node.inputs[0])
        default: nil
        }
    }

    /// What a node applies to what.
    private func applied(_ id: NodeID) -> Applied? {
        guard let node = byID[id], case .nonlinearity(let layer) = node.operation else {
            return nil
        }
        return (layer.function, node.inputs[0])
    }

    /// The same, if nobody else wants its result.
    private func appliedAlone(_ id: NodeID) -> Applied? {
        consumers[id]?.count == 1 && !observed.contains(id) ? applied(id) : nil
    }

    /// A function of a function.
    private func chained(_ function: Nonlinearity.Function, _ node: Node) -> Applied? {
        guard case .linear(let slope, let offset) = function else {
            guard case .clip(0, 1) = function,
                let before = appliedAlone(node.inputs[0]),
                case .linear(let slope, let offset) = before.function
            else { return nil }
            return (.hardSigmoid(slope: slope, offset: offset), before.input)
        }
        guard let before = appliedAlone(node.inputs[0]) else {
            return hardSwish(slope, offset, of: node.inputs[0])
        }
        switch before.function {
        case .linear(let inner, let summand):
            return (
                .linear(slope: slope * inner, offset: slope * summand + offset), before.input
            )
        // slope * clip(inner, 0, 1 / slope) is between 0 and 1.
        case .clip(0, let upper) where offset == 0 && Self.isOne(slope * upper):
            guard let first = appliedAlone(before.input),
                case .linear(let inner, let summand) = first.function
            else { return nil }
            return (
                .hardSigmoid(slope: slope * inner, offset: slope * summand), first.input
            )
        default: return nil
        }
    }

    /// x times a function of x.
    private func product(_ x: NodeID, _ gate: NodeID) -> Applied? {
        guard let gate = applied(gate) else { return nil }
        switch gate.function {
        case .sigmoid:
            if gate.input == x { return (.swish(beta: 1), x) }
            // x * sigmoid(beta * x).
            guard let inner = applied(gate.input), inner.input == x,
                case .linear(let beta, 0) = inner.function
            else { return nil }
            return (.swish(beta: beta), x)
        case .hardSigmoid(let slope, let offset):
            guard gate.input == x, Self.isOne(6 * slope), Self.isOne(2 * offset) else { return nil }
            return (.hardSwish, x)
        // A sixth of x, times relu6(x + 3).
        case .clip(0, 6):
            guard let inner = applied(gate.input), case .linear(1, 3) = inner.function,
                let share = applied(x), share.input == inner.input,
                case .linear(let slope, 0) = share.function, Self.isOne(6 * slope)
            else { return nil }
            return (.hardSwish, inner.input)
        default: return nil
        }
    }

    /// A sixth of x * relu6(x + 3).
    private func hardSwish(_ slope: Float, _ offset: Float, of id: NodeID) -> Applied? {
        guard offset == 0, Self.isOne(6 * slope), consumers[id]?.count == 1,
            !observed.contains(id), let node = byID[id],
            case .binary(let layer) = node.operation, layer.function == .multiply
        else { return nil }
        for (x, gate) in [(node.inputs[0], node.inputs[1]), (node.inputs[1], node.inputs[0])] {
            if let gate = applied(gate), case .clip(0, 6) = gate.function,
                let inner = applied(gate.input), case .linear(1, 3) = inner.function,
                inner.input == x
            {
                return (.hardSwish, x)
            }
        }
        return nil
    }

    /// Whether a product of constants was meant to be one: a sixth is rounded.
    private static func isOne(_ value: Float) -> Bool { abs(value - 1) <= 2.4e-7 }
}
