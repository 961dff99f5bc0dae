package import Proto
package import Reference

/// A graph with the form of each of its tensors: what an export to another format stands on.
///
/// The size of pictures is settled; how many there are is open where the graph leaves it open.
package struct FormedGraph: Sendable {
    /// Something that is given.
    package struct Input: Sendable {
        /// What it is called in the file.
        package let name: String
        package let place: TensorPlace
        package let type: DataType
        /// The extents, nil where they are open.
        package let shape: [Int?]
    }

    /// The operations, each behind those that it takes from.
    package let nodes: [NodeDef]
    /// What is given.
    package let inputs: [Input]
    /// What is wanted, and under which name.
    package let outputs: [(name: String, place: TensorPlace)]
    private let forms: FormInference

    /// A graph with the forms of its tensors.
    ///
    /// - Parameters:
    ///   - nodes: The operations, each behind those that it takes from.
    ///   - constants: The values of constants, by the names of their nodes.
    ///   - given: The nodes that are given: their names in the file, their types, and their shapes for each sample.
    ///   - outputs: What is wanted: its name, and where it is among the nodes.
    ///   - samples: The numbers of pictures that are tried.
    /// - Throws: ``NetworkError`` if one of them is not there.
    init(
        _ nodes: [NodeDef],
        constants: [Name: GraphConstant],
        inputs given: [(node: String, name: String, type: DataType, shapes: [[Int]])],
        outputs: [(name: String, tensor: String)],
        samples: [Int]
    ) throws(NetworkError) {
        let forms = FormInference(
            nodes,
            constants: constants,
            inputs: Dictionary(
                given.map { (Name($0.node), ($0.type, $0.shapes)) },
                uniquingKeysWith: { first, _ in first }
            ),
            samples: samples
        )
        var numbers: [Name: Int] = [:]
        for (number, node) in nodes.enumerated() { numbers[Name(node.name)] = number }
        func place(_ text: String) throws(NetworkError) -> TensorPlace {
            let reference = TensorReference(text)
            guard let number = numbers[reference.node] else {
                throw .imported(.noTensor(text, near: []))
            }
            return TensorPlace(node: number, output: reference.output)
        }
        self.nodes = nodes
        self.forms = forms
        var inputs: [Input] = []
        for input in given {
            inputs.append(
                Input(
                    name: input.name,
                    place: try place(input.node),
                    type: input.type,
                    shape: Self.common(input.shapes) ?? []
                )
            )
        }
        self.inputs = inputs
        var wanted: [(name: String, place: TensorPlace)] = []
        for output in outputs { wanted.append((output.name, try place(output.tensor))) }
        self.outputs = wanted
    }

    /// How many pictures are tried, in turn.
    package var samples: [Int] { forms.samples }

    /// Where a node's inputs come from.
    package func sources(of number: Int) -> [TensorPlace] { forms.inputs[number] }

    /// What is known of a tensor.
    package func form(_ place: TensorPlace) -> TensorForm? { forms[place] }

    /// A tensor's value, if it hangs on nothing that is given.
    package func constant(_ place: TensorPlace) -> GraphConstant? {
        switch forms.constant(place) {
        case .stated(let constant): return constant
        case .made(let tensor): return GraphConstant(tensor)
        case nil: return forms[place]?.value.map { GraphConstant($0) }
        }
    }

    /// A tensor's extents, nil where they hang on the number of pictures; nil if not even their number is known.
    package func shape(_ place: TensorPlace) -> [Int?]? {
        forms[place].flatMap { Self.common($0.shapes) }
    }

    /// The first operation of whose result nothing is known, though all is of what it takes.
    var firstUnknown: NodeDef? {
        for (number, node) in nodes.enumerated() {
            let isKnown = forms[TensorPlace(node: number)] != nil
            if !isKnown, forms.inputs[number].allSatisfy({ forms[$0] != nil }) { return node }
        }
        return nil
    }

    private static func common(_ shapes: [[Int]]) -> [Int?]? {
        guard let first = shapes.first, shapes.allSatisfy({ $0.count == first.count }) else {
            return nil
        }
        return first.indices.map { axis in
            shapes.allSatisfy { $0[axis] == first[axis] } ? first[axis] : nil
        }
    }
}

extension ImportedGraph {
    /// The graph with the forms of its tensors.
    ///
    /// - Parameter size: The side of the pictures, where the graph leaves it open.
    /// - Returns: It, for any number of pictures if the graph allows it.
    /// - Throws: ``NetworkError``.
    package func formed(size: Int?) throws(NetworkError) -> FormedGraph {
        let extents = try pictureExtents(size: size)
        func graph(_ samples: [Int]) throws(NetworkError) -> FormedGraph {
            try FormedGraph(
                nodes,
                constants: constants,
                inputs: [
                    (
                        pictures.node, "input", pictures.type,
                        samples.map { [$0] + extents }
                    )
                ],
                outputs: [("logits", logitsNode)],
                samples: samples
            )
        }
        if let batch { return try graph([batch]) }
        let open = try graph([2, 3, 5])
        guard open.shape(open.outputs[0].place) == nil else { return open }
        // Where shapes say that there is but one picture.
        let single = try graph([1])
        return single.shape(single.outputs[0].place) == nil ? open : single
    }
}

extension InferenceGraph {
    /// The graph with the forms of its tensors.
    ///
    /// - Parameter size: The side of pictures, where the graph leaves it open.
    /// - Returns: It, for any number of pictures if the graph allows it; inputs and outputs go by their names in the signature.
    /// - Throws: ``NetworkError``.
    package func formed(size: Int?) throws(NetworkError) -> FormedGraph {
        var shapes: [[Int?]] = []
        for port in inputs { shapes.append(try Self.extents(of: port, size)) }
        let isOpen = shapes.contains { $0.first == .some(nil) }
        func graph(_ samples: [Int]) throws(NetworkError) -> FormedGraph {
            try formed(
                shapes.map { shape in samples.map { sample in shape.map { $0 ?? sample } } },
                samples
            )
        }
        guard isOpen else { return try graph([shapes.compactMap { $0.first ?? nil }.first ?? 1]) }
        let open = try graph([2, 3, 5])
        guard open.outputs.contains(where: { open.shape($0.place) == nil }) else { return open }
        // Where shapes say that there is but one picture.
        let single = try graph([1])
        return single.outputs.contains { single.shape($0.place) == nil } ? open : single
    }

    private func formed(
        _ shapes: [[[Int]]],
        _ samples: [Int]
    ) throws(NetworkError) -> FormedGraph {
        try FormedGraph(
            nodes,
            constants: constants,
            inputs: zip(inputs, shapes).map { ($0.place, $0.name, $0.type, $1) },
            outputs: outputs.map { ($0.name, $0.place) },
            samples: samples
        )
    }

    /// The graph with the forms of its tensors, for pictures of any size, also where the graph states one.
    ///
    /// - Parameter size: The side of the first pictures that are tried; nil: what the graph states, or 224.
    /// - Returns: It, for any number of pictures if the graph states none.
    /// - Throws: ``NetworkError`` if it takes no pictures, or if they have to be of one size.
    package func formedForAnySize(_ size: Int?) throws(NetworkError) -> FormedGraph {
        // Numbers of pictures, and rows and columns that they have more; the ones do not follow from the others.
        let growth = [(2, 0, 0), (3, 0, 0), (3, 32, 64), (5, 96, 32)]
        let isOpen = inputs.contains { ($0.shape ?? [nil]).first == .some(nil) }
        let fixed = inputs.lazy.compactMap { $0.shape?.first ?? nil }.first ?? 1
        let samples = growth.map { isOpen ? $0.0 : fixed }
        var shapes: [[[Int]]] = []
        var hasPictures = false
        for port in inputs {
            let stated = port.shape ?? [nil, nil, nil, 3]
            guard stated.count == 4 else {
                let settled = try Self.extents(of: port, size)
                shapes.append(samples.map { sample in settled.map { $0 ?? sample } })
                continue
            }
            hasPictures = true
            let axes = Self.pixelAxes(stated)
            shapes.append(
                zip(samples, growth).map { sample, growth in
                    stated.indices.map { axis in
                        if axis == axes.rows { return (size ?? stated[axis] ?? 224) + growth.1 }
                        if axis == axes.columns { return (size ?? stated[axis] ?? 224) + growth.2 }
                        return stated[axis] ?? (axis == 0 ? sample : 3)
                    }
                }
            )
        }
        guard hasPictures else {
            throw .imported(
                .untranslatable(reason: "nothing that it takes are pictures with a size")
            )
        }
        let graph = try formed(shapes, samples)
        if graph.outputs.contains(where: { graph.shape($0.place) == nil }),
            let node = graph.firstUnknown
        {
            throw .imported(
                .untranslatable(
                    reason: "'\(node.name)' (\(node.operation)) takes pictures of one size only"
                )
            )
        }
        return graph
    }

    /// Which extents are rows and columns: channels are where few are stated, and else last.
    private static func pixelAxes(_ stated: [Int?]) -> (rows: Int, columns: Int) {
        let few = [1, 3, 4]
        let isPlanar = !few.contains(stated[3] ?? 0) && few.contains(stated[1] ?? 0)
        return isPlanar ? (2, 3) : (1, 2)
    }

    /// The extents of an input, but for the first all settled.
    private static func extents(
        of port: Port,
        _ size: Int?
    ) throws(NetworkError) -> [Int?] {
        let stated = port.shape ?? [nil, nil, nil, 3]
        guard stated.count == 4 else {
            guard !stated.dropFirst().contains(nil) else {
                throw .imported(.untranslatable(reason: "the shape of \(port.tensor) is open"))
            }
            return stated
        }
        let channel = pixelAxes(stated).rows == 2 ? 1 : 3
        var extents = stated
        for axis in 1..<4 {
            if axis == channel {
                extents[axis] = stated[axis] ?? 3
            } else if let extent = stated[axis] {
                guard let size, size != extent else { continue }
                throw .imported(
                    .untranslatable(reason: "\(port.tensor) takes \(extent) pixels, not \(size)")
                )
            } else {
                guard let size else {
                    throw .imported(
                        .untranslatable(
                            reason: "the size of its pictures is open; say --image-size"
                        )
                    )
                }
                extents[axis] = size
            }
        }
        return extents
    }
}

extension GraphSource {
    /// What is left of a graph for some tensors, with the forms of its tensors; the arrays that are fed are its inputs.
    ///
    /// - Parameters:
    ///   - tensors: Their names in the file, or in a signature.
    ///   - options: What is fed, and where the variables are.
    ///   - isOpen: Whether the first extent of what is fed is open, where all have the same.
    /// - Returns: The graph, and what is fed by the names of its inputs.
    /// - Throws: ``NetworkError``, `CheckpointError`, `FormatError`, `ReferenceError`.
    package func formed(
        for tensors: [String],
        _ options: ImportOptions,
        openly isOpen: Bool
    ) throws -> (graph: FormedGraph, feeds: [(name: String, value: ReferenceTensor)]) {
        var importer: GraphImporter
        do throws(ImportProblem) { importer = try GraphImporter(self, options) } catch {
            throw NetworkError.imported(error)
        }
        let (emission, places, leaves, _) = try importer.emitted(tensors, keepingArrays: true)
        let count = leaves.first?.value.shape.first ?? 1
        let opens = isOpen && leaves.allSatisfy { $0.value.shape.first == count }
        let samples = opens && count > 0 ? [count, count + 1, count + 3] : [count]
        let graph = try FormedGraph(
            emission.nodes,
            constants: emission.constants,
            inputs: leaves.map { leaf in
                let shape = leaf.value.shape
                let shapes = samples.map { $0 == count ? shape : [$0] + shape.dropFirst() }
                return (leaf.name, leaf.name, leaf.value.type, shapes)
            },
            outputs: Array(zip(tensors, places)).map { (name: $0.0, tensor: $0.1) },
            samples: samples
        )
        return (graph, leaves)
    }
}
