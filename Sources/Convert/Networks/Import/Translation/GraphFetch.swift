package import Engine
internal import Proto
package import Reference

/// Any tensors of any graph, computed by the engine from what is fed.
package struct GraphFetch: Sendable {
    /// The values, in the order in which they were asked for.
    package let values: [ReferenceTensor]
    /// What was understood other than to the letter.
    package let notes: [String]
    /// How often each operation was a layer, or a part of one.
    package let native: [String: Int]
    /// How often each operation was computed by Reference.
    package let byReference: [String: Int]
}

extension GraphSource {
    /// Computes any tensors by the engine; those that layers cannot give, such as whole numbers, by plain arithmetic.
    ///
    /// - Parameters:
    ///   - tensors: Their names in the file, or in a signature.
    ///   - options: What is fed, and where the variables are. Arrays that are fed are what is computed from.
    ///   - execution: How it is computed.
    /// - Returns: The values, and how they were computed.
    /// - Throws: ``NetworkError``, `CheckpointError`, `FormatError`, `ReferenceError`, `EngineError`.
    package func valuesByEngine(
        of tensors: [String],
        _ options: ImportOptions,
        _ execution: ExecutionOptions = ExecutionOptions()
    ) throws -> GraphFetch {
        var importer: GraphImporter
        do throws(ImportProblem) { importer = try GraphImporter(self, options) } catch {
            throw NetworkError.imported(error)
        }
        let (source, feeds, notes) = try importer.fetch(tensors)
        let stages = source.outputs.map(\.stage)
        func run(
            _ graph: TranslatedGraph,
            pictures: Int,
            inside: Bool = false
        ) throws -> [ReferenceTensor?] {
            guard !graph.places.isEmpty || inside else { return stages.map { _ in nil } }
            let executor = try graph.executor(batch: pictures, execution)
            graph.fill(executor, with: feeds.map(\.values))
            try executor.run()
            var values: [ReferenceTensor?] = []
            for stage in stages {
                let isWanted = inside || !graph.isInside(stage)
                values.append(
                    isWanted ? try graph.value(of: stage, executor, pictures: pictures) : nil
                )
            }
            return values
        }
        var found: [ReferenceTensor?] = stages.map { _ in nil }
        var graph: TranslatedGraph?
        var remarks = notes
        // As pictures, if all that is fed has as many; else as one thing.
        if let count = feeds.first?.shape.first, count > 0,
            feeds.allSatisfy({ $0.shape.first == count })
        {
            var pictures = source
            pictures.inputs = zip(source.inputs, feeds).map { input, feed in
                (input.node, input.type, Array(feed.shape.dropFirst()))
            }
            graph = try? TranslatedGraph(pictures, .fixed(count), [count])
            if let graph { found = try run(graph, pictures: count) }
        }
        if found.contains(where: { $0 == nil }), !feeds.isEmpty {
            var whole = source
            whole.isWhole = true
            whole.inputs = zip(source.inputs, feeds).map { ($0.node, $0.type, $1.shape) }
            if let other = try? TranslatedGraph(whole, .single, [1]) {
                for (index, value) in try run(other, pictures: 1).enumerated()
                where found[index] == nil {
                    found[index] = value
                    graph = graph.flatMap { $0.places.isEmpty ? nil : $0 } ?? other
                }
            }
        }
        // What lies inside of layers, from what they give.
        let inside = tensors.indices.filter {
            found[$0] == nil && graph?.isInside(stages[$0]) ?? false
        }
        if let graph, !graph.places.isEmpty, !inside.isEmpty {
            let values = try run(graph, pictures: graph.batch ?? 1, inside: true)
            for index in inside { found[index] = values[index] }
            remarks.append(
                "inside of layers, computed by reference of what they give: "
                    + Self.list(inside.map { tensors[$0] })
            )
        }
        let missing = tensors.indices.filter { found[$0] == nil }
        if !missing.isEmpty {
            let (values, _) = try self.values(of: missing.map { tensors[$0] }, options)
            for (index, value) in zip(missing, values) { found[index] = value }
            remarks.append(
                "computed by reference, as no layers give it: "
                    + Self.list(missing.map { tensors[$0] })
            )
        }
        return GraphFetch(
            values: found.compactMap { $0 },
            notes: remarks,
            native: graph?.native ?? [:],
            byReference: graph?.byReference ?? [:]
        )
    }

    private static func list(_ names: [String]) -> String {
        names.prefix(5).joined(separator: ", ")
            + (names.count > 5 ? " and \(names.count - 5) others" : "")
    }
}

extension GraphImporter {
    /// What is left of a graph for some tensors, the arrays that are fed being its inputs.
    ///
    /// - Throws: ``NetworkError``, `CheckpointError`, `FormatError`, `ReferenceError`.
    fileprivate mutating func fetch(
        _ tensors: [String]
    ) throws -> (source: TranslationSource, feeds: [ReferenceTensor], notes: [String]) {
        let (emission, places, leaves, notes) = try emitted(tensors, keepingArrays: true)
        let outputs = zip(tensors, places).map { (Stage($0), $1) }
        return (
            TranslationSource(
                nodes: emission.nodes,
                constants: emission.constants,
                inputs: leaves.map { ($0.name, $0.value.type, $0.value.shape) },
                outputs: outputs
            ),
            leaves.map(\.value), notes
        )
    }
}
