/// Plans a graph's forward pass, and its backward pass behind it.
struct Differentiation {
    let input: Activation
    let logits: Activation
    let logitsGradient: Activation
    let inputGradient: Activation?
    /// How many steps the forward pass has.
    let forwardCount: Int

    init(_ graph: Graph, in planner: TrainingPlanner) throws(EngineError) {
        let shapes: [NodeID: FeatureShape]
        do { shapes = try graph.shapes() } catch { throw .graph(error) }
        let needing = Self.nodesNeedingGradient(graph, planner)

        var tapes: [NodeID: Tape] = [:]
        for node in graph.nodes {
            tapes[node.id] = try Self.planForward(node, after: tapes, shapes, in: planner)
        }
        guard let input = graph.nodes.first.flatMap({ tapes[$0.id]?.output }),
            let end = graph.node(of: .logits), let logits = tapes[end]?.output
        else { preconditionFailure("a graph without logits") }
        self.input = input
        self.logits = logits
        forwardCount = planner.planner.steps.count

        logitsGradient = planner.makeGradient(of: logits)
        var terms: [NodeID: [GradientTerm]] = [end: [.whole(logitsGradient)]]
        var inputGradient: Activation?
        let segments = planner.options.checkpointsActivations ? Self.segments(of: graph) : [:]
        var repeated: Set<String> = []
        for node in graph.nodes.reversed() {
            if let name = node.segment, let segment = segments[name], !repeated.contains(name) {
                repeated.insert(name)
                for inner in segment where !inner.isSum {
                    tapes[inner.id] = try Self.planForward(
                        inner,
                        after: tapes,
                        shapes,
                        in: planner
                    )
                }
            }
            guard let found = terms.removeValue(forKey: node.id), let tape = tapes[node.id],
                needing.contains(node.id)
            else { continue }
            let gradient = Gradient(
                node: node,
                output: tape.output,
                terms: found,
                planner: planner
            )
            if node.inputs.isEmpty {
                inputGradient = try gradient.sum()
                continue
            }
            let wanted = node.inputs.map { needing.contains($0) }
            let back = try tape.backward(gradient, wanted)
            for (id, term) in zip(node.inputs, back) {
                if let term { terms[id, default: []].append(term) }
            }
        }
        self.inputGradient = inputGradient
    }

    /// Plans the forward pass of one node.
    private static func planForward(
        _ node: Node,
        after tapes: [NodeID: Tape],
        _ shapes: [NodeID: FeatureShape],
        in planner: TrainingPlanner
    ) throws(EngineError) -> Tape {
        let inputs = node.inputs.compactMap { tapes[$0]?.output }
        guard let output = shapes[node.id], inputs.count == node.inputs.count else {
            preconditionFailure("\(node.name) stands before its input")
        }
        guard let layer = node.operation.training else {
            throw .graph(
                .untrainable(node: node.name, reason: "\(node.layer.kind) has no gradient yet")
            )
        }
        try requireArrangement(inputs, of: node)
        return try layer.planTraining(node, inputs: inputs, output: output, in: planner)
    }

    /// Throws unless activations are arranged as a layer's gradient wants them.
    private static func requireArrangement(
        _ inputs: [Activation],
        of node: Node
    ) throws(EngineError) {
        let arrangements = inputs.map(Arrangement.init)
        func holds(_ wanted: Set<Arrangement>...) -> Bool {
            zip(arrangements, wanted).allSatisfy { $1.contains($0) }
        }
        let blocks: Set<Arrangement> = [.blocks, .pixel]
        let fits =
            switch node.operation {
            case .input, .convolution: true
            case .dense: holds([.vectors])
            case .batchNorm, .nonlinearity: holds([.vectors, .blocks, .pixel])
            case .add:
                arrangements[0] == arrangements[1] && arrangements[0] != .planes
            case .pool, .globalPool, .blur, .upsample, .branchMean, .dropBlock: holds(blocks)
            case .channelScale, .branchAttention: holds(blocks, [.vectors])
            // These have no gradient at all.
            case .concat, .pad, .slice, .affine, .binary, .reduce, .softmax, .layerNorm,
                .localResponseNorm, .resize, .spaceToDepth, .depthToSpace, .reshape,
                .product, .transpose, .interleave, .constant, .join, .custom:
                false
            }
        guard fits else {
            let kinds = arrangements.map(\.rawValue).joined(separator: " and ")
            throw .graph(
                .untrainable(
                    node: node.name,
                    reason: "\(node.layer.kind) has no gradient yet for \(kinds)"
                )
            )
        }
    }

    /// The nodes of each segment, whose inner activations can be computed again from its input.
    ///
    /// The sum that ends a segment is what the next one begins from; it is kept, and its gradient needs nothing else.
    private static func segments(of graph: Graph) -> [String: [Node]] {
        var segments: [String: [Node]] = [:]
        for node in graph.nodes {
            if let name = node.segment { segments[name, default: []].append(node) }
        }
        return segments
    }

    /// The nodes whose output's gradient some trained parameter needs, or the pictures where that is asked for.
    private static func nodesNeedingGradient(
        _ graph: Graph,
        _ planner: TrainingPlanner
    ) -> Set<NodeID> {
        var needing: Set<NodeID> = []
        for node in graph.nodes {
            let isTrained = node.layer.parameterShapes.contains { role, _ in
                planner.parameter(node.name, role).isTrained
            }
            let isAsked = node.inputs.isEmpty && planner.options.wantsInputGradient
            if isTrained || isAsked || node.inputs.contains(where: needing.contains) {
                needing.insert(node.id)
            }
        }
        return needing
    }

    /// The first and last step that touch each buffer.
    ///
    /// The pictures live from the start; the logits and their gradient across the loss, which stands between the passes;
    /// the logits and the gradient of the pictures to the end.
    func lifetimes(in planner: Planner) -> [ClosedRange<Int>] {
        var first = [Int?](repeating: nil, count: planner.byteCounts.count)
        var last = [Int](repeating: 0, count: planner.byteCounts.count)
        for (index, step) in planner.steps.enumerated() {
            for buffer in step.reads + step.writes {
                if first[buffer] == nil { first[buffer] = index }
                last[buffer] = index
            }
        }
        let end = planner.steps.count
        first[input.buffer] = 0
        last[logits.buffer] = end
        // The loss runs behind the last step of the forward pass.
        first[logitsGradient.buffer] = forwardCount - 1
        if let inputGradient { last[inputGradient.buffer] = end }
        return planner.byteCounts.indices.map { buffer in
            let start = first[buffer] ?? 0
            return start...max(start, last[buffer])
        }
    }
}

extension Node {
    /// Whether it adds activations, which needs none of them for its gradient.
    fileprivate var isSum: Bool {
        if case .add = operation { true } else { false }
    }
}

/// How activations lie, as far as gradients care.
private enum Arrangement: String {
    case vectors
    case blocks = "pictures"
    case pixel = "pictures of one pixel"
    case planes = "pictures as they come in"

    init(_ activation: Activation) {
        switch activation.layout {
        case .planar: self = activation.shape.isVector ? .vectors : .planes
        case .blocked: self = activation.shape.isVector ? .pixel : .blocks
        }
    }
}
