internal import Proto

/// One computation of some tensors of a graph.
struct GraphRun {
    let nodes: [NodeDef]
    let places: [Name: Int]
    let feeds: [TensorReference: ReferenceTensor]
    let fetches: [TensorReference]
    let values: (String) throws(ReferenceError) -> ReferenceTensor?

    /// What a node gave: a value for each output, or nil for one that a branch not taken leaves dead.
    private struct Outcome {
        var outputs: [ReferenceTensor?]
        /// The outputs at the other end of what random numbers may be, where that matters.
        var alternative: [ReferenceTensor?]?
        /// The random node that it matters of.
        var chance: String?

        static let dead = Outcome(outputs: [])
    }

    /// Where a value comes from.
    enum Source {
        case fed(ReferenceTensor)
        case node(Int, output: Int)
    }

    var sources: [Int: [Source]] = [:]
    /// The nodes that tell whether a node runs at all.
    var conditions: [Int: [Int]] = [:]
    var readers: [Int: Int] = [:]
    private var outcomes: [Int: Outcome] = [:]

    init(
        nodes: [NodeDef],
        places: [Name: Int],
        feeds: [TensorReference: ReferenceTensor],
        fetches: [TensorReference],
        values: @escaping (String) throws(ReferenceError) -> ReferenceTensor?
    ) {
        self.nodes = nodes
        self.places = places
        self.feeds = feeds
        self.fetches = fetches
        self.values = values
    }

    mutating func results() throws(ReferenceError) -> [ReferenceTensor] {
        var wanted: [Source] = []
        for fetch in fetches {
            guard !fetch.isControl else {
                throw .uncomputable(node: fetch.description, reason: "it has no value")
            }
            wanted.append(try source(fetch, of: fetch.description))
        }
        let order = try order(wanted)
        try checkOperations(order)
        for source in wanted {
            if case .node(let index, _) = source { readers[index, default: 0] += 1 }
        }
        for index in order {
            outcomes[index] = try outcome(index)
            for reader in (sources[index] ?? []) { release(reader) }
            for condition in conditions[index] ?? [] { release(.node(condition, output: 0)) }
        }
        var results: [ReferenceTensor] = []
        for (fetch, source) in zip(fetches, wanted) {
            results.append(try result(fetch, source))
        }
        return results
    }

    private func result(
        _ fetch: TensorReference,
        _ source: Source
    ) throws(ReferenceError) -> ReferenceTensor {
        switch source {
        case .fed(let value): return value
        case .node(let index, let output):
            guard let outcome = outcomes[index] else {
                preconditionFailure("\(fetch) was not computed")
            }
            if let chance = outcome.chance {
                throw .uncomputable(
                    node: fetch.description,
                    reason: "it depends on the random numbers of \(chance)"
                )
            }
            if outcome.outputs.isEmpty {
                throw .uncomputable(
                    node: fetch.description,
                    reason: "it lies in a branch that is not taken"
                )
            }
            guard outcome.outputs.indices.contains(output) else {
                throw .uncomputable(
                    node: fetch.description,
                    reason: "there is no output \(output) of \(outcome.outputs.count)"
                )
            }
            guard let value = outcome.outputs[output] else {
                throw .uncomputable(
                    node: fetch.description,
                    reason: "it lies in a branch that is not taken"
                )
            }
            return value
        }
    }

    private mutating func release(_ source: Source) {
        guard case .node(let index, _) = source, let left = readers[index] else { return }
        readers[index] = left - 1
        if left <= 1 { outcomes[index] = nil }
    }
}

// The computation.
extension GraphRun {
    private func outcome(_ index: Int) throws(ReferenceError) -> Outcome {
        let node = nodes[index]
        guard let operation = ReferenceOperation.named(node.operation) else {
            throw .unknownOperations([.init(name: node.operation, count: 1)])
        }
        for condition in conditions[index] ?? [] where outcomes[condition]?.outputs.isEmpty == true
        {
            return .dead
        }
        var operands: [ReferenceTensor?] = []
        var others: [ReferenceTensor?] = []
        var chance: String?
        for (place, source) in (sources[index] ?? []).enumerated() {
            switch source {
            case .fed(let value):
                operands.append(value)
                others.append(value)
            case .node(let index, let output):
                guard let outcome = outcomes[index] else {
                    preconditionFailure("input \(place) of \(node.name) was not computed")
                }
                guard outcome.outputs.isEmpty || outcome.outputs.indices.contains(output) else {
                    throw .uncomputable(
                        node: node.name,
                        reason: "its input \(place) is output \(output) of \(outcome.outputs.count)"
                    )
                }
                let value = outcome.outputs.isEmpty ? nil : outcome.outputs[output]
                operands.append(value)
                if let alternative = outcome.alternative {
                    others.append(alternative.indices.contains(output) ? alternative[output] : nil)
                    chance = outcome.chance
                } else {
                    others.append(value)
                }
            }
        }
        do throws(ReferenceError) {
            if operation.kind == .random { return try draw(node, operands) }
            let outputs = try outputs(node, operation, operands)
            guard let chance else { return Outcome(outputs: outputs) }
            let alternative = try self.outputs(node, operation, others)
            if alternative == outputs { return Outcome(outputs: outputs) }
            return Outcome(outputs: outputs, alternative: alternative, chance: chance)
        } catch {
            if case .uncomputable = error { throw error }
            throw .uncomputable(node: node.name, reason: error.description)
        }
    }

    private func outputs(
        _ node: NodeDef,
        _ operation: ReferenceOperation,
        _ operands: [ReferenceTensor?]
    ) throws(ReferenceError) -> [ReferenceTensor?] {
        if node.operation == "Merge" || node.operation == "RefMerge" {
            guard let living = operands.firstIndex(where: { $0 != nil }) else { return [] }
            return [operands[living], ReferenceTensor(Int32(truncatingIfNeeded: living))]
        }
        let inputs = operands.compactMap { $0 }
        guard inputs.count == operands.count else { return [] }
        switch operation.kind {
        case .given:
            if let value = try values(node.name) { return [value] }
            throw ReferenceError("nothing gives its value")
        case .flow:
            guard inputs.count == 2 else { throw ReferenceError("\(inputs.count) inputs") }
            return try inputs[1].truth() ? [nil, inputs[0]] : [inputs[0], nil]
        case .pure where node.operation == "Const":
            if let value = try values(node.name) { return [value] }
            return try ReferenceOperation.evaluate(node, inputs)
        case .pure, .random, .refused: return try ReferenceOperation.evaluate(node, inputs)
        }
    }

    /// Both ends of what random numbers may be.
    private func draw(
        _ node: NodeDef,
        _ operands: [ReferenceTensor?]
    ) throws(ReferenceError) -> Outcome {
        guard let shape = operands.first else { throw ReferenceError("it has no shape") }
        guard let extents = try shape?.integers() else { return .dead }
        let type = try node.type("dtype", default: .float32)
        // TensorFlow's largest number below 1 of each type.
        let largest: Double =
            switch type {
            case .float16: 1 - 0x1p-10
            case .bfloat16: 1 - 0x1p-7
            case .float64: 1 - 0x1p-52
            default: 1 - 0x1p-23
            }
        let least = try ReferenceTensor(
            filled: extents,
            with: ReferenceTensor(Float(0)).cast(to: type)
        )
        let most = try ReferenceTensor(
            filled: extents,
            with: ReferenceTensor(largest).cast(to: type)
        )
        return Outcome(outputs: [least], alternative: [most], chance: node.name)
    }
}
