internal import Formats
internal import Proto
internal import Reference

/// Finds out which way a graph goes, and what in it is constant.
///
/// What passes a value on becomes an alias; of branches whose predicate is known the dead ones fall away; what follows
/// from small constants is computed.
struct GraphSettling {
    var graph: FlatGraph
    /// The file that holds large constants.
    let file: GraphFile?
    /// Placeholders with a default that stay placeholders.
    var kept: Set<FlatGraph.Edge> = []
    /// Tensors that are given: nothing before them matters.
    var leaves: Set<FlatGraph.Edge> = []
    /// Predicates of branches that are not known.
    var unsettled: [FlatGraph.Edge] = []
    private var known: [Int: ReferenceTensor] = [:]

    /// The most elements of what is computed here.
    private static let foldLimit = 1 << 16
    /// How deep branches may lie in each other.
    static let roundLimit = 256

    /// Operations that give what they take.
    private static let passing: Set = [
        "Identity", "IdentityN", "StopGradient", "CheckNumerics", "PreventGradient", "Snapshot",
        "RefIdentity", "ReadVariableOp", "DeepCopy", "GuaranteeConst", "Print",
    ]

    init(_ graph: FlatGraph, file: GraphFile?) {
        self.graph = graph
        self.file = file
    }

    /// Lets a change of the graph happen.
    mutating func change<Result>(
        _ body: (inout FlatGraph) throws(ImportProblem) -> Result
    ) throws(ImportProblem) -> Result { try body(&graph) }

    /// Settles what tensors hang on.
    ///
    /// - Throws: ``ImportProblem``.
    mutating func settle(_ outputs: [FlatGraph.Edge]) throws(ImportProblem) {
        for _ in 0..<Self.roundLimit {
            try graph.inlineCalls(from: outputs)
            unsettled = []
            if try round(outputs) { continue }
            guard try unrollFrames(outputs) else { return }
        }
        throw .cycle(["branches in branches"])
    }

    // MARK: One pass

    private struct Dead {
        var nodes: Set<Int> = []
        var edges: Set<FlatGraph.Edge> = []

        func contains(_ edge: FlatGraph.Edge) -> Bool {
            nodes.contains(edge.node) || edges.contains(edge)
        }
    }

    /// Goes through the nodes once.
    ///
    /// - Returns: whether branches were put in place, so that there is more to do.
    mutating func round(_ outputs: [FlatGraph.Edge]) throws(ImportProblem) -> Bool {
        var dead = Dead()
        var hasChanged = false
        let order = try graph.order(from: outputs, leaves: leaves, followsControls: true)
        for number in order {
            let node = graph.nodes[number]
            let inputs = graph.inputs(of: number)
            if node.operation == "Merge" || node.operation == "RefMerge" {
                merge(number, inputs, &dead)
                continue
            }
            if inputs.contains(where: dead.contains)
                || node.controls.contains(where: dead.nodes.contains)
            {
                dead.nodes.insert(number)
                continue
            }
            switch node.operation {
            case "Switch", "RefSwitch":
                try switchOver(number, inputs, &dead)
                if dead.edges.isEmpty { continue }
            case "If", "StatelessIf", "Case", "StatelessCase":
                if try choose(number, node, inputs) { hasChanged = true }
            case "While", "StatelessWhile":
                if try unroll(number, node, inputs) { hasChanged = true }
            case let operation where Self.fused.contains(operation):
                if try unfuse(number, node, inputs) { hasChanged = true }
            case let operation where Self.lists.contains(operation):
                if try read(number, node, inputs) { hasChanged = true }
            case "PlaceholderWithDefault":
                let edge = FlatGraph.Edge(node: number)
                if let input = inputs.first, !kept.contains(edge) { graph.alias(edge, to: input) }
            case let operation where Self.passing.contains(operation):
                for (output, input) in inputs.enumerated() {
                    graph.alias(FlatGraph.Edge(node: number, output: output), to: input)
                    if operation != "IdentityN" { break }
                }
            default: try fold(number, node, inputs)
            }
        }
        return hasChanged
    }

    private mutating func merge(
        _ number: Int,
        _ inputs: [FlatGraph.Edge],
        _ dead: inout Dead
    ) {
        // The beginning of a loop.
        if inputs.contains(where: {
            FlatGraph.waysBack.contains(graph.nodes[$0.node].operation)
        }) {
            return
        }
        let living = inputs.indices.filter { !dead.contains(inputs[$0]) }
        if living.isEmpty { dead.nodes.insert(number) }
        guard living.count == 1, let only = living.first else { return }
        graph.alias(FlatGraph.Edge(node: number), to: inputs[only])
        let index = hold(
            ReferenceTensor(Int32(truncatingIfNeeded: only)),
            "\(graph.nodes[number].name)/value_index"
        )
        graph.alias(FlatGraph.Edge(node: number, output: 1), to: index)
    }

    private mutating func switchOver(
        _ number: Int,
        _ inputs: [FlatGraph.Edge],
        _ dead: inout Dead
    ) throws(ImportProblem) {
        guard inputs.count == 2 else {
            throw .malformed(node: graph.nodes[number].name, reason: "\(inputs.count) inputs")
        }
        guard let value = try truth(inputs[1]) else {
            unsettled.append(inputs[1])
            return
        }
        graph.alias(FlatGraph.Edge(node: number, output: value ? 1 : 0), to: inputs[0])
        dead.edges.insert(FlatGraph.Edge(node: number, output: value ? 0 : 1))
    }

    /// Puts the branch in place that a known predicate chooses.
    private mutating func choose(
        _ number: Int,
        _ node: FlatGraph.Node,
        _ inputs: [FlatGraph.Edge]
    ) throws(ImportProblem) -> Bool {
        // One that was put in place already.
        guard graph.resolved(FlatGraph.Edge(node: number)).node == number else { return false }
        guard let predicate = inputs.first else {
            throw .malformed(node: node.name, reason: "it has no predicate")
        }
        guard let branch = try branch(node, predicate) else {
            unsettled.append(predicate)
            return false
        }
        guard case .function(let name, let given) = branch,
            let function = graph.library[Name(name)]
        else { throw .malformed(node: node.name, reason: "its branches are not in the library") }
        try graph.expand(function, given, at: number, Array(inputs.dropFirst()))
        return true
    }

    /// The branch that a predicate chooses; nil if it is not known yet.
    private mutating func branch(
        _ node: FlatGraph.Node,
        _ predicate: FlatGraph.Edge
    ) throws(ImportProblem) -> AttributeValue? {
        guard node.operation.hasSuffix("Case") else {
            guard let value = try truth(predicate) else { return nil }
            return node[value ? "then_branch" : "else_branch"] ?? AttributeValue.none
        }
        guard let value = try value(predicate) else { return nil }
        guard let number = try? value.integer(), case .list(let branches)? = node["branches"],
            let last = branches.last
        else { throw .malformed(node: node.name, reason: "it has no branches, or no number") }
        // Any other number than theirs means the last.
        return branches.indices.contains(number) ? branches[number] : last
    }

    // MARK: Values

    /// A predicate's value, if it is known.
    mutating func truth(_ edge: FlatGraph.Edge) throws(ImportProblem) -> Bool? {
        guard let value = try value(edge) else { return nil }
        guard let truth = try? value.truth() else {
            throw .malformed(node: graph.nodes[edge.node].name, reason: "it is no predicate")
        }
        return truth
    }

    /// The value of a small constant.
    mutating func value(_ edge: FlatGraph.Edge) throws(ImportProblem) -> ReferenceTensor? {
        let edge = graph.resolved(edge)
        guard edge.output == 0, !leaves.contains(edge) else { return nil }
        if let value = known[edge.node] { return value }
        let node = graph.nodes[edge.node]
        if graph.constants[edge.node] == nil, node.operation == "Const" {
            graph.constants[edge.node] = try Self.constant(node, file)
        }
        guard let constant = graph.constants[edge.node], constant.count <= Self.foldLimit,
            constant.count >= 0
        else { return nil }
        do throws(ReferenceError) {
            let value = try constant.tensor()
            known[edge.node] = value
            return value
        } catch {
            // What is not computed may still stand there, as long as nothing needs it.
            return nil
        }
    }

    /// The value of a constant's node.
    static func constant(
        _ node: FlatGraph.Node,
        _ file: GraphFile?
    ) throws(ImportProblem) -> GraphConstant {
        guard case .tensor(let message)? = node["value"] else {
            throw .malformed(node: node.name, reason: "a constant without a value")
        }
        return try GraphConstant(message, node: node.name, in: file)
    }

    /// A new constant.
    mutating func hold(_ tensor: ReferenceTensor, _ name: String) -> FlatGraph.Edge {
        let number = graph.add(FlatGraph.Node(name: name, operation: "Const"))
        graph.constants[number] = GraphConstant(tensor)
        known[number] = tensor
        return FlatGraph.Edge(node: number)
    }

    /// Computes a node whose inputs are known.
    private mutating func fold(
        _ number: Int,
        _ node: FlatGraph.Node,
        _ inputs: [FlatGraph.Edge]
    ) throws(ImportProblem) {
        guard !inputs.isEmpty,
            graph.resolved(FlatGraph.Edge(node: number)).node == number,
            let operation = ReferenceOperation.named(node.operation),
            case .pure = operation.kind
        else { return }
        var operands: [ReferenceTensor] = []
        for input in inputs {
            guard let value = try value(input) else { return }
            operands.append(value)
        }
        let definition = NodeDef(
            name: node.name,
            operation: node.operation,
            attributes: node.attributes
        )
        let results: [ReferenceTensor]
        do throws(ReferenceError) {
            results = try ReferenceOperation.evaluate(definition, operands, limit: Self.foldLimit)
        } catch {
            return
        }
        for (output, result) in results.enumerated() {
            let edge = FlatGraph.Edge(node: number, output: output)
            guard !leaves.contains(edge) else { continue }
            graph.alias(edge, to: hold(result, output == 0 ? node.name : "\(node.name)_\(output)"))
        }
    }
}
