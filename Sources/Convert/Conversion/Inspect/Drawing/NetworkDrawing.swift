public import Checkpoint
public import Engine
internal import Formats
public import Networks
internal import Proto

/// What a file's networks look like: one drawing or several, and the tensors that they share.
public struct NetworkDrawing: Sendable {
    /// The drawings; the first is what most want to see.
    public private(set) var graphs: [DrawnGraph] = []
    /// The tensors that boxes name by number.
    public private(set) var tensors: [DrawnTensor] = []
    /// What is not shown, or could not be found out, a sentence each.
    public private(set) var omissions: [String] = []

    /// The most boxes of all drawings together, and drawings.
    public static let nodeLimit = 20_000
    private static let graphLimit = 200
    /// How deep graphs inside of operators may lie.
    private static let depthLimit = 16

    private var numbers: [Name: Int] = [:]

    /// A tensor by its name in a checkpoint.
    public func tensor(named name: String) -> DrawnTensor? {
        numbers[Name(name)].map { tensors[$0] }
    }

    private mutating func finish(_ tensors: DrawnTensors) {
        numbers = tensors.numbersByName
        graphs = graphs.filter { !$0.nodes.isEmpty || $0.leftOut > 0 }
        let leftOut = graphs.reduce(0) { $0 + $1.leftOut }
        if leftOut > 0 {
            omissions.append(
                "\(leftOut) operations are not drawn: a page holds \(Self.nodeLimit)"
            )
        }
        let (found, unmeasured) = tensors.measured()
        self.tensors = found
        if unmeasured > 0 {
            omissions.append("the numbers of \(unmeasured) tensors were not looked at")
        }
    }

    // MARK: TensorFlow

    /// Draws a graph of TensorFlow's: as inference computes it, as the file has it, and its functions.
    ///
    /// - Throws: `CheckpointError`, `FormatError`, `NetworkError` if there is no graph to be read.
    public init(graphOf source: GraphSource) throws {
        var tensors = DrawnTensors()
        var room = Self.nodeLimit
        let nodes = source.meta.graph?.nodes ?? []
        let functions = source.meta.graph?.functions ?? []
        let library = Set(functions.map { Name($0.name) })
        omissions += source.notes
        let held = source.variables()
        if let problem = held.problem { omissions.append(problem) }
        let network = try? ImportedGraph(source)
        let outline = try? network ?? ImportedGraph.outline(source)
        let isPlain = functions.isEmpty && nodes.count < 2 * (outline?.nodes.count ?? 0)
        var inferred: DrawnGraph?
        if let outline, !isPlain {
            var drawn = DrawnGraph(
                name: "the network, as inference computes it",
                outline.nodes,
                library: [],
                room: &room,
                tensors: &tensors
            ) { node in outline.constants[Name(node.name)] }
            drawn.note = "From \(outline.pictures.tensor.printable) to \(outline.logits.printable)."
            inferred = drawn
        }
        let whole = DrawnGraph(
            name: isPlain ? "the graph" : "the graph, as the file has it",
            nodes,
            library: library,
            room: &room,
            tensors: &tensors
        ) { node in held.values[Name(node.name)] ?? source.constant(node) }
        graphs = [inferred, whole].compactMap(\.self)
        for function in Self.calledFirst(functions, from: nodes).prefix(Self.graphLimit) {
            graphs.append(
                DrawnGraph(
                    function: function,
                    library: library,
                    room: &room,
                    tensors: &tensors,
                    source
                )
            )
        }
        if functions.count > Self.graphLimit {
            omissions.append(
                "\(functions.count - Self.graphLimit) of \(functions.count) functions are not drawn"
            )
        }
        finish(tensors)
    }

    /// The functions that nodes call, then those that these call, and the others at the end.
    private static func calledFirst(
        _ functions: [GraphDef.Function],
        from nodes: [NodeDef]
    ) -> [GraphDef.Function] {
        var places: [Name: Int] = [:]
        for (place, function) in functions.enumerated() { places[Name(function.name)] = place }
        var order: [Int] = []
        var isSeen = [Bool](repeating: false, count: functions.count)
        func look(_ nodes: [NodeDef]) {
            for node in nodes {
                var names = [node.operation]
                for attribute in node.attributes {
                    if case .function(let name, _) = attribute.value { names.append(name) }
                }
                for name in names {
                    guard let place = places[Name(name)], !isSeen[place] else { continue }
                    isSeen[place] = true
                    order.append(place)
                }
            }
        }
        look(nodes)
        var next = 0
        while next < order.count {
            look(functions[order[next]].nodes)
            next += 1
        }
        return (order + functions.indices.filter { !isSeen[$0] }).map { functions[$0] }
    }

    // MARK: ONNX

    /// Draws an ONNX model, and the graphs inside of its operators.
    ///
    /// - Throws: `CheckpointError` if the file cannot be read, `ProtoError` if it is no model.
    public init(onnx path: String) throws {
        var tensors = DrawnTensors()
        var texts = DistinctTexts()
        let file = try MappedFile(path: path)
        let stored = StoredConstants(path: path)
        var made: [DrawnGraph] = []
        var isCut = false
        let result = try file.withBytes { bytes throws(CheckpointError) in
            Result { () throws(ProtoError) in
                let model = try ONNXMessage(bytes)
                guard let range = model.graph else { return }
                var waiting = [(name: "the graph", range: range, outer: Set<ByteName>(), depth: 0)]
                var room = Self.nodeLimit
                while let next = waiting.first {
                    waiting.removeFirst()
                    let graph = try ONNXGraph(bytes, next.range)
                    made.append(
                        DrawnGraph(
                            name: next.name,
                            graph,
                            ONNXShapes(graph, in: bytes, operatorSet: model.operatorSet),
                            outer: next.outer,
                            texts: &texts,
                            room: &room,
                            tensors: &tensors,
                            stored: stored
                        )
                    )
                    let outer = next.outer.union((graph.initializers + graph.stated).map(\.name))
                    for node in graph.nodes {
                        for (name, value) in node.attributes.sorted(by: { $0.key < $1.key }) {
                            guard case .graphs(let inner) = value else { continue }
                            guard made.count + waiting.count + inner.count <= Self.graphLimit,
                                next.depth < Self.depthLimit
                            else {
                                isCut = true
                                continue
                            }
                            let title =
                                node.name.isEmpty
                                ? node.ownOperation : texts.text(of: node.name)
                            for range in inner {
                                let name = "\(name) of \(title)"
                                waiting.append((name, range, outer, next.depth + 1))
                            }
                        }
                    }
                }
            }
        }
        try result.get()
        graphs = made
        if isCut { omissions.append("some of the graphs inside of operators are not drawn") }
        finish(tensors)
    }

    // MARK: Checkpoints

    /// Draws a network of the family as the engine computes it, with a checkpoint's variables.
    ///
    /// - Throws: `GraphError` if pictures of this size are too small for it.
    public init(
        _ network: FamilyNetwork,
        imageSize: Int,
        variables: [CheckpointSummary.Tensor],
        of source: any TensorSource
    ) throws(GraphError) {
        var tensors = DrawnTensors()
        var all: [Name: CheckpointSummary.Tensor] = [:]
        for tensor in variables { all[Name(tensor.entry.name)] = tensor }
        graphs = [
            try DrawnGraph(network, imageSize: imageSize) { name in
                if let known = tensors.number(of: name) { return known }
                guard let tensor = all[Name(name)] else { return nil }
                return Self.add(tensor, of: source, to: &tensors)
            }
        ]
        for tensor in variables { Self.add(tensor, of: source, to: &tensors) }
        finish(tensors)
    }

    /// Draws the variables of a checkpoint that no graph is known of: in their scopes, with nothing between them.
    public init(variables: [CheckpointSummary.Tensor], of source: any TensorSource) {
        var tensors = DrawnTensors()
        var graph = DrawnGraph(name: "the variables")
        graph.note = "No graph is known: these are the names' parts, with nothing between them."
        for tensor in variables {
            let number = Self.add(tensor, of: source, to: &tensors)
            guard graph.nodes.count < Self.nodeLimit else {
                graph.leftOut += 1
                continue
            }
            let box = graph.add(tensor.entry.name, tensor.role.rawValue, .data)
            graph.nodes[box].outputs = [
                "\(tensor.entry.dataType.name) \(DrawnText.shape(tensor.entry.shape))"
            ]
            if let number {
                graph.nodes[box].weights = [DrawnGraph.Weight(role: "value", tensor: number)]
            }
        }
        graphs = [graph]
        finish(tensors)
    }

    /// Adds the drawings of another file's graph, such as the one beside a checkpoint.
    public mutating func add(_ other: NetworkDrawing, named name: String) {
        let shift = tensors.count
        for graph in other.graphs {
            graphs.append(graph.shifted(by: shift, named: "\(name): \(graph.name)"))
        }
        tensors += other.tensors
        omissions += other.omissions
    }

    /// Puts another drawing in the place of this one's, whose tensors stay known by their names.
    public mutating func put(_ other: NetworkDrawing) {
        let own = tensors
        graphs = other.graphs
        tensors = other.tensors + own
        numbers = numbers.mapValues { $0 + other.tensors.count }
        omissions = other.omissions
    }

    @discardableResult
    private static func add(
        _ tensor: CheckpointSummary.Tensor,
        of source: any TensorSource,
        to tensors: inout DrawnTensors
    ) -> Int? {
        let entry = tensor.entry
        return tensors.add(
            entry.name,
            type: entry.dataType,
            shape: entry.shape,
            role: tensor.role
        ) { try source.bytes(of: entry, verifies: true) }
    }
}
