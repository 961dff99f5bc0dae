internal import Checkpoint
internal import Proto
internal import Reference

// Any tensor of a graph, computed as the graph has it.
extension GraphImporter {
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
    func edge(_ text: String) throws -> Edge {
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
}
