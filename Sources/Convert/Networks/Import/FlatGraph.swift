internal import Proto

/// A graph whose nodes know each other by number.
///
/// Nodes are never taken away: what takes the place of a tensor is an alias of it, so that every tensor can be asked for
/// by its first name.
struct FlatGraph {
    /// An output of a node.
    struct Edge: Hashable {
        var node: Int
        var output = 0
    }

    /// A node.
    struct Node {
        var name: String
        /// What it computes; empty where an input names a node that is not there.
        var operation: String
        var inputs: [Edge] = []
        /// The nodes that come before it without giving it anything.
        var controls: [Int] = []
        var attributes: [NodeDef.Attribute] = []
        /// In which of ``FlatGraph/calls`` it lies; -1 outside of functions.
        var call = -1

        subscript(name: String) -> AttributeValue? {
            attributes.last { Name($0.name) == Name(name) }?.value
        }
    }

    /// A call of a function, in another call or outside.
    struct Call {
        var function: String
        var parent: Int
    }

    var nodes: [Node] = []
    /// What stands for other tensors.
    private(set) var aliases: [Edge: Edge] = [:]
    /// The nodes by name.
    private(set) var numbers: [Name: Int] = [:]
    var calls: [Call] = []
    /// The values of nodes that hold one.
    var constants: [Int: GraphConstant] = [:]
    /// Which of the model's objects a variable's node is, where that is known.
    var objects: [Int: Int] = [:]
    /// The functions that may be called.
    let library: [Name: GraphDef.Function]
    /// What operations take and give.
    let operations: [Name: OperationDef]
    /// The version of the graph's writer; 0 where it states none.
    let producer: Int32

    /// The most nodes that functions may spread into.
    static let nodeLimit = 1 << 20

    /// The graph outside of functions.
    ///
    /// - Throws: ``ImportProblem/doubledNode(_:)``.
    init(_ meta: MetaGraph) throws(ImportProblem) {
        var library: [Name: GraphDef.Function] = [:]
        for function in meta.graph?.functions ?? [] {
            guard library.updateValue(function, forKey: Name(function.name)) == nil else {
                throw .doubledNode(function.name)
            }
        }
        self.library = library
        producer = meta.graph?.versions.producer ?? 0
        operations = Dictionary(meta.operations.map { (Name($0.name), $0) }) { first, _ in first }
        let nodes = meta.graph?.nodes ?? []
        for node in nodes {
            let number = add(
                Node(name: node.name, operation: node.operation, attributes: node.attributes)
            )
            guard numbers[Name(node.name)] == number else { throw .doubledNode(node.name) }
        }
        for (number, node) in nodes.enumerated() {
            for input in node.inputs {
                let text = input.utf8
                if text.first == UInt8(ascii: "^") {
                    let name = String(decoding: text.dropFirst(), as: UTF8.self)
                    self.nodes[number].controls.append(place(of: name))
                } else {
                    self.nodes[number].inputs.append(edge(input))
                }
            }
        }
    }

    /// Adds a node; of several of one name the first goes by it.
    @discardableResult
    mutating func add(_ node: Node) -> Int {
        let number = nodes.count
        nodes.append(node)
        if numbers[Name(node.name)] == nil { numbers[Name(node.name)] = number }
        return number
    }

    /// The node of a name, or one that stands for what is missing.
    private mutating func place(of name: String) -> Int {
        numbers[Name(name)] ?? add(Node(name: name, operation: ""))
    }

    /// An output by the text `node` or `node:1`.
    private mutating func edge(_ text: String) -> Edge {
        let (name, output) = Self.parts(text)
        return Edge(node: place(of: name), output: output)
    }

    /// The node and the output that `node` or `node:1` states.
    static func parts(_ text: String) -> (name: String, output: Int) {
        let bytes = text.utf8
        guard let colon = bytes.lastIndex(of: UInt8(ascii: ":")) else { return (text, 0) }
        let digits = bytes[bytes.index(after: colon)...]
        guard !digits.isEmpty, digits.allSatisfy({ (0x30...0x39).contains($0) }),
            let output = Int(String(decoding: digits, as: UTF8.self))
        else { return (text, 0) }
        return (String(decoding: bytes[..<colon], as: UTF8.self), output)
    }

    /// The tensor of a name.
    ///
    /// - Throws: ``ImportProblem/noTensor(_:near:)``.
    func tensor(_ text: String) throws(ImportProblem) -> Edge {
        let (name, output) = Self.parts(text)
        if let number = numbers[Name(name)], !nodes[number].operation.isEmpty {
            return Edge(node: number, output: output)
        }
        let last = name.split(separator: "/").last.map { String($0) } ?? name
        let near = nodes.lazy.filter { $0.name.contains(last) && !$0.operation.isEmpty }
            .prefix(5).map(\.name)
        throw .noTensor(text, near: Array(near))
    }

    /// The name of a tensor: `node:0`.
    func name(_ edge: Edge) -> String { "\(nodes[edge.node].name):\(edge.output)" }

    /// Operations at the end of a loop's body.
    static let waysBack: Set = ["NextIteration", "RefNextIteration"]

    // MARK: Aliases

    /// What a tensor stands for.
    func resolved(_ edge: Edge) -> Edge {
        var edge = edge
        var steps = 0
        while let next = aliases[edge], steps <= aliases.count {
            edge = next
            steps += 1
        }
        return edge
    }

    /// Lets a tensor stand for another; one that stands for itself stays what it is.
    mutating func alias(_ edge: Edge, to other: Edge) {
        let target = resolved(other)
        guard target != edge else { return }
        aliases[edge] = target
    }

    /// What a node takes, as it stands.
    func inputs(of number: Int) -> [Edge] { nodes[number].inputs.map { resolved($0) } }

    // MARK: Order

    /// The nodes that tensors hang on, each behind those that it hangs on.
    ///
    /// - Parameters:
    ///   - outputs: The tensors.
    ///   - leaves: Tensors that are given, so that what they hang on does not matter.
    ///   - followsControls: Whether nodes that give nothing count.
    /// - Returns: Their numbers.
    /// - Throws: ``ImportProblem/cycle(_:)``, ``ImportProblem/missingInput(node:input:)``.
    func order(
        from outputs: [Edge],
        leaves: Set<Edge> = [],
        followsControls: Bool = false
    ) throws(ImportProblem) -> [Int] {
        var states: [Int: Bool] = [:]
        var order: [Int] = []
        var stack: [(node: Int, rest: [Int])] = []
        func before(_ number: Int) -> [Int] {
            let node = nodes[number]
            // The way back of a loop is no way that a value comes by at first.
            let inputs = node.inputs.map { resolved($0) }.filter {
                !leaves.contains($0) && !Self.waysBack.contains(nodes[$0.node].operation)
            }
            return inputs.map(\.node) + (followsControls ? node.controls : [])
        }
        for output in outputs.map({ resolved($0) }) where !leaves.contains(output) {
            guard states[output.node] == nil else { continue }
            states[output.node] = false
            stack.append((output.node, before(output.node)))
            while let top = stack.last {
                guard let next = top.rest.last else {
                    states[top.node] = true
                    order.append(top.node)
                    stack.removeLast()
                    continue
                }
                stack[stack.count - 1].rest.removeLast()
                guard !nodes[next].operation.isEmpty else {
                    throw .missingInput(node: nodes[top.node].name, input: nodes[next].name)
                }
                switch states[next] {
                case true?: continue
                case false?:
                    let start = stack.firstIndex { $0.node == next } ?? 0
                    throw .cycle(stack[start...].map { nodes[$0.node].name })
                case nil:
                    states[next] = false
                    stack.append((next, before(next)))
                }
            }
        }
        return order
    }
}
