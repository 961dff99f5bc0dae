package import Checkpoint
package import Networks
internal import Proto
package import Reference

/// What an imported network makes of fixed inputs, computed by plain arithmetic: what every export of it is held against.
package struct ImportedAnswers {
    private let graph: InferenceGraph
    /// The inputs, in the order of the graph's.
    package let inputs: [ReferenceTensor]
    /// What comes out, in the order of the graph's outputs.
    package let outputs: [ReferenceTensor]

    /// Computes a graph with its parameters as they are written, casts included.
    ///
    /// - Parameters:
    ///   - graph: The graph.
    ///   - plan: What is written of its parameters.
    ///   - source: Where they are.
    ///   - extents: The shapes of the inputs; nil: those that are tried in turn.
    /// - Throws: ``ConversionError/uncomputable(path:node:reason:)``, ``ConversionError/checkpoint(_:)``.
    package init(
        _ graph: InferenceGraph,
        _ plan: ConversionPlan,
        from source: any TensorSource,
        extents: [[Int]]? = nil
    ) throws(ConversionError) {
        self.graph = graph
        let path = graph.files.path
        var replaced: [Name: ReferenceTensor] = [:]
        for item in plan.items where item.isCast {
            let bytes = try source.bytes(for: item)
            do throws(ReferenceError) {
                replaced[Name(item.source.name)] = try ReferenceTensor(
                    item.source.shape,
                    item.dataType,
                    bytes: bytes.array
                ).cast(to: item.source.dataType)
            } catch {
                throw ConversionError(error, of: path)
            }
        }
        let candidates =
            extents.map { FixedInputs.candidates(for: graph, $0) }
            ?? FixedInputs.candidates(for: graph)
        (inputs, outputs) = try Self.answers(graph, candidates, replaced)
        for (port, value) in zip(graph.outputs, outputs) where value.type != port.type {
            throw .uncomputable(
                path: path,
                node: port.tensor,
                reason: "it gives \(value.type.name), and the graph says \(port.type.name)"
            )
        }
    }

    private static func answers(
        _ graph: InferenceGraph,
        _ candidates: [[ReferenceTensor]],
        _ replaced: [Name: ReferenceTensor]
    ) throws(ConversionError) -> (inputs: [ReferenceTensor], outputs: [ReferenceTensor]) {
        var failure: ReferenceError?
        for candidate in candidates {
            do throws(ReferenceError) {
                return (candidate, try graph.outputs(of: candidate, replacing: replaced))
            } catch {
                if failure == nil { failure = error }
            }
        }
        throw ConversionError(
            failure ?? ReferenceError("there are no fixed inputs for it"),
            of: graph.files.path
        )
    }

    /// Compares what an export gives of the same inputs.
    ///
    /// - Parameters:
    ///   - path: The export, for errors.
    ///   - compute: What it makes of values for each of the graph's inputs.
    /// - Returns: A comparison for each output.
    /// - Throws: ``ConversionError/uncomputable(path:node:reason:)``.
    package func compared(
        with path: String,
        _ compute: ([ReferenceTensor]) throws(ReferenceError) -> [ReferenceTensor]
    ) throws(ConversionError) -> [OutputComparison] {
        let found: [ReferenceTensor]
        do throws(ReferenceError) { found = try compute(inputs) } catch {
            throw ConversionError(error, of: path)
        }
        guard found.count == outputs.count else {
            throw .uncomputable(
                path: path,
                node: "graph",
                reason: "\(found.count) outputs, expected \(outputs.count)"
            )
        }
        return graph.outputs.indices.map {
            OutputComparison(graph.outputs[$0].name, outputs[$0], found[$0])
        }
    }
}

extension ImportedAnswers {
    /// Compares what a graph of TensorFlow's operations gives of the same inputs.
    ///
    /// - Throws: ``ConversionError/uncomputable(path:node:reason:)``.
    func compared(
        with written: WrittenGraph,
        of nodes: ImportedNodes,
        at path: String
    ) throws(ConversionError) -> [OutputComparison] {
        try compared(with: path) { values throws(ReferenceError) in
            let pairs = zip(nodes.inputs, values).map { (Name($0.place), $1) }
            return try written.interpreter.run(
                nodes.outputs.map(\.place),
                feeds: Dictionary(pairs) { first, _ in first }
            )
        }
    }
}
