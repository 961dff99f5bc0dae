package import Engine
internal import Proto
internal import Reference

/// An imported graph as layers: what the engine runs.
package struct TranslatedGraph: Sendable {
    /// Where a tensor of the file is among the layers.
    struct Place: Sendable {
        let order: PictureOrder
        let lead: Int
        let rest: [Int]
        let type: DataType

        /// The shape of its activations.
        var shape: FeatureShape { Carried.shape(lead, rest, order) }

        init(_ value: Carried, _ type: DataType) {
            order = value.order
            lead = value.lead
            rest = value.rest
            self.type = type
        }
    }

    /// The layers, each tensor that was asked for a stage.
    package let graph: Graph
    /// The values of their parameters.
    package let weights: Weights
    /// How many pictures have to be given at once; nil for any number.
    package let batch: Int?
    /// How often each operation runs as layers, or as a part of one.
    package let native: [String: Int]
    /// How often each operation is computed by Reference.
    package let byReference: [String: Int]
    /// Tensors that were asked for, and that nothing gives.
    package let missing: [String]
    /// The stages that were asked for and are there, in the order asked.
    package let stages: [Stage]
    /// What it computes from; several lie behind each other in the layers' one input.
    let inputs: [Place]
    let places: [Stage: Place]
    /// What is computed by Reference of what layers give, as no layer gives it.
    let remainders: [Stage: ReferenceRemainder]
    /// Multiplications of numbers with weights, for one picture.
    package let multiplications: Int

    /// The extents of one picture's tensor, as the graph has them.
    package var pictureShape: [Int] { inputs[0].rest }

    /// Whether a tensor lies inside of layers, and is computed by Reference of what they give.
    package func isInside(_ stage: Stage) -> Bool { remainders[stage] != nil }
}

/// A graph that is to be layers: its operations, what goes in, what is to come out.
struct TranslationSource {
    var nodes: [NodeDef]
    var constants: [Name: GraphConstant]
    /// The nodes that are given, their types, and their shapes but for the number of pictures.
    var inputs: [(node: String, type: DataType, rest: [Int])]
    /// Whether the shapes of ``inputs`` are all there is, the number of pictures with them.
    var isWhole = false
    /// Operations that are left to Reference, whatever layers there are.
    var leftToReference: Set<Name> = []
    /// What is to come out: under which stage, and the tensor's name among the nodes.
    var outputs: [(stage: Stage, tensor: String)]
}

extension ImportedGraph {
    /// The graph as layers.
    ///
    /// - Parameters:
    ///   - size: The side of the pictures, where the graph leaves it open; nil if it does not.
    ///   - tensors: Tensors that are to be kept, by their names in the file, besides the logits.
    ///   - operations: Operations that are left to Reference, whatever layers there are.
    /// - Returns: The layers.
    /// - Throws: ``NetworkError`` if no layers can be made of it.
    package func translated(
        size: Int? = nil,
        observing tensors: [String] = [],
        leavingToReference operations: Set<String> = []
    ) throws(NetworkError) -> TranslatedGraph {
        try translated(
            pictures: pictureExtents(size: size),
            observing: tensors,
            leavingToReference: operations
        )
    }

    /// The graph as layers that square pictures of three channels can be put into.
    ///
    /// - Parameters:
    ///   - side: Their side, in pixels.
    ///   - classes: How many logits are expected.
    ///   - tensors: Tensors that are to be kept as far as layers give them, besides the logits.
    /// - Returns: The layers.
    /// - Throws: ``NetworkError`` if no layers can be made of it, or not for such pictures.
    func translated(
        forSquares side: Int,
        classes: Int,
        observing tensors: [String]
    ) throws(NetworkError) -> TranslatedGraph {
        let graph = try translated(size: side, observing: tensors)
        let wanted = FeatureShape(height: side, width: side, channels: 3)
        guard graph.inputs[0].shape == wanted else {
            throw .imported(
                .untranslatable(
                    reason: "its pictures are \(graph.inputs[0].shape), not \(wanted)"
                )
            )
        }
        guard let logits = graph.places[.logits], logits.shape.count == classes else {
            throw .imported(.noClasses(self.logits))
        }
        return graph
    }

    /// The tensors that operations give which hang on the pictures, by their names in the file.
    package var tensorNames: [String] {
        nodes.lazy.map(\.name).filter { name in
            constants[Name(name)] == nil && name != pictures.node
                && (try? places.place(of: name)) != nil
        }
    }

    /// The extents of one picture's tensor.
    ///
    /// - Parameter size: The side of the pictures, where the graph leaves it open.
    /// - Returns: Them without the number of pictures.
    /// - Throws: ``NetworkError`` if they are open.
    func pictureExtents(size: Int?) throws(NetworkError) -> [Int] {
        let stated = pictures.shape ?? [nil, nil, nil, 3]
        guard !stated.isEmpty else {
            throw .imported(.untranslatable(reason: "its pictures are single numbers"))
        }
        var extents: [Int] = []
        for extent in stated.dropFirst() {
            guard let extent = extent ?? size, extent > 0 else {
                throw .imported(
                    .untranslatable(reason: "the size of its pictures is open; say --image-size")
                )
            }
            extents.append(extent)
        }
        return extents
    }

    /// The graph as layers, for pictures of a shape.
    ///
    /// - Throws: ``NetworkError`` if no layers can be made of it.
    package func translated(
        pictures extents: [Int],
        observing tensors: [String] = [],
        leavingToReference operations: Set<String> = []
    ) throws(NetworkError) -> TranslatedGraph {
        var fetches: [String] = []
        for tensor in tensors { fetches.append(try places.place(of: tensor)) }
        let source = TranslationSource(
            nodes: nodes,
            constants: constants,
            inputs: [(pictures.node, pictures.type, extents)],
            leftToReference: Set(operations.map { Name($0) }),
            outputs: [(Stage.logits, logitsNode)]
                + zip(tensors, fetches).map { (Stage($0), $1) }
        )
        let logits = logits
        func attempt(
            _ batch: GraphTranslator.Batch,
            _ samples: [Int],
            freeing fixed: Int? = nil
        ) throws(NetworkError) -> TranslatedGraph {
            let graph = try TranslatedGraph(source, batch, samples, freeing: fixed)
            guard graph.places[.logits] != nil else {
                throw .imported(
                    .untranslatable(reason: "\(logits) is no row of numbers for each picture")
                )
            }
            return graph
        }
        switch batch {
        case nil:
            // Where shapes say that there is but one picture, each is computed by itself.
            do throws(NetworkError) { return try attempt(.open, [2, 3, 5]) } catch {
                guard let single = try? attempt(.single, [1]) else { throw error }
                return single
            }
        case 1?: return try attempt(.single, [1])
        case let fixed?:
            if let freed = try? attempt(.open, [2, 3, 5], freeing: fixed),
                freed.byReference.isEmpty
            {
                return freed
            }
            return try attempt(.fixed(fixed), [fixed])
        }
    }
}

extension TranslatedGraph {
    init(
        _ source: TranslationSource,
        _ batch: GraphTranslator.Batch,
        _ samples: [Int],
        freeing fixed: Int? = nil
    ) throws(NetworkError) {
        var given: [Name: (type: DataType, shapes: [[Int]])] = [:]
        for input in source.inputs {
            let shapes = source.isWhole ? [input.rest] : samples.map { [$0] + input.rest }
            given[Name(input.node)] = (input.type, shapes)
        }
        let forms = FormInference(
            source.nodes,
            constants: source.constants,
            inputs: given,
            samples: samples,
            fixedBatch: fixed
        )
        var numbers: [Name: Int] = [:]
        for (number, node) in source.nodes.enumerated() { numbers[Name(node.name)] = number }
        func place(_ text: String) -> TensorPlace? {
            let reference = TensorReference(text)
            return numbers[reference.node].map { TensorPlace(node: $0, output: reference.output) }
        }
        let inputs = source.inputs.compactMap { place($0.node) }
        guard inputs.count == source.inputs.count else {
            throw .imported(.untranslatable(reason: "its inputs are not there"))
        }
        var translator = try GraphTranslator(
            forms,
            batch,
            leavingToReference: source.leftToReference,
            inputs: inputs,
            fetches: source.outputs.compactMap { place($0.tensor) }
        )
        var places: [Stage: Place] = [:]
        var remainders: [Stage: ReferenceRemainder] = [:]
        var missing: [String] = []
        for (stage, tensor) in source.outputs {
            guard let place = place(tensor), translator.graph.node(of: stage) == nil else {
                missing.append(stage.name)
                continue
            }
            if let form = forms[place], let value = translator.whole(place) {
                translator.graph.mark(stage, at: value.node)
                translator.graph.observed.insert(stage)
                places[stage] = Place(value, form.type)
            } else if let remainder = translator.remainder(place) {
                remainders[stage] = remainder
            } else {
                missing.append(stage.name)
            }
        }
        self.inputs = zip(inputs, translator.given).compactMap { input, value in
            forms[input].map { Place(value, $0.type) }
        }
        translator.graph.removeUnneeded(keepingInput: true)
        var islands: Set<Int> = []
        for node in translator.graph.nodes {
            islands.formUnion(translator.islands[node.id] ?? [])
        }
        let counts = Self.counts(forms, islands, inputs: Set(inputs.map(\.node)))
        native = counts.native
        byReference = counts.byReference
        multiplications = translator.multiplications
        self.places = places
        self.remainders = remainders
        self.missing = missing
        stages = source.outputs.map(\.stage).filter {
            places[$0] != nil || remainders[$0] != nil
        }
        graph = translator.graph
        weights = translator.weights
        switch batch {
        case .open, .single: self.batch = nil
        case .fixed(let count): self.batch = count
        }
    }

    /// How often each operation is a layer or a part of one, and how often it is computed by Reference.
    ///
    /// What hangs on no picture, or on their number alone, is neither: it is there before.
    private static func counts(
        _ forms: FormInference,
        _ islands: Set<Int>,
        inputs: Set<Int>
    ) -> (native: [String: Int], byReference: [String: Int]) {
        var (native, slow): ([String: Int], [String: Int]) = ([:], [:])
        for (number, node) in forms.nodes.enumerated() where !inputs.contains(number) {
            let outputs = forms.forms[number]
            if outputs.contains(where: { $0?.isConstant == true }) { continue }
            if islands.contains(number) {
                slow[node.operation, default: 0] += 1
            } else if outputs.isEmpty
                || !outputs.allSatisfy({ $0?.affine(forms.samples) != nil })
            {
                native[node.operation, default: 0] += 1
            }
        }
        return (native, slow)
    }
}

extension GraphTranslator {
    /// Multiplications of numbers with weights in all layers, for one picture.
    fileprivate var multiplications: Int {
        graph.nodes.reduce(0) { sum, node in
            var factors: [Int] = []
            switch node.operation {
            case .convolution(let layer):
                let inputs = layer.inputChannels / max(layer.groups, 1)
                factors = [shapes[node.id]?.count ?? 0, layer.window.size.area, inputs]
            case .dense(let layer): factors = [layer.inputs, layer.outputs]
            default: return sum
            }
            let count = factors.reduce(1) {
                $0.multipliedReportingOverflow(by: $1).partialValue
            }
            return sum.addingReportingOverflow(count).partialValue
        }
    }
}
