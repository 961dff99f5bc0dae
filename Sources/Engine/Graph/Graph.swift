/// Names a node for as long as its graph lives, whatever passes do to the order.
package struct NodeID: Hashable, Sendable {
    package let rawValue: Int
}

/// A layer in its place: what it is called, what it does, what it takes.
package struct Node: Sendable {
    package let id: NodeID
    /// Unique within the graph, such as `big1/block0/conv2`.
    package var name: String
    package var operation: Operation
    package var inputs: [NodeID]
    /// What is computed again together in the backward pass, if activations are to be forgotten; nil if it is kept.
    package var segment: String?
    /// How far it is from the input, in steps that lower learning rates count by.
    package var depth: Int

    /// What it does.
    package var layer: any Layer { operation.layer }
}

/// A network as a value: layers in an order in which each follows its inputs.
///
/// Holds no weights and no batch size, so that inference, training, import and
/// export read one description, and passes are functions from graph to graph.
public struct Graph: Sendable {
    /// The nodes; every node stands behind its inputs.
    package private(set) var nodes: [Node] = []
    /// The places whose activations have a name of their own, in order.
    package private(set) var stages: [(stage: Stage, node: NodeID)] = []
    /// The stages whose values must survive: passes keep them apart, the planner keeps their memory.
    package var observed: Set<Stage> = [.logits]
    /// The shape of one input picture.
    public let input: FeatureShape

    private var nextID = 0

    /// An empty graph for pictures of a shape.
    package init(input: FeatureShape) {
        self.input = input
    }

    /// Appends a node behind its inputs.
    package mutating func append(
        _ layer: any Layer,
        named name: String,
        inputs: [NodeID],
        segment: String? = nil,
        depth: Int = 0
    ) -> NodeID {
        let id = NodeID(rawValue: nextID)
        nextID += 1
        nodes.append(
            Node(
                id: id,
                name: name,
                operation: layer.operation,
                inputs: inputs,
                segment: segment,
                depth: depth
            )
        )
        return id
    }

    /// Gives a node's output a stage's name.
    package mutating func mark(_ stage: Stage, at node: NodeID) {
        stages.append((stage, node))
    }

    /// Has every stage's values kept.
    public mutating func observeAllStages() {
        observed = Set(stages.map(\.stage))
    }

    /// The node that produces a stage, if this model has it.
    package func node(of stage: Stage) -> NodeID? {
        stages.first { $0.stage == stage }?.node
    }

    /// The nodes whose values must survive.
    package var observedNodes: Set<NodeID> {
        Set(stages.lazy.filter { observed.contains($0.stage) }.map(\.node))
    }

    /// Everything that it is, in words: equal texts mean equal graphs.
    package var text: String {
        var lines = ["pictures \(input)"]
        for node in nodes {
            let inputs = node.inputs.map { "\($0.rawValue)" }.joined(separator: " ")
            lines.append("\(node.id.rawValue) \(node.name) [\(inputs)] \(node.operation)")
        }
        for (stage, node) in stages {
            let isObserved = observed.contains(stage) ? " observed" : ""
            lines.append("\(stage) \(node.rawValue)\(isObserved)")
        }
        return lines.joined(separator: "\n")
    }

    /// Bytes of all parameters in float32.
    var parameterByteCount: Int {
        parameters.reduce(0) { $0 + $1.count * MemoryLayout<Float>.stride }
    }

    /// The parameters of all layers, in the order of creation.
    public var parameters: [Parameter] {
        nodes.flatMap { node in
            node.layer.parameterShapes.map { role, shape in
                Parameter(key: ParameterKey(node: node.name, role: role), shape: shape)
            }
        }
    }

    /// The shape of every node's output.
    ///
    /// - Throws: ``GraphError`` for a layer that makes no sense where it is.
    package func shapes() throws(GraphError) -> [NodeID: FeatureShape] {
        var shapes: [NodeID: FeatureShape] = [:]
        for node in nodes {
            var inputs: [FeatureShape] = []
            for id in node.inputs {
                guard let shape = shapes[id] else {
                    preconditionFailure("\(node.name) stands before its input")
                }
                inputs.append(shape)
            }
            let layer = node.layer
            guard inputs.count == layer.inputCount else {
                throw .wrongInputCount(
                    node: node.name,
                    found: inputs.count,
                    expected: layer.inputCount
                )
            }
            let shape = try layer.outputShape(for: inputs, at: node.name)
            try Self.requireRoom(for: [shape.height, shape.width, shape.channels], at: node.name)
            for (_, extents) in layer.parameterShapes {
                try Self.requireRoom(for: extents, at: node.name)
            }
            shapes[node.id] = shape
        }
        return shapes
    }

    /// The values of one picture's activations, or of a parameter, that can be counted with.
    private static let largestCount = 1 << 40

    /// Throws unless there are values at all, and not more of them than any machine holds.
    private static func requireRoom(for extents: [Int], at node: String) throws(GraphError) {
        var count = 1
        for extent in extents {
            guard extent > 0, extent <= largestCount / count else {
                throw .tooLarge(node: node, extents: extents)
            }
            count *= extent
        }
    }
}

// What passes need.
extension Graph {
    /// The nodes that take each node's output.
    package func consumers() -> [NodeID: [NodeID]] {
        var consumers: [NodeID: [NodeID]] = [:]
        for node in nodes {
            for input in node.inputs {
                consumers[input, default: []].append(node.id)
            }
        }
        return consumers
    }

    /// Where each node stands.
    package func positions() -> [NodeID: Int] {
        Dictionary(uniqueKeysWithValues: nodes.enumerated().map { ($1.id, $0) })
    }

    /// Puts another layer, under another name, in the place of a node.
    ///
    /// - Precondition: `inputs` stand before `id`.
    package mutating func replace(
        _ id: NodeID,
        by layer: any Layer,
        named name: String,
        inputs: [NodeID]
    ) {
        guard let index = nodes.firstIndex(where: { $0.id == id }) else {
            preconditionFailure("no such node: \(id.rawValue)")
        }
        nodes[index].operation = layer.operation
        nodes[index].name = name
        nodes[index].inputs = inputs
    }

    /// Takes away every node that no stage observed needs.
    ///
    /// - Parameter keepingInput: Whether the first node, the input, stays even so.
    package mutating func removeUnneeded(keepingInput: Bool = false) {
        var needed = observedNodes
        if keepingInput, let input = nodes.first { needed.insert(input.id) }
        for node in nodes.reversed() where needed.contains(node.id) {
            needed.formUnion(node.inputs)
        }
        nodes.removeAll { !needed.contains($0.id) }
        stages.removeAll { !needed.contains($0.node) }
    }
}
