internal import Proto
internal import Reference

// Loops whose number of turns follows from constants: their bodies are put behind each other.
extension GraphSettling {
    /// Operations that are ways through a graph, and no work.
    static let ways: Set = [
        "Merge", "RefMerge", "Switch", "RefSwitch", "If", "StatelessIf", "Case", "StatelessCase",
        "While", "StatelessWhile", "Enter", "RefEnter", "Exit", "RefExit", "LoopCond",
        "NextIteration", "RefNextIteration",
    ]

    /// The most turns that a loop is followed for.
    static let turnLimit = 1 << 12

    /// Settles what one tensor hangs on, and gives its truth if it is known then.
    private mutating func settledTruth(_ predicate: FlatGraph.Edge) throws(ImportProblem) -> Bool? {
        for _ in 0..<Self.roundLimit {
            try graph.inlineCalls(from: [predicate])
            guard try round([predicate]) else { break }
        }
        return try truth(graph.resolved(predicate))
    }

    // MARK: Loops of functions

    /// Puts the turns of a loop in place whose condition and body are functions.
    ///
    /// - Returns: whether it could be told how many there are.
    /// - Throws: ``ImportProblem``.
    mutating func unroll(
        _ number: Int,
        _ node: FlatGraph.Node,
        _ inputs: [FlatGraph.Edge]
    ) throws(ImportProblem) -> Bool {
        guard graph.resolved(FlatGraph.Edge(node: number)).node == number else { return false }
        guard case .function(let test, let testGiven)? = node["cond"],
            case .function(let step, let stepGiven)? = node["body"],
            let condition = graph.library[Name(test)], let body = graph.library[Name(step)]
        else { throw .malformed(node: node.name, reason: "its functions are not in the library") }
        var values = inputs
        for turn in 0..<Self.turnLimit {
            let asked = graph.add(Self.call("\(node.name)/cond_\(turn)", node.call))
            let answer = try graph.expand(condition, testGiven, at: asked, values)
            guard let predicate = answer.first else {
                throw .malformed(node: node.name, reason: "its condition gives nothing")
            }
            guard let goesOn = try settledTruth(predicate) else {
                unsettled.append(graph.resolved(predicate))
                return false
            }
            guard goesOn else {
                for (output, value) in values.enumerated() {
                    graph.alias(FlatGraph.Edge(node: number, output: output), to: value)
                }
                return true
            }
            let taken = graph.add(Self.call("\(node.name)/turn_\(turn)", node.call))
            values = try graph.expand(body, stepGiven, at: taken, values)
            guard values.count == inputs.count else {
                throw .malformed(
                    node: node.name,
                    reason: "its body gives \(values.count) tensors for \(inputs.count)"
                )
            }
        }
        throw .tooManyTurns(loop: node.name, limit: Self.turnLimit)
    }

    private static func call(_ name: String, _ parent: Int) -> FlatGraph.Node {
        FlatGraph.Node(name: name, operation: "StatefulPartitionedCall", call: parent)
    }

    // MARK: Loops of nodes

    /// A loop of nodes: variables enter, are merged with what comes back, go round or leave.
    private struct Frame {
        var name: String
        var loopCondition = 0
        /// Merge, what enters, what comes back.
        var variables: [(merge: Int, entry: FlatGraph.Edge, back: FlatGraph.Edge)] = []
        /// What is the same in every turn: the node that lets it in, and what it is.
        var constants: [Int: FlatGraph.Edge] = [:]
        /// The number of a variable by the switch behind its merge.
        var switches: [Int: Int] = [:]
        /// Nodes that hand a variable out.
        var exits: [(node: Int, from: FlatGraph.Edge)] = []
        /// What is done in each turn.
        var body: [Int] = []

        /// Whether a node is one of those that make the loop.
        func isOwn(_ node: Int) -> Bool {
            switches[node] != nil || constants[node] != nil || node == loopCondition
                || variables.contains { $0.merge == node }
        }
    }

    /// Puts the turns of the first loop in place whose number of turns is known.
    ///
    /// - Returns: whether there was one.
    /// - Throws: ``ImportProblem``.
    mutating func unrollFrames(_ outputs: [FlatGraph.Edge]) throws(ImportProblem) -> Bool {
        let order = try graph.order(from: outputs, leaves: leaves)
        for number in order where ["Exit", "RefExit"].contains(graph.nodes[number].operation) {
            guard graph.resolved(FlatGraph.Edge(node: number)).node == number,
                let frame = try frame(ofExit: number), try isOutermost(frame)
            else { continue }
            if try unroll(frame) { return true }
        }
        return false
    }

    private func frame(ofExit number: Int) throws(ImportProblem) -> Frame? {
        func operation(_ edge: FlatGraph.Edge) -> String { graph.nodes[edge.node].operation }
        guard let way = graph.inputs(of: number).first, operation(way).hasSuffix("Switch"),
            graph.inputs(of: way.node).count == 2
        else { return nil }
        let (merge, test) = (graph.inputs(of: way.node)[0], graph.inputs(of: way.node)[1])
        guard operation(test) == "LoopCond", operation(merge).hasSuffix("Merge"),
            let entry = graph.inputs(of: merge.node).first(where: {
                operation($0).hasSuffix("Enter")
            }), let name = graph.nodes[entry.node]["frame_name"]
        else { return nil }
        let call = graph.nodes[entry.node].call
        var frame = Frame(name: graph.nodes[number].name, loopCondition: test.node)
        var merges: [Int: Int] = [:]
        for (node, content) in graph.nodes.enumerated() where content.call == call {
            switch content.operation {
            case "Enter", "RefEnter":
                guard content["frame_name"] == name, let input = graph.inputs(of: node).first else {
                    continue
                }
                frame.constants[node] = input
            case "Merge", "RefMerge":
                let inputs = graph.inputs(of: node)
                guard inputs.count == 2,
                    let entry = inputs.first(where: {
                        operation($0).hasSuffix("Enter")
                            && graph.nodes[$0.node]["frame_name"] == name
                    }),
                    let back = inputs.first(where: {
                        FlatGraph.waysBack.contains(operation($0))
                    }), let given = graph.inputs(of: entry.node).first,
                    let result = graph.inputs(of: back.node).first
                else { continue }
                merges[node] = frame.variables.count
                frame.variables.append((node, given, result))
            default: continue
            }
        }
        for (node, content) in graph.nodes.enumerated() where content.operation.hasSuffix("Switch")
        {
            let inputs = graph.inputs(of: node)
            guard inputs.count == 2, inputs[1].node == test.node,
                let variable = merges[inputs[0].node]
            else { continue }
            frame.switches[node] = variable
        }
        for (node, content) in graph.nodes.enumerated() where content.operation.hasSuffix("Exit") {
            guard let input = graph.inputs(of: node).first, frame.switches[input.node] != nil else {
                continue
            }
            frame.exits.append((node, input))
        }
        frame.body = body(of: frame, merges)
        return frame
    }

    /// The nodes of one turn.
    private func body(of frame: Frame, _ merges: [Int: Int]) -> [Int] {
        var seen: Set<Int> = []
        var waiting = frame.variables.map(\.back.node)
        waiting += graph.inputs(of: frame.loopCondition).map(\.node)
        while let next = waiting.popLast() {
            guard merges[next] == nil, frame.switches[next] == nil, frame.constants[next] == nil,
                next != frame.loopCondition, !graph.nodes[next].operation.isEmpty,
                graph.constants[next] == nil, seen.insert(next).inserted
            else { continue }
            waiting += graph.inputs(of: next).map(\.node) + graph.nodes[next].controls
        }
        return seen.sorted()
    }

    /// Whether nothing that enters a loop comes from within another.
    private func isOutermost(_ frame: Frame) throws(ImportProblem) -> Bool {
        let entries = frame.variables.map(\.entry) + frame.constants.values
        return try graph.order(from: entries, leaves: leaves).allSatisfy {
            !["LoopCond", "Exit", "RefExit"].contains(graph.nodes[$0].operation)
        }
    }

    private mutating func unroll(_ frame: Frame) throws(ImportProblem) -> Bool {
        guard let test = graph.inputs(of: frame.loopCondition).first else {
            throw .malformed(node: frame.name, reason: "its loop has no condition")
        }
        var values = frame.variables.map(\.entry)
        for turn in 0..<Self.turnLimit {
            guard graph.nodes.count + frame.body.count <= FlatGraph.nodeLimit else {
                throw .tooManyNodes(limit: FlatGraph.nodeLimit)
            }
            let copies = copy(frame, turn: turn, values)
            func place(_ edge: FlatGraph.Edge) -> FlatGraph.Edge {
                Self.place(edge, frame, values, copies)
            }
            guard let goesOn = try settledTruth(place(test)) else {
                unsettled.append(FlatGraph.Edge(node: frame.loopCondition))
                return false
            }
            guard goesOn else {
                for (node, from) in frame.exits {
                    graph.alias(FlatGraph.Edge(node: node), to: place(from))
                }
                return true
            }
            values = frame.variables.map { graph.resolved(place($0.back)) }
        }
        throw .tooManyTurns(loop: frame.name, limit: Self.turnLimit)
    }

    /// What a tensor of a loop is in one turn.
    private static func place(
        _ edge: FlatGraph.Edge,
        _ frame: Frame,
        _ values: [FlatGraph.Edge],
        _ copies: [Int: Int]
    ) -> FlatGraph.Edge {
        if let copy = copies[edge.node] { return FlatGraph.Edge(node: copy, output: edge.output) }
        if let variable = frame.switches[edge.node] { return values[variable] }
        if edge.output == 0,
            let variable = frame.variables.firstIndex(where: { $0.merge == edge.node })
        {
            return values[variable]
        }
        return frame.constants[edge.node] ?? edge
    }

    /// The nodes of one turn, over the values that the variables have in it.
    private mutating func copy(
        _ frame: Frame,
        turn: Int,
        _ values: [FlatGraph.Edge]
    ) -> [Int: Int] {
        var copies: [Int: Int] = [:]
        for number in frame.body {
            var node = graph.nodes[number]
            node.name = "\(node.name)#\(turn)"
            node.inputs = []
            node.controls = []
            // A loop inside is another in each turn.
            if case .bytes(let name)? = node["frame_name"] {
                let own = name + Array("#\(turn)".utf8)
                node.attributes.append(.init("frame_name", .bytes(own)))
            }
            copies[number] = graph.add(node)
        }
        for number in frame.body {
            guard let copy = copies[number] else { continue }
            let inputs = graph.inputs(of: number)
            graph.nodes[copy].inputs = inputs.map { Self.place($0, frame, values, copies) }
            graph.nodes[copy].controls = graph.nodes[number].controls.compactMap { control in
                if let own = copies[control] { return own }
                return frame.isOwn(control) ? nil : control
            }
        }
        return copies
    }
}
