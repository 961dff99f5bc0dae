internal import Proto
internal import Reference

/// Finds out which value of a phase means inference: the one that does not lead to what only training does.
///
/// Batch norms with the statistics of their batch, and random numbers, lie on the way of training; without either the
/// name of the placeholder tells.
struct PhaseSearch {
    typealias Edge = FlatGraph.Edge

    private let graph: FlatGraph

    init(_ graph: FlatGraph) { self.graph = graph }

    /// Placeholders that branches hang on, with their value in inference where that can be told.
    ///
    /// - Parameters:
    ///   - predicates: The predicates of branches that are not known.
    ///   - outputs: What hangs on the branches.
    /// - Returns: The placeholders' nodes; nil for a value that cannot be told.
    func phases(
        _ predicates: [Edge],
        for outputs: [Edge]
    ) -> [(node: Int, value: Bool?, isByName: Bool)] {
        var negated: [Edge: (root: Int, isNegated: Bool)] = [:]
        var roots: [Int] = []
        for predicate in predicates {
            guard let found = root(predicate) else { continue }
            negated[graph.resolved(predicate)] = found
            if !roots.contains(found.root) { roots.append(found.root) }
        }
        var training: [Int: [Bool]] = [:]
        let order = (try? graph.order(from: outputs, followsControls: true)) ?? []
        for number in order {
            let node = graph.nodes[number]
            if MovingStatistics.isTraining(node) || DropoutRemoval.isRandom(node.operation) {
                for (predicate, value) in ways(to: number) {
                    guard let (root, isNegated) = negated[predicate] else { continue }
                    training[root, default: []].append(value != isNegated)
                }
            }
            guard ["If", "StatelessIf"].contains(node.operation),
                let predicate = graph.inputs(of: number).first,
                let (root, isNegated) = negated[predicate]
            else { continue }
            for (branch, value) in [("then_branch", true), ("else_branch", false)]
            where trains(node[branch]) {
                training[root, default: []].append(value != isNegated)
            }
        }
        return roots.map { root in
            let votes = training[root] ?? []
            if !votes.isEmpty, Set(votes).count == 1 { return (root, !votes[0], false) }
            let name = graph.nodes[root].name.lowercased()
            let isTraining = ["train", "phase", "learning"].contains { name.contains($0) }
            return (root, isTraining ? false : nil, true)
        }
    }

    /// The placeholder that a predicate is, or is the opposite of.
    private func root(_ edge: Edge) -> (root: Int, isNegated: Bool)? {
        var edge = graph.resolved(edge)
        var isNegated = false
        for _ in 0..<64 {
            let node = graph.nodes[edge.node]
            if node.operation.hasPrefix("Placeholder") { return (edge.node, isNegated) }
            guard let input = node.inputs.first else { return nil }
            switch node.operation {
            case "LogicalNot": isNegated.toggle()
            case "Identity", "Switch", "Cast", "Squeeze", "Reshape": break
            default: return nil
            }
            edge = graph.resolved(input)
        }
        return nil
    }

    /// The branches that a node lies in: predicates, and which way they take.
    private func ways(to number: Int) -> [(Edge, Bool)] {
        var found: [(Edge, Bool)] = []
        var seen: Set<Int> = []
        var waiting = [(number, 0)]
        while let (number, depth) = waiting.popLast() {
            guard seen.insert(number).inserted, depth < 6 else { continue }
            let node = graph.nodes[number]
            for input in graph.inputs(of: number) {
                if graph.nodes[input.node].operation == "Switch" {
                    let inputs = graph.inputs(of: input.node)
                    if inputs.count == 2 { found.append((inputs[1], input.output == 1)) }
                } else {
                    waiting.append((input.node, depth + 1))
                }
            }
            waiting += node.controls.map { ($0, depth + 1) }
        }
        return found
    }

    /// Whether a branch's function trains.
    private func trains(_ branch: AttributeValue?) -> Bool {
        guard case .function(let name, _)? = branch else { return false }
        return trains(name)
    }

    /// Whether a function of the library does what only training does.
    func trains(_ name: String) -> Bool {
        var seen: Set<Name> = []
        var waiting = [Name(name)]
        while let name = waiting.popLast() {
            guard seen.insert(name).inserted, let function = graph.library[name] else { continue }
            for node in function.nodes {
                let flat = FlatGraph.Node(
                    name: node.name,
                    operation: node.operation,
                    attributes: node.attributes
                )
                if MovingStatistics.isTraining(flat) || DropoutRemoval.isRandom(node.operation) {
                    return true
                }
                waiting.append(Name(node.operation))
                if case .function(let inner, _)? = node["f"] { waiting.append(Name(inner)) }
            }
        }
        return false
    }
}
