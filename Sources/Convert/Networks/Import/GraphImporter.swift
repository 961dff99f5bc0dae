internal import Checkpoint
internal import Proto
package import Reference

/// Makes of a file's graph what inference computes.
///
///     source -> outputs found -> functions put in place, branches settled -> dropout out, batch norms turned
///            -> pictures found -> variables read -> nodes in order
struct GraphImporter {
    typealias Edge = FlatGraph.Edge

    private let source: GraphSource
    private let options: ImportOptions
    private var settling: GraphSettling
    private var notes: [String]
    private var warnings: [String] = []
    /// The graph's file, and what its variables were read from.
    private var files: NetworkFiles

    init(_ source: GraphSource, _ options: ImportOptions) throws(ImportProblem) {
        self.source = source
        self.options = options
        settling = GraphSettling(try FlatGraph(source.meta), file: source.file)
        notes = source.notes
        files = NetworkFiles(
            source.path,
            kind: source.kind,
            digested: [source.path],
            digestSubject: "its bytes"
        )
    }

    // MARK: Networks

    /// The graph from pictures to logits.
    ///
    /// - Parameter readsVariables: Whether it is to be computed; else its variables stay without values.
    /// - Returns: The graph.
    /// - Throws: ``NetworkError``, `CheckpointError`, `FormatError`, `ReferenceError`.
    mutating func network(readsVariables: Bool) throws -> ImportedGraph {
        let signature = try signature()
        try feed()
        keepPicturePlaceholders()
        var logits = try output(signature)
        let name = settling.graph.name(logits)
        try settle([logits], signature)
        if options.outputTensor == nil {
            logits = LogitsSearch(settling.graph).logits(logits)
        }
        try turn([logits])
        let pictures = try pictures(signature, for: [logits])
        settling.leaves = [pictures]
        let order = try settling.graph.order(from: [logits], leaves: settling.leaves)
        try check(order)
        let leafName = leafName(pictures)
        let emission = try GraphEmission(
            [logits],
            leaves: [pictures: leafName],
            settling,
            variables: readsVariables ? try variables(order) : [:]
        )
        let tensor = settling.graph.name(pictures)
        let shape = settling.graph.shape(pictures)
        if options.inputTensor == nil { notes.append("takes the pictures at \(tensor)") }
        if options.outputTensor == nil { notes.append("takes the logits at \(name)") }
        var names = emission.names
        if pictures.output == 0 { names[pictures.node] = leafName }
        let resolved = settling.graph.resolved(logits)
        let place = names[resolved.node] ?? leafName
        return ImportedGraph(
            files: files,
            nodes: emission.nodes,
            constants: emission.constants,
            pictures: .init(
                tensor: tensor,
                shape: shape,
                node: leafName,
                type: settling.graph.type(pictures) ?? .float32
            ),
            logits: name,
            notes: notes,
            warnings: warnings,
            logitsShape: settling.graph.shape(logits),
            places: GraphPlaces(graph: settling.graph, names: names),
            logitsNode: resolved.output == 0 ? place : "\(place):\(resolved.output)"
        )
    }

    // MARK: Any tensor

    /// The values of any tensors, computed as the graph has them.
    ///
    /// Nothing is turned: what the graph computes in training it computes here.
    ///
    /// - Throws: ``NetworkError``, `CheckpointError`, `FormatError`, `ReferenceError`.
    mutating func values(
        of tensors: [String]
    ) throws -> (values: [ReferenceTensor], notes: [String]) {
        let (emission, fetches, _, notes) = try emitted(tensors, keepingArrays: false)
        let constants = emission.constants
        let interpreter = GraphInterpreter(nodes: emission.nodes) { name throws(ReferenceError) in
            try constants[Name(name)]?.tensor()
        }
        return (try interpreter.run(fetches), notes)
    }

    /// What is left of the graph for any tensors.
    ///
    /// - Parameters:
    ///   - tensors: Their names.
    ///   - keepsArrays: Whether arrays that are fed stay inputs; else they are constants as all that is fed.
    /// - Returns: The nodes, where the tensors are among them, and the inputs that are left with their values.
    /// - Throws: ``NetworkError``, `CheckpointError`, `FormatError`, `ReferenceError`.
    mutating func emitted(
        _ tensors: [String],
        keepingArrays keepsArrays: Bool
    ) throws -> (
        emission: GraphEmission, places: [String],
        inputs: [(name: String, value: ReferenceTensor)], notes: [String]
    ) {
        let arrays = try feed(keepingArrays: keepsArrays)
        var outputs: [Edge] = []
        for tensor in tensors { outputs.append(try edge(tensor)) }
        do throws(ImportProblem) { try settling.settle(outputs) } catch {
            throw NetworkError.imported(error)
        }
        let leaves = Dictionary(arrays.map { ($0.edge, leafName($0.edge)) }) { first, _ in first }
        let order = try settling.graph.order(from: outputs, leaves: Set(leaves.keys))
        try check(order, allowsRandom: true)
        let emission = try GraphEmission(
            outputs,
            leaves: leaves,
            settling,
            variables: try variables(order)
        )
        var fetches: [String] = []
        for output in outputs.map({ settling.graph.resolved($0) }) {
            guard let name = leaves[output] ?? emission.names[output.node] else {
                throw NetworkError.imported(.noTensor(settling.graph.name(output), near: []))
            }
            let isFirst = output.output == 0 || leaves[output] != nil
            fetches.append(isFirst ? name : "\(name):\(output.output)")
        }
        let inputs = arrays.map { (leaves[$0.edge] ?? leafName($0.edge), $0.value) }
        return (emission, fetches, inputs, notes)
    }

    /// A tensor by its name in the graph, or else in a signature.
    private func edge(_ text: String) throws -> Edge {
        do throws(ImportProblem) {
            do throws(ImportProblem) { return try settling.graph.tensor(text) } catch {
                var found: Set<Edge> = []
                for signature in source.meta.signatures {
                    if let name = options.signature, Name(signature.name) != Name(name) { continue }
                    for infos in [signature.inputs, signature.outputs] {
                        for (name, info) in infos where Name(name) == Name(text) {
                            found.insert(try settling.graph.tensor(info.name))
                        }
                    }
                }
                guard found.count == 1, let only = found.first else { throw error }
                return only
            }
        } catch {
            throw NetworkError.imported(error)
        }
    }

    // MARK: Signatures

    private func signature() throws -> MetaGraph.Signature? {
        let known = source.meta.signatures.filter { signature in
            // What initialises a model gives nothing.
            !signature.name.hasPrefix("__saved_model") && !signature.outputs.isEmpty
        }
        let names = known.map(\.name).sorted()
        if let name = options.signature {
            guard let found = known.first(where: { Name($0.name) == Name(name) }) else {
                throw NetworkError.imported(.unknownSignature(name, known: names))
            }
            return found
        }
        guard options.outputTensor == nil else { return known.count == 1 ? known[0] : nil }
        for name in ["serving_default", "default", "image_classification"] {
            if let found = known.first(where: { Name($0.name) == Name(name) }) { return found }
        }
        if known.count > 1 { throw NetworkError.imported(.severalSignatures(names)) }
        return known.first
    }

    /// Where the logits come out.
    private mutating func output(_ signature: MetaGraph.Signature?) throws -> Edge {
        do throws(ImportProblem) {
            if let tensor = options.outputTensor { return try settling.graph.tensor(tensor) }
            guard let signature else {
                let called = try settling.change { graph throws(ImportProblem) in
                    try graph.callModel(source.meta.objects)
                }
                let search = LogitsSearch(settling.graph)
                guard let called else { return try search.found() }
                return try search.chosen(among: called)
            }
            let search = LogitsSearch(settling.graph)
            var outputs: [(name: String, edge: Edge)] = []
            for (name, info) in signature.outputs.sorted(by: { $0.key < $1.key })
            where !info.name.isEmpty {
                outputs.append((name, try settling.graph.tensor(info.name)))
            }
            return try search.chosen(among: outputs)
        } catch {
            throw NetworkError.imported(error)
        }
    }

    // MARK: Steps

    /// Puts the values of placeholders in their place.
    ///
    /// - Parameter keepsArrays: Whether arrays of numbers stay out.
    /// - Returns: The arrays that stayed out, and where they go in.
    /// - Throws: ``NetworkError``.
    @discardableResult
    private mutating func feed(
        keepingArrays keepsArrays: Bool = false
    ) throws -> [(edge: Edge, value: ReferenceTensor)] {
        var arrays: [(edge: Edge, value: ReferenceTensor)] = []
        for feed in options.feeds {
            let edge = try edge(feed.tensor)
            do throws(ImportProblem) {
                let type = settling.graph.type(edge)
                let value = try Self.tensor(of: feed, type)
                if let stated = settling.graph.shape(edge), stated.count == value.shape.count,
                    zip(stated, value.shape).contains(where: { $0 != nil && $0 != $1 })
                {
                    throw .malformed(
                        node: feed.tensor,
                        reason: "a value of the shape \(value.shape) where the graph has "
                            + ImportProblem.Candidate(tensor: "", shape: stated).description
                    )
                }
                if keepsArrays, case .array = feed.value, !value.shape.isEmpty, value.count > 0,
                    [.float32, .float16, .bfloat16, .uint8].contains(value.type)
                {
                    settling.kept.insert(edge)
                    settling.leaves.insert(edge)
                    arrays.append((edge, value))
                    continue
                }
                let held = settling.hold(value, settling.graph.nodes[edge.node].name)
                try settling.change { graph in graph.alias(edge, to: held) }
            } catch {
                throw NetworkError.imported(error)
            }
        }
        return arrays
    }

    private static func tensor(
        of feed: ImportOptions.Feed,
        _ type: DataType?
    ) throws(ImportProblem) -> ReferenceTensor {
        do {
            return try feed.tensor(type)
        } catch {
            throw .malformed(node: feed.tensor, reason: "\(error)")
        }
    }

    /// Lets placeholders with a default stay where they are pictures.
    private mutating func keepPicturePlaceholders() {
        let graph = settling.graph
        for number in graph.nodes.indices
        where graph.nodes[number].operation == "PlaceholderWithDefault" {
            let edge = Edge(node: number)
            if let type = graph.type(edge), [.float32, .uint8, .float16, .bfloat16].contains(type),
                graph.shape(edge)?.count == 4
            {
                settling.kept.insert(edge)
            }
        }
        if let tensor = options.inputTensor, let edge = try? graph.tensor(tensor) {
            settling.kept.insert(edge)
            settling.leaves.insert(edge)
        }
    }

    /// Settles branches; a phase that nobody gives is inference, if it can be told which value that is.
    private mutating func settle(
        _ outputs: [Edge],
        _ signature: MetaGraph.Signature?
    ) throws {
        do throws(ImportProblem) {
            try settling.settle(outputs)
            // What decodes the pictures may branch as well; it is cut off.
            if let pictures = try? pictures(signature, for: outputs) {
                settling.leaves.insert(pictures)
                try settling.settle(outputs)
            }
            for _ in 0..<16 where !settling.unsettled.isEmpty {
                let phases = PhaseSearch(settling.graph).phases(settling.unsettled, for: outputs)
                var isChanged = false
                for (number, value, isByName) in phases {
                    guard let value else { continue }
                    let name = settling.graph.nodes[number].name
                    let text = "\(name) is taken for \(value), as inference has it"
                    if isByName {
                        warnings.append("\(text), by its name; --feed \(name)=… says otherwise")
                    } else {
                        notes.append("\(text); --feed \(name)=\(!value) says otherwise")
                    }
                    let held = settling.hold(ReferenceTensor(value), name)
                    try settling.change { graph in graph.alias(Edge(node: number), to: held) }
                    isChanged = true
                }
                guard isChanged else { break }
                try settling.settle(outputs)
            }
        } catch {
            throw NetworkError.imported(error)
        }
    }

    /// Takes out what only training does.
    private mutating func turn(_ outputs: [Edge]) throws {
        do throws(ImportProblem) {
            var dropout = DropoutRemoval(settling)
            try dropout.remove(for: outputs)
            settling = dropout.settling
            if !dropout.removed.isEmpty {
                notes.append(
                    "took out \(dropout.removed.count) dropouts: \(Self.list(dropout.removed))"
                )
            }
            if !dropout.scaled.isEmpty {
                notes.append("let the share that is kept stay at \(Self.list(dropout.scaled))")
            }
            var turning = BatchNormTurning(settling)
            try turning.turn(for: outputs)
            settling = turning.settling
            if !turning.fused.isEmpty {
                notes.append(
                    "let \(turning.fused.count) batch norms take their moving statistics: "
                        + Self.list(turning.fused)
                )
            }
            let reached = Set(try settling.graph.order(from: outputs, leaves: settling.leaves))
            let moments = turning.moments.filter { name in
                settling.graph.numbers[Name("\(name)/moving")].map { reached.contains($0) } ?? true
            }
            if !moments.isEmpty {
                notes.append(
                    "put moving averages in the place of \(moments.count) means and variances: "
                        + Self.list(moments)
                )
            }
        } catch {
            throw NetworkError.imported(error)
        }
    }

    /// Where the pictures go in.
    private func pictures(
        _ signature: MetaGraph.Signature?,
        for outputs: [Edge]
    ) throws -> Edge {
        do throws(ImportProblem) {
            if let tensor = options.inputTensor {
                return settling.graph.resolved(try settling.graph.tensor(tensor))
            }
            var stated: [Edge] = []
            for info in signature?.inputs.values.map({ $0 }) ?? [] where !info.name.isEmpty {
                stated.append(try settling.graph.tensor(info.name))
            }
            return try PictureSearch(settling.graph).found(for: outputs, stated: stated)
        } catch {
            throw NetworkError.imported(error)
        }
    }

    /// Refuses what keeps a graph from being computed, all of a kind at once.
    private func check(_ order: [Int], allowsRandom: Bool = false) throws {
        let graph = settling.graph
        let unsettled = order.filter {
            GraphSettling.ways.contains(graph.nodes[$0].operation)
        }
        if !unsettled.isEmpty {
            let names = settling.unsettled.map { graph.nodes[graph.resolved($0).node].name }
            var seen: Set<Name> = []
            let open = (names.isEmpty ? unsettled.map { graph.nodes[$0].name } : names)
                .filter { seen.insert(Name($0)).inserted }
            throw NetworkError.imported(.unsettled(open))
        }
        let random = order.filter { DropoutRemoval.isRandom(graph.nodes[$0].operation) }
        if !random.isEmpty, !allowsRandom {
            throw NetworkError.imported(.random(random.map { graph.nodes[$0].name }))
        }
        let unfed = order.filter {
            graph.nodes[$0].operation.hasPrefix("Placeholder") && graph.constants[$0] == nil
        }
        if !unfed.isEmpty {
            let list = unfed.map { number in
                let edge = Edge(node: number)
                return ImportProblem.Candidate(
                    tensor: graph.nodes[number].name,
                    shape: graph.shape(edge)
                )
            }
            throw NetworkError.imported(.unfed(list))
        }
        var unknown: [String: Int] = [:]
        for number in order {
            let operation = graph.nodes[number].operation
            if ReferenceOperation.named(operation) == nil { unknown[operation, default: 0] += 1 }
        }
        if !unknown.isEmpty { throw NetworkError.imported(.unknownOperations(unknown)) }
    }

    /// The values of the variables among some nodes.
    private mutating func variables(_ order: [Int]) throws -> [Int: GraphConstant] {
        let graph = settling.graph
        let held = order.filter {
            VariableValues.holders.contains(graph.nodes[$0].operation)
                && graph.constants[$0] == nil
        }
        guard !held.isEmpty else { return [:] }
        let (location, note) = try source.checkpointLocation(variables: held.count)
        if let note { notes.append(note) }
        let tensors = try location.open()
        files = NetworkFiles(
            source.path,
            kind: source.kind,
            digested: [source.path]
                + NetworkFiles(checkpoint: tensors, at: location.prefix).digested,
            digestSubject: "its bytes and those of its variables"
        )
        var values = VariableValues(source.meta, graph, tensors, options.weights)
        let found = try values.values(of: held, in: graph)
        notes += values.notes
        return found
    }

    /// What the placeholder of a tensor is called.
    private func leafName(_ edge: Edge) -> String {
        let name = settling.graph.nodes[edge.node].name
        return edge.output == 0 ? name : "\(name)_\(edge.output)"
    }

    private static func list(_ names: [String]) -> String {
        names.prefix(3).joined(separator: ", ")
            + (names.count > 3 ? " and \(names.count - 3) others" : "")
    }
}

extension GraphSource {
    /// Computes any tensors with plain arithmetic, as the graph has them.
    ///
    /// - Parameters:
    ///   - tensors: Their names in the file, or in a signature.
    ///   - options: What is fed, and where the variables are.
    /// - Returns: The values in the same order, and what was understood other than to the letter.
    /// - Throws: ``NetworkError``, `CheckpointError`, `FormatError`, `ReferenceError`.
    package func values(
        of tensors: [String],
        _ options: ImportOptions
    ) throws -> (values: [ReferenceTensor], notes: [String]) {
        var importer: GraphImporter
        do throws(ImportProblem) { importer = try GraphImporter(self, options) } catch {
            throw NetworkError.imported(error)
        }
        return try importer.values(of: tensors)
    }
}

extension ImportedGraph {
    /// What inference computes of a file's graph.
    ///
    /// - Throws: ``NetworkError``, `CheckpointError`, `FormatError`, `ReferenceError`.
    public init(_ source: GraphSource, _ options: ImportOptions = ImportOptions()) throws {
        var importer: GraphImporter
        do throws(ImportProblem) { importer = try GraphImporter(source, options) } catch {
            throw NetworkError.imported(error)
        }
        self = try importer.network(readsVariables: true)
    }

    /// What inference computes of a file's graph, without the values of its variables: to be looked at.
    ///
    /// - Throws: ``NetworkError``, `CheckpointError`, `FormatError`, `ReferenceError`.
    public static func outline(
        _ source: GraphSource,
        _ options: ImportOptions = ImportOptions()
    ) throws -> ImportedGraph {
        var importer: GraphImporter
        do throws(ImportProblem) { importer = try GraphImporter(source, options) } catch {
            throw NetworkError.imported(error)
        }
        return try importer.network(readsVariables: false)
    }

    /// What inference computes of the graph that a path means.
    ///
    /// - Throws: ``NetworkError``, `CheckpointError`, `FormatError`, `ReferenceError`.
    public init(_ path: String, _ options: ImportOptions = ImportOptions()) throws {
        self = try ImportedGraph(GraphSource(path, options), options)
    }
}
