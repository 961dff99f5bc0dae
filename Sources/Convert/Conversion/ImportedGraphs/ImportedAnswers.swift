package import Checkpoint
package import Networks
internal import Pictures
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
    ///   - given: A value for one of the inputs in the place of the fixed one.
    ///   - extents: The shapes of the inputs; nil: those that are tried in turn.
    /// - Throws: ``ConversionError/uncomputable(path:node:reason:)``, ``ConversionError/checkpoint(_:)``.
    package init(
        _ graph: InferenceGraph,
        _ plan: ConversionPlan,
        from source: any TensorSource,
        given: (index: Int, values: ReferenceTensor)? = nil,
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
        (inputs, outputs) = try Self.answers(graph, candidates, replaced, given)
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
        _ replaced: [Name: ReferenceTensor],
        _ given: (index: Int, values: ReferenceTensor)?
    ) throws(ConversionError) -> (inputs: [ReferenceTensor], outputs: [ReferenceTensor]) {
        var failure: ReferenceError?
        for fixed in candidates {
            var candidate = fixed
            if let given { candidate[given.index] = given.values }
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
    /// Compares what a graph of TensorFlow's operations that was written of a network gives of the same inputs.
    ///
    /// Where it decodes pictures, both prepare the same ones, each in its way.
    ///
    /// - Throws: ``ConversionError``.
    static func compared(
        with written: WrittenGraph,
        of nodes: ImportedNodes,
        _ graph: InferenceGraph,
        _ plan: ConversionPlan,
        from source: any TensorSource,
        at path: String
    ) throws(ConversionError) -> [OutputComparison] {
        var given: (index: Int, values: ReferenceTensor)?
        var own: ReferenceTensor?
        if let decoded = nodes.decoded {
            let count = graph.inputs[decoded.index].shape?.first.flatMap { $0 } ?? 2
            do {
                let pictures = GraphProof.decodedPictures(decoded.preprocessing, count: count)
                let side = decoded.preprocessing.imageSize
                let shape = [count, side, side, 3]
                let prepared = try pictures.flatMap { try decoded.preprocessing.prepare($0) }
                given = (decoded.index, try ReferenceTensor(shape, prepared))
                let made = try pictures.flatMap { try GraphProof.prepare($0, written).values }
                own = try ReferenceTensor(shape, made)
            } catch let error as ReferenceError {
                throw ConversionError(error, of: path)
            } catch {
                throw .uncomputable(path: path, node: "input", reason: "\(error)")
            }
        }
        let answers = try ImportedAnswers(graph, plan, from: source, given: given)
        return try answers.compared(with: path) { values throws(ReferenceError) in
            var feeds: [Name: ReferenceTensor] = [:]
            for (index, place) in nodes.places.inputs.enumerated() {
                let isDecoded = nodes.decoded?.index == index
                feeds[Name(place)] = (isDecoded ? own : nil) ?? values[index]
            }
            return try written.interpreter.run(nodes.outputs.map(\.place), feeds: feeds)
        }
    }
}
