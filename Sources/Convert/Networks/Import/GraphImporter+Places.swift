internal import Proto

// Where pictures go in and logits come out.
extension GraphImporter {
    func signature() throws -> MetaGraph.Signature? {
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
    mutating func output(_ signature: MetaGraph.Signature?) throws -> Edge {
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

    /// Where the pictures go in.
    func pictures(
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
}
