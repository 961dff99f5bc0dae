internal import Engine
internal import Proto
internal import Reference

/// Some nodes of an imported graph, computed by Reference: what gives one tensor from others that layers give.
struct ReferenceIsland: Sendable {
    /// What goes in.
    struct Source: Sendable {
        let tensor: Name
        let type: DataType
        let lead: Int
        let rest: [Int]
        let order: PictureOrder
    }

    /// A constant, or numbers that hang on the number of pictures.
    enum Given: Sendable {
        case constant(ReferenceTensor)
        case counts([(fixed: Int, each: Int)], shape: [Int], type: DataType)
    }

    let nodes: [NodeDef]
    let sources: [Source]
    let given: [Name: Given]
    let fetch: String
    let lead: Int
    let rest: [Int]
    /// Whether each picture is computed by itself.
    let isSingle: Bool

    /// Computes a batch.
    func values(_ inputs: [[Float]], batch: Int) throws -> [Float] {
        guard isSingle, batch > 1 else { return try run(inputs, batch) }
        var result: [Float] = []
        for picture in 0..<batch {
            let own = inputs.map { values in
                let count = values.count / batch
                return Array(values[(picture * count)..<((picture + 1) * count)])
            }
            result += try run(own, 1)
        }
        return result
    }

    private func run(_ inputs: [[Float]], _ batch: Int) throws -> [Float] {
        var feeds = try Self.feeds(given, pictures: batch)
        for (source, values) in zip(sources, inputs) {
            var values = values
            if source.order == .first {
                let shape = Carried.shape(source.lead, source.rest, .first)
                values = ActivationTranspose.transposed(
                    values,
                    [batch, shape.height, shape.width, shape.channels],
                    [0, 3, 1, 2]
                )
            }
            let tensor = try ReferenceTensor([batch * source.lead] + source.rest, values)
            feeds[source.tensor] = try tensor.cast(to: source.type)
        }
        let result = try GraphInterpreter(nodes: nodes).run([fetch], feeds: feeds)[0]
        guard result.shape == [batch * lead] + rest else {
            throw ReferenceError("the shape \(result.shape), expected \([batch * lead] + rest)")
        }
        return result.values
    }

    /// The values of what hangs on no picture, but maybe on their number.
    static func feeds(
        _ given: [Name: Given],
        pictures count: Int
    ) throws(ReferenceError) -> [Name: ReferenceTensor] {
        var feeds: [Name: ReferenceTensor] = [:]
        for (name, value) in given {
            switch value {
            case .constant(let tensor): feeds[name] = tensor
            case .counts(let numbers, let shape, let type):
                let integers = numbers.map { $0.fixed &+ $0.each &* count }
                feeds[name] = try ReferenceTensor(shape, integers: integers, as: type)
            }
        }
        return feeds
    }
}

/// What a tensor hangs on, as far back as layers give it.
private struct Ancestry {
    /// The nodes in between.
    var members: Set<Int> = []
    /// What layers give.
    var sources: [TensorPlace] = []
    /// What hangs on no picture.
    var given: [Name: ReferenceIsland.Given] = [:]
    /// All of them.
    var nodes: Set<Int> = []
}

extension GraphTranslator {
    /// A layer that computes a tensor by Reference; nil if it does not come apart by pictures.
    ///
    /// What it hangs on and layers cannot give, such as whole numbers, is computed along.
    mutating func island(_ place: TensorPlace) -> Carried? {
        guard let form = forms[place], Self.exact.contains(form.type),
            let (lead, rest) = form.perPicture(forms.samples), lead == 1 || batch == .single
        else { return nil }
        guard let ancestry = ancestry([place.node], forms.inputs[place.node]) else { return nil }
        let (members, sources) = (ancestry.members, ancestry.sources)
        let island = ReferenceIsland(
            nodes: ancestry.nodes.sorted().map { forms.nodes[$0] },
            sources: sources.compactMap { source in
                guard let value = carried[source], let form = forms[source] else { return nil }
                return ReferenceIsland.Source(
                    tensor: tensorName(source),
                    type: form.type,
                    lead: value.lead,
                    rest: value.rest,
                    order: value.order
                )
            },
            given: ancestry.given,
            fetch: tensorName(place).text,
            lead: lead,
            rest: rest,
            isSingle: batch == .single
        )
        let operations = members.sorted().map { forms.nodes[$0].operation }
        let layer = Custom(
            inputCount: sources.count,
            output: Carried.shape(lead, rest, .last),
            identity: "\(operations.joined(separator: " ")) of \(forms.nodes[place.node].name)"
        ) { inputs, batch in try island.values(inputs, batch: batch) }
        guard !sources.isEmpty,
            let node = append(
                layer,
                forms.nodes[place.node].name,
                sources.compactMap { carried[$0]?.node },
                giving: layer.output
            )
        else { return nil }
        islands[node] = members
        return Carried(node, lead: lead, rest: rest)
    }

    /// A tensor that no layer gives, from those that layers give.
    ///
    /// What it is computed from is marked as stages, and kept.
    mutating func remainder(_ place: TensorPlace) -> ReferenceRemainder? {
        guard let ancestry = ancestry([], [place], isWhole: true) else { return nil }
        var sources: [ReferenceRemainder.Source] = []
        for source in ancestry.sources {
            guard let value = carried[source], let form = forms[source] else { return nil }
            let stage = Stage("\(tensorName(source).text) for \(tensorName(place).text)")
            graph.mark(stage, at: value.node)
            graph.observed.insert(stage)
            sources.append(
                .init(
                    tensor: tensorName(source),
                    stage: stage,
                    place: TranslatedGraph.Place(value, form.type)
                )
            )
        }
        return ReferenceRemainder(
            nodes: ancestry.nodes.sorted().map { forms.nodes[$0] },
            sources: sources,
            given: ancestry.given,
            fetch: tensorName(place).text
        )
    }

    /// Goes back from tensors to what layers or constants give.
    ///
    /// - Parameters:
    ///   - members: Nodes that are between already.
    ///   - waiting: The tensors.
    ///   - isWhole: Whether tensors of whose form nothing is known may lie between.
    /// - Returns: What is between and before them; nil if that is not known.
    private mutating func ancestry(
        _ members: Set<Int>,
        _ waiting: [TensorPlace],
        isWhole: Bool = false
    ) -> Ancestry? {
        var ancestry = Ancestry(members: members)
        var seen: Set<TensorPlace> = []
        var waiting = waiting
        while let next = waiting.popLast() {
            guard seen.insert(next).inserted else { continue }
            guard forms.nodes.indices.contains(next.node) else { return nil }
            let form = forms[next]
            guard form != nil || isWhole else { return nil }
            let name = tensorName(next)
            if let form, form.isConstant {
                guard let tensor = constant(next) else { return nil }
                ancestry.given[name] = .constant(tensor)
            } else if let form, let counts = form.affine(forms.samples) {
                guard form.shapes.allSatisfy({ $0 == form.shapes[0] }) else { return nil }
                ancestry.given[name] = .counts(counts, shape: form.shapes[0], type: form.type)
            } else if let value = whole(next),
                let source = plain(value, forms.nodes[next.node].name)
            {
                replace(next, by: source)
                ancestry.sources.append(next)
            } else {
                ancestry.members.insert(next.node)
                waiting += forms.inputs[next.node]
            }
        }
        ancestry.sources.sort { ($0.node, $0.output) < ($1.node, $1.output) }
        // What is fed needs a node of its name.
        ancestry.nodes = ancestry.members.union(seen.map(\.node))
        return ancestry
    }

    /// What Reference calls a tensor.
    private func tensorName(_ place: TensorPlace) -> Name {
        let name = forms.nodes[place.node].name
        return Name(place.output == 0 ? name : "\(name):\(place.output)")
    }
}
