internal import Proto

/// Finds where pictures go into a graph: a placeholder of theirs, or what an input pipeline has decoded.
///
/// From what gives pictures, be it a placeholder, a queue or a decoder, the way is followed towards the logits up to the
/// first tensor of numbers with a fraction, four dimensions and three channels.
struct PictureSearch {
    private let graph: FlatGraph

    /// What is known of a tensor on the way.
    private enum State {
        /// It hangs on nothing that is given.
        case clean
        /// It hangs on what is given, and is no picture yet.
        case raw
        /// It is pictures, or hangs on them.
        case pictures
    }

    /// Operations that take pictures, and give what is none any more.
    private static let layers: Set = [
        "AvgPool", "Conv2D", "DepthwiseConv2dNative", "FusedBatchNorm", "FusedBatchNormV2",
        "FusedBatchNormV3", "LRN", "MaxPool", "ResizeArea", "ResizeBicubic", "ResizeBilinear",
        "SpaceToBatchND",
    ]
    private static let floats: Set<DataType> = [.float32, .float16, .bfloat16, .float64]

    init(_ graph: FlatGraph) { self.graph = graph }

    /// The pictures that some tensors hang on.
    ///
    /// - Parameters:
    ///   - outputs: The tensors.
    ///   - stated: Tensors that a signature takes; the pictures are one of them where one can be.
    /// - Returns: The tensor that is pictures.
    /// - Throws: ``ImportProblem``.
    func found(
        for outputs: [FlatGraph.Edge],
        stated: [FlatGraph.Edge] = []
    ) throws(ImportProblem) -> FlatGraph.Edge {
        let order = try graph.order(from: outputs)
        let reached = Set(order)
        let given = stated.map { graph.resolved($0) }.filter {
            reached.contains($0.node) && isPicture($0)
        }
        if given.count == 1 { return given[0] }
        var states: [FlatGraph.Edge: State] = [:]
        var strong: [FlatGraph.Edge] = []
        var weak: [FlatGraph.Edge] = []
        func state(_ edge: FlatGraph.Edge) -> State {
            if let state = states[edge] { return state }
            let inputs = graph.inputs(of: edge.node)
            let before = inputs.map { states[$0] ?? .clean }
            var state = State.clean
            let isLayer = Self.layers.contains(graph.nodes[edge.node].operation)
            if isSource(edge.node) || (before.contains(.raw) && !isLayer) {
                state = .raw
                if isPicture(edge) {
                    strong.append(edge)
                    state = .pictures
                } else if mayBePicture(edge) {
                    weak.append(edge)
                }
            } else if before.contains(.pictures) {
                state = .pictures
            }
            states[edge] = state
            return state
        }
        for number in order {
            let inputs = graph.inputs(of: number)
            for input in inputs { _ = state(input) }
            // What a layer of pictures takes has four dimensions, whatever the graph says.
            guard let first = inputs.first, states[first] == .raw, mayBePicture(first),
                Self.layers.contains(graph.nodes[number].operation)
            else { continue }
            strong.append(first)
            states[first] = .pictures
        }
        for output in outputs { _ = state(graph.resolved(output)) }
        if strong.count == 1 { return strong[0] }
        if strong.count > 1 { throw .severalInputs(strong.map { candidate($0) }) }
        // A placeholder of whatever shape; else, of those behind each other, the first.
        let placeholders = order.filter {
            graph.nodes[$0].operation.hasPrefix("Placeholder")
                && graph.type(FlatGraph.Edge(node: $0)).map { Self.floats.contains($0) } ?? false
        }.map { FlatGraph.Edge(node: $0) }
        if placeholders.count == 1 { return placeholders[0] }
        if placeholders.count > 1 {
            throw .severalInputs(placeholders.map { candidate($0) })
        }
        let first = weak.filter { edge in
            graph.inputs(of: edge.node).allSatisfy { input in !weak.contains(input) }
        }
        if first.count == 1 { return first[0] }
        if first.count > 1 { throw .severalInputs(first.map { candidate($0) }) }
        throw .noInput
    }

    /// Whether a node gives what no other node does.
    private func isSource(_ number: Int) -> Bool {
        let operation = graph.nodes[number].operation
        if operation.hasPrefix("Placeholder") { return true }
        return Self.isPipeline(operation)
    }

    /// Whether an operation belongs to an input pipeline.
    static func isPipeline(_ operation: String) -> Bool {
        let starts = [
            "Iterator", "OneShotIterator", "MakeIterator", "Decode", "Parse", "Reader", "ReadFile",
            "TensorArray", "TensorList", "PyFunc", "EagerPyFunc", "Unstage", "InfeedDequeue",
            "Barrier", "LookupTable", "StringTo", "WholeFileReader", "Enter", "Exit", "While",
            "StatelessWhile", "LoopCond", "MapDefun", "Batch",
        ]
        return operation.contains("Dequeue")
            || starts.contains { operation.hasPrefix($0) } && !operation.hasPrefix("BatchMatMul")
                && !operation.hasPrefix("BatchToSpace") && !operation.hasPrefix("BatchNorm")
    }

    private func isPicture(_ edge: FlatGraph.Edge) -> Bool {
        guard let type = graph.type(edge), Self.floats.contains(type),
            let shape = graph.shape(edge), shape.count == 4
        else { return false }
        return shape[3] == 3 || shape[1] == 3 || (shape[3] == nil && shape[1] != 1)
    }

    private func mayBePicture(_ edge: FlatGraph.Edge) -> Bool {
        guard let type = graph.type(edge), Self.floats.contains(type) else { return false }
        guard let shape = graph.shape(edge) else { return true }
        return shape.count == 4
    }

    private func candidate(_ edge: FlatGraph.Edge) -> ImportProblem.Candidate {
        .init(tensor: graph.name(edge), shape: graph.shape(edge))
    }
}
