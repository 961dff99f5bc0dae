internal import Proto
internal import Reference

/// Which nodes of a graph take from which, by number, and which of them are but held values.
struct TensorFlowNodes {
    /// Where a node takes from.
    struct Input {
        /// The node; nil where there is none of this name.
        let node: Int?
        let output: Int
        let isControl: Bool
    }

    /// What each node takes.
    let inputs: [[Input]]
    /// Whether a node holds a constant or a variable, or reads one, for others that are drawn.
    let isFolded: [Bool]
    private let holders: [Int]

    private static let held: Set<Name> = [
        "Const", "HostConst", "Variable", "VariableV2", "VarHandleOp", "AutoReloadVariable",
    ]

    init(_ nodes: [NodeDef], reads: Set<Name>) {
        var numbers: [Name: Int] = [:]
        for (number, node) in nodes.enumerated() where numbers[Name(node.name)] == nil {
            numbers[Name(node.name)] = number
        }
        let inputs = nodes.map { node in node.inputs.map { Self.input($0, numbers) } }
        var holders = [Int](nodes.indices)
        var isHeld = nodes.map { Self.held.contains(Name($0.operation)) }
        // Reads stand behind each other; each is looked at once, so that a ring of them ends too.
        var isSeen = isHeld
        for number in nodes.indices {
            var chain: [Int] = []
            var place = number
            while !isSeen[place] {
                isSeen[place] = true
                guard reads.contains(Name(nodes[place].operation)),
                    let first = inputs[place].first, !first.isControl, let from = first.node
                else { break }
                chain.append(place)
                place = from
            }
            guard isHeld[place] else { continue }
            for read in chain {
                isHeld[read] = true
                holders[read] = holders[place]
            }
        }
        var isUsed = [Bool](repeating: false, count: nodes.count)
        for number in nodes.indices where !isHeld[number] {
            for input in inputs[number] where !input.isControl {
                if let from = input.node, isHeld[from] {
                    isUsed[from] = true
                    isUsed[holders[from]] = true
                }
            }
        }
        // What only stands between a value and those that take it is not drawn either.
        for number in nodes.indices where isHeld[number] && isUsed[holders[number]] {
            isUsed[number] = true
        }
        self.inputs = inputs
        self.holders = holders
        isFolded = nodes.indices.map { isHeld[$0] && isUsed[$0] }
    }

    /// The constant or the variable behind a node that is folded.
    func holder(of number: Int) -> Int { holders[number] }

    private static func input(_ text: String, _ numbers: [Name: Int]) -> Input {
        let reference = TensorReference(text)
        var node = numbers[reference.node]
        if node == nil, !reference.isControl,
            let colon = reference.node.text.utf8.lastIndex(of: UInt8(ascii: ":"))
        {
            // Within functions outputs go by their names: `node:output:0`.
            let bytes = reference.node.text.utf8[..<colon]
            node = numbers[Name(String(decoding: bytes, as: UTF8.self))]
        }
        return Input(node: node, output: reference.output, isControl: reference.isControl)
    }

    /// The nodes, each behind those that it takes from; those in rings at the end, in the order of the file.
    var order: [Int] {
        var rest = inputs.map { $0.count { $0.node != nil && !$0.isControl } }
        var readers = [[Int]](repeating: [], count: inputs.count)
        for (number, all) in inputs.enumerated() {
            for input in all where !input.isControl {
                if let from = input.node { readers[from].append(number) }
            }
        }
        var order = inputs.indices.filter { rest[$0] == 0 }
        var next = 0
        while next < order.count {
            for reader in readers[order[next]] {
                rest[reader] -= 1
                if rest[reader] == 0 { order.append(reader) }
            }
            next += 1
        }
        return order + inputs.indices.filter { rest[$0] > 0 }
    }
}
