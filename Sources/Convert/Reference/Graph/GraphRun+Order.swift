internal import Proto

// The order in which nodes are computed, and those that are not known.
extension GraphRun {
    func source(
        _ reference: TensorReference,
        of reader: String
    ) throws(ReferenceError) -> Source {
        if let value = feeds[reference] { return .fed(value) }
        guard let index = places[reference.node] else {
            throw .uncomputable(node: reader, reason: "there is no node '\(reference.node)'")
        }
        return .node(index, output: reference.output)
    }

    /// The nodes that are needed, each behind its inputs.
    mutating func order(_ wanted: [Source]) throws(ReferenceError) -> [Int] {
        enum State { case open, done }
        var states: [Int: State] = [:]
        var order: [Int] = []
        var path: [(index: Int, waiting: [Int])] = []
        for case .node(let first, _) in wanted.reversed() where states[first] == nil {
            states[first] = .open
            path.append((first, try enter(first)))
            while let last = path.indices.last {
                guard let next = path[last].waiting.popLast() else {
                    states[path[last].index] = .done
                    order.append(path[last].index)
                    path.removeLast()
                    continue
                }
                switch states[next] {
                case .done: continue
                case .open:
                    throw .uncomputable(
                        node: nodes[next].name,
                        reason: "it depends on itself (a loop)"
                    )
                case nil:
                    states[next] = .open
                    path.append((next, try enter(next)))
                }
            }
        }
        return order
    }

    /// Finds where a node's inputs come from; gives the nodes among them, the last first.
    mutating func enter(_ index: Int) throws(ReferenceError) -> [Int] {
        let node = nodes[index]
        var found: [Source] = []
        var own: [Int] = []
        for input in node.inputs {
            let reference = TensorReference(input)
            if reference.isControl {
                if let condition = condition(reference) { own.append(condition) }
            } else {
                found.append(try source(reference, of: node.name))
            }
        }
        sources[index] = found
        if !own.isEmpty { conditions[index] = own }
        var before = own
        for case .node(let source, _) in found { before.append(source) }
        for source in before { readers[source, default: 0] += 1 }
        return before.reversed()
    }

    /// The node behind an ordering input if it tells which branch is taken: a switch, or a copy of one's output.
    private func condition(_ reference: TensorReference) -> Int? {
        guard let index = places[reference.node],
            feeds[TensorReference(node: reference.node)] == nil
        else { return nil }
        if isBranch(nodes[index]) { return index }
        guard nodes[index].operation == "Identity", let input = nodes[index].inputs.first,
            let source = places[TensorReference(input).node], isBranch(nodes[source])
        else { return nil }
        return index
    }

    /// Whether a node chooses a branch; one that keeps a loop going does not.
    private func isBranch(_ node: NodeDef) -> Bool {
        guard node.operation == "Switch" || node.operation == "RefSwitch" else { return false }
        let choice = node.inputs.dropFirst().first.flatMap { places[TensorReference($0).node] }
        return choice.map { nodes[$0].operation != "LoopCond" } ?? true
    }

    func checkOperations(_ order: [Int]) throws(ReferenceError) {
        var unknown: [Name: Int] = [:]
        for index in order where ReferenceOperation.named(nodes[index].operation) == nil {
            unknown[Name(nodes[index].operation), default: 0] += 1
        }
        guard unknown.isEmpty else {
            throw .unknownOperations(
                unknown.sorted { $0.key < $1.key }.map { .init(name: $0.key.text, count: $0.value) }
            )
        }
    }
}
