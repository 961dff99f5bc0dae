internal import Checkpoint
internal import Proto
internal import Reference

// The steps from a file's graph to what inference computes.
extension GraphImporter {
    /// Puts the values of placeholders in their place.
    ///
    /// - Parameter keepsArrays: Whether arrays of numbers stay out.
    /// - Returns: The arrays that stayed out, and where they go in.
    /// - Throws: ``NetworkError``.
    @discardableResult
    mutating func feed(
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

    static func tensor(
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
    mutating func keepPicturePlaceholders() {
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
    ///
    /// - Parameters:
    ///   - outputs: What hangs on the branches.
    ///   - cut: Finds the tensor before which nothing matters, such as what decodes pictures, once the graph is settled as far
    ///     as it can be.
    /// - Throws: ``NetworkError``.
    mutating func settle(_ outputs: [Edge], cutting cut: (GraphImporter) throws -> Edge?) throws {
        do throws(ImportProblem) { try settling.settle(outputs) } catch {
            throw NetworkError.imported(error)
        }
        let place = try cut(self)
        do throws(ImportProblem) {
            // What lies before may branch as well.
            if let place {
                settling.leaves.insert(place)
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
    mutating func turn(_ outputs: [Edge]) throws {
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

    /// Refuses what keeps a graph from being computed, all of a kind at once.
    func check(_ order: [Int], allowsRandom: Bool = false) throws {
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
    mutating func variables(_ order: [Int]) throws -> [Int: GraphConstant] {
        let graph = settling.graph
        let held = order.filter {
            VariableValues.holders.contains(graph.nodes[$0].operation)
                && graph.constants[$0] == nil
        }
        guard !held.isEmpty else { return [:] }
        let (location, note) = try source.checkpointLocation(variables: held.count)
        if let note { notes.append(note) }
        let tensors = try location.open()
        let digested = NetworkFiles(checkpoint: tensors, at: location.prefix).digested
        files = NetworkFiles(
            source.path,
            kind: source.kind,
            digested: [source.path] + digested,
            digestSubject: "its bytes and those of its variables"
        )
        readFiles = [source.path] + digested
        if let bundle = tensors as? BundleReader {
            readFiles += (0..<bundle.shardCount).map { bundle.shardPath($0) }
        }
        var values = VariableValues(source.meta, graph, tensors, options.weights)
        let found = try values.values(of: held, in: graph)
        notes += values.notes
        return found
    }

    /// What the placeholder of a tensor is called.
    func leafName(_ edge: Edge) -> String {
        let name = settling.graph.nodes[edge.node].name
        return edge.output == 0 ? name : "\(name)_\(edge.output)"
    }

    static func list(_ names: [String]) -> String {
        names.prefix(3).joined(separator: ", ")
            + (names.count > 3 ? " and \(names.count - 3) others" : "")
    }
}
