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
        /// Whether a scalar, or what has no axis of pictures, stands for each picture.
        let type: DataType
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
    /// Tensors that were asked for, and that the layers do not give.
    package let missing: [String]
    let pictures: Place
    let places: [Stage: Place]

    /// The extents of one picture's tensor, as the graph has them.
    package var pictureShape: [Int] { pictures.rest }
}

extension ImportedGraph {
    /// The graph as layers.
    ///
    /// - Parameters:
    ///   - size: The side of the pictures, where the graph leaves it open; nil if it does not.
    ///   - tensors: Tensors that are to be kept, by their names in the file, besides the logits.
    /// - Returns: The layers.
    /// - Throws: ``NetworkError`` if no layers can be made of it.
    package func translated(
        size: Int? = nil,
        observing tensors: [String] = []
    ) throws(NetworkError) -> TranslatedGraph {
        var extents: [Int] = []
        let stated = pictures.shape ?? [nil, nil, nil, 3]
        for (axis, extent) in stated.enumerated().dropFirst() {
            guard let extent = extent ?? size, extent > 0 else {
                throw .imported(
                    .untranslatable(reason: "the size of its pictures is open; give it by --image-size")
                )
            }
            _ = axis
            extents.append(extent)
        }
        guard !stated.isEmpty else {
            throw .imported(.untranslatable(reason: "its pictures are single numbers"))
        }
        return try translated(pictures: extents, observing: tensors)
    }

    /// The graph as layers, for pictures of a shape.
    ///
    /// - Throws: ``NetworkError`` if no layers can be made of it.
    package func translated(
        pictures extents: [Int],
        observing tensors: [String] = []
    ) throws(NetworkError) -> TranslatedGraph {
        var fetches: [String] = []
        for tensor in tensors { fetches.append(try places.place(of: tensor)) }
        let all = zip(tensors, fetches).map { (name: $0, place: $1) }
        func attempt(
            _ batch: GraphTranslator.Batch,
            _ samples: [Int],
            freeing fixed: Int? = nil
        ) throws(NetworkError) -> TranslatedGraph {
            try TranslatedGraph(self, extents, batch, samples, freeing: fixed, all)
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
    fileprivate init(
        _ imported: ImportedGraph,
        _ extents: [Int],
        _ batch: GraphTranslator.Batch,
        _ samples: [Int],
        freeing fixed: Int?,
        _ tensors: [(name: String, place: String)]
    ) throws(NetworkError) {
        let forms = FormInference(
            imported.nodes,
            constants: imported.constants,
            pictures: (imported.pictures.node, imported.pictures.type, extents),
            samples: samples,
            fixedBatch: fixed
        )
        var numbers: [Name: Int] = [:]
        for (number, node) in imported.nodes.enumerated() { numbers[Name(node.name)] = number }
        func place(_ text: String) -> TensorPlace? {
            let reference = TensorReference(text)
            return numbers[reference.node].map { TensorPlace(node: $0, output: reference.output) }
        }
        guard let pictures = place(imported.pictures.node),
            let logits = place(imported.logitsNode)
        else { throw .imported(.untranslatable(reason: "its pictures or its logits are not there")) }
        var translator = try GraphTranslator(
            forms,
            batch,
            pictures: pictures,
            fetches: [logits] + tensors.compactMap { place($0.place) }
        )
        guard let end = translator.whole(logits),
            let form = forms[logits]
        else {
            throw .imported(
                .untranslatable(reason: "\(imported.logits) is no row of numbers for each picture")
            )
        }
        var places: [Stage: Place] = [:]
        func mark(_ stage: Stage, _ value: Carried, _ type: DataType) {
            translator.graph.mark(stage, at: value.node)
            translator.graph.observed.insert(stage)
            places[stage] = Place(
                order: value.order,
                lead: value.lead,
                rest: value.rest,
                type: type
            )
        }
        mark(.logits, end, form.type)
        var missing: [String] = []
        for (name, text) in tensors {
            guard let place = place(text), let form = forms[place],
                let value = translator.whole(place)
            else {
                missing.append(name)
                continue
            }
            mark(Stage(name), value, form.type)
        }
        translator.graph.removeUnneeded()
        var byReference: Set<Int> = []
        for node in translator.graph.nodes {
            byReference.formUnion(translator.islands[node.id] ?? [])
        }
        var (native, slow): ([String: Int], [String: Int]) = ([:], [:])
        for (number, node) in imported.nodes.enumerated() {
            let outputs = forms.forms[number]
            guard number != pictures.node, !outputs.contains(where: { $0?.isConstant == true })
            else { continue }
            if byReference.contains(number) {
                slow[node.operation, default: 0] += 1
            } else if !outputs.allSatisfy({ $0?.affine(samples) != nil }) || outputs.isEmpty {
                native[node.operation, default: 0] += 1
            }
        }
        guard let source = forms[pictures] else {
            throw .imported(.untranslatable(reason: "the shape of the pictures is not known"))
        }
        self.pictures = Place(
            order: translator.carried[pictures]?.order ?? .last,
            lead: 1,
            rest: extents,
            type: source.type
        )
        self.places = places
        self.missing = missing
        self.native = native
        self.byReference = slow
        graph = translator.graph
        weights = translator.weights
        switch batch {
        case .open, .single: self.batch = nil
        case .fixed(let count): self.batch = count
        }
    }
}
