internal import Checkpoint
internal import Networks
internal import Pictures
internal import Proto
internal import Reference

/// Writes an imported network as operations of TensorFlow: those that it has, without what only its writer knew.
///
/// Placeholders, parameters and operations keep their names, as far as these can be names; what comes out has the name that
/// the tensor has in the source, by an operation of its own where another one gives it now.
struct ImportedNodes {
    /// A tensor that goes in or comes out.
    struct Port {
        /// What the signature calls it.
        let name: String
        /// The node and its output.
        let place: String
        let type: DataType
        let shape: [Int?]?
    }

    private(set) var builder = GraphDefBuilder()
    private var weights: WeightNodes
    /// What goes in, in the order of the graph's inputs.
    private(set) var inputs: [Port] = []
    /// What comes out, in the order of the graph's outputs.
    private(set) var outputs: [Port] = []
    /// Where encoded pictures go in in the place of one of the inputs, where they are decoded, and how.
    private(set) var decoded:
        (index: Int, strings: String, pictures: String, preprocessing: Preprocessing)?
    /// What each of the graph's nodes is called here: a node, whose outputs are those of the graph's.
    private var names: [Name: String] = [:]

    /// The variables, none where parameters are constants.
    var variables: [WeightNodes.Variable] { weights.variables }

    /// Builds the operations.
    ///
    /// - Parameters:
    ///   - graph: The network.
    ///   - plan: Its parameters, all of them.
    ///   - storage: How they get in.
    ///   - decoding: How encoded pictures become the network's; nil where it is given what it takes.
    /// - Throws: ``ConversionError``.
    init(
        _ graph: InferenceGraph,
        _ plan: ConversionPlan,
        _ storage: WeightNodes.Storage,
        decoding: Preprocessing? = nil
    ) throws(ConversionError) {
        weights = WeightNodes(storage)
        let format = storage == .constants ? "a frozen graph" : "a graph with variables"
        try plan.check(format) { item in
            if item.dataType == .string, storage == .constants { return "its elements are strings" }
            return isNodeName(item.name) ? nil : "'\(item.name)' cannot be the name of a node"
        }
        let items = Dictionary(plan.items.map { ($0.source.key, $0) }) { first, _ in first }
        let parameters = Set(graph.parameters.map { Name($0) })
        let roles = VariableRoles(plan.items.map(\.source))
        let isInput = Set(graph.inputs.map { Name($0.place) })
        if let decoding { try add(decoding, of: graph) }
        for node in graph.nodes
        where isInput.contains(Name(node.name)) && names[Name(node.name)] == nil {
            add(node)
        }
        for node in graph.nodes where parameters.contains(Name(node.name)) {
            guard let item = items[GraphTensors.key(of: node.name)] else {
                throw .incompleteNetwork([node.name])
            }
            try add(item, isTrainable: roles.role(of: item.source) == .weight, for: node.name)
        }
        for node in graph.nodes where names[Name(node.name)] == nil {
            if let constant = graph.constants[Name(node.name)] {
                try add(constant, node.name, of: graph)
            } else {
                add(node)
            }
        }
        inputs = graph.inputs.enumerated().map { index, port in
            guard let decoded, decoded.index == index else {
                return Port(
                    name: port.name,
                    place: place(port.place),
                    type: port.type,
                    shape: port.shape
                )
            }
            return Port(
                name: ServingInput.encodedArgument,
                place: decoded.strings,
                type: .string,
                shape: [nil]
            )
        }
        for port in graph.outputs { outputs.append(output(port)) }
    }

    /// Where all that goes in and comes out is: of encoded pictures where they are decoded.
    var places: ImportedPlaces {
        ImportedPlaces(
            inputs: inputs.indices.map { index in
                guard let decoded, decoded.index == index else { return inputs[index].place }
                return decoded.pictures
            },
            outputs: outputs.map(\.place)
        )
    }

    // MARK: Pictures

    /// Adds what makes the network's pictures of encoded ones, in the place of its placeholder.
    private mutating func add(
        _ decoding: Preprocessing,
        of graph: InferenceGraph
    ) throws(ConversionError) {
        let side = decoding.imageSize
        let found = graph.inputs.indices.filter { index in
            guard graph.inputs[index].type == .float32, let shape = graph.inputs[index].shape,
                shape.count == 4
            else { return false }
            return zip(shape.dropFirst(), [side, side, 3]).allSatisfy { $0 == nil || $0 == $1 }
        }
        guard found.count == 1, let index = found.first else {
            throw .noPictures(side: side, inputs: graph.inputs.map(\.tensor))
        }
        let strings = builder.add(
            "Placeholder",
            ServingGraph.inputName,
            [],
            ["dtype": .of(.string), "shape": .extents([-1])]
        )
        var loop = PictureNodes(decoding, in: builder)
        let pictures = loop.add(strings: strings)
        builder = loop.builder
        names[Name(graph.inputs[index].place)] = pictures
        decoded = (index, strings, pictures, decoding)
    }

    // MARK: Nodes

    private mutating func add(_ node: NodeDef) {
        let known = KnownAttributes.known(node)
        names[Name(node.name)] = builder.add(
            known.operation,
            Self.nodeName(node.name),
            node.inputs.map { place($0) },
            Dictionary(known.attributes.map { ($0.name, $0.value) }) { _, last in last }
        )
    }

    private mutating func add(
        _ constant: GraphConstant,
        _ name: String,
        of graph: InferenceGraph
    ) throws(ConversionError) {
        do throws(ReferenceError) {
            names[Name(name)] =
                constant.type == .string
                ? builder.constant(
                    Self.nodeName(name),
                    strings: try constant.strings(),
                    shape: constant.shape
                )
                : builder.constant(
                    Self.nodeName(name),
                    constant.type,
                    constant.shape,
                    try constant.content().array
                )
        } catch {
            throw .uncomputable(path: graph.files.path, node: name, reason: "\(error)")
        }
    }

    /// Adds a parameter, and lets what takes it take it in its own type.
    private mutating func add(
        _ item: ConversionPlan.Item,
        isTrainable: Bool,
        for node: String
    ) throws(ConversionError) {
        var place: String
        switch weights.storage {
        case .constants:
            place = builder.addWeight(item.name, item)
            guard Name(place) == Name(item.name) else {
                throw .sameName(name: item.name, sources: [item.source.name, "an input"])
            }
        case .variables: place = weights.add(item, isTrainable: isTrainable, to: &builder)
        }
        if item.isCast {
            place = builder.add(
                "Cast",
                "\(item.name)/Cast",
                [place],
                [
                    "SrcT": .of(item.dataType), "DstT": .of(item.source.dataType),
                    "Truncate": .bool(false),
                ]
            )
        }
        names[Name(node)] = place
    }

    /// What comes out, under the name that it has in the source if no other node has it.
    private mutating func output(_ port: InferenceGraph.Port) -> Port {
        var found = place(port.place)
        let wanted = TensorReference(port.tensor)
        if TensorReference(found) != wanted, wanted.output == 0 {
            found = builder.add(
                "Identity",
                Self.nodeName(wanted.node.text),
                [found],
                ["T": .of(port.type)]
            )
        }
        return Port(name: port.name, place: found, type: port.type, shape: port.shape)
    }

    /// Where a tensor of the graph is here.
    private func place(_ tensor: String) -> String {
        let reference = TensorReference(tensor)
        let node = names[reference.node] ?? reference.node.text
        return reference.output == 0 ? node : "\(node):\(reference.output)"
    }

    /// The name itself where a node can have it, else the nearest that it can have.
    private static func nodeName(_ name: String) -> String {
        guard !isNodeName(name) else { return name }
        let text = name.unicodeScalars.map { isNodeName("a\($0)") ? String($0) : "_" }.joined()
        return isNodeName(text) ? text : "node\(text)"
    }

    // MARK: Models

    /// The graph with the operations that restore its variables and, where it serves, its signature.
    func metaGraph(serves: Bool) -> MetaGraph {
        var builder = builder
        let saving = variables.isEmpty ? nil : SaverNodes(variables, to: &builder)
        var meta = MetaGraph(builder.graph)
        meta.tags = serves ? ["serve"] : []
        meta.tensorFlowVersion = GraphDefBuilder.tensorFlowVersion
        meta.saver = saving?.saver
        meta.collections = saving?.collections ?? [:]
        meta.signatures = serves ? [signature] : []
        return meta
    }

    private var signature: MetaGraph.Signature {
        func infos(_ ports: [Port]) -> [String: MetaGraph.TensorInfo] {
            let pairs = ports.map { port in
                let shape = port.shape.map { extents in
                    TensorShape(extents.map { Int64($0 ?? -1) })
                }
                let info = MetaGraph.TensorInfo(
                    name: port.place.contains(":") ? port.place : "\(port.place):0",
                    dataType: port.type.rawValue,
                    shape: shape ?? TensorShape([], isRankUnknown: true)
                )
                return (port.name, info)
            }
            return Dictionary(pairs) { first, _ in first }
        }
        return MetaGraph.Signature(
            name: "serving_default",
            method: "tensorflow/serving/predict",
            inputs: infos(inputs),
            outputs: infos(outputs)
        )
    }
}
