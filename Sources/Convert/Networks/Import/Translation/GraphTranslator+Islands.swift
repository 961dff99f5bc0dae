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
        var feeds: [Name: ReferenceTensor] = [:]
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
        for (name, value) in given {
            switch value {
            case .constant(let tensor): feeds[name] = tensor
            case .counts(let numbers, let shape, let type):
                let integers = numbers.map { $0.fixed + $0.each * batch }
                feeds[name] = try ReferenceTensor(shape, integers: integers, as: type)
            }
        }
        let result = try GraphInterpreter(nodes: nodes).run([fetch], feeds: feeds)[0]
        guard result.shape == [batch * lead] + rest else {
            throw ReferenceError("the shape \(result.shape), expected \([batch * lead] + rest)")
        }
        return result.values
    }
}

extension GraphTranslator {
    /// A layer that computes a tensor by Reference; nil if it does not come apart by pictures.
    ///
    /// What it hangs on and layers cannot give, such as whole numbers, is computed along.
    mutating func island(_ place: TensorPlace) -> Carried? {
        guard let form = forms[place], Self.exact.contains(form.type),
            let (lead, rest) = form.perPicture(forms.samples), lead == 1 || batch == .single
        else { return nil }
        var members: Set<Int> = [place.node]
        var sources: [TensorPlace] = []
        var given: [Name: ReferenceIsland.Given] = [:]
        var seen: Set<TensorPlace> = []
        var waiting = forms.inputs[place.node]
        while let next = waiting.popLast() {
            guard seen.insert(next).inserted else { continue }
            guard let form = forms[next] else { return nil }
            let name = tensorName(next)
            if form.isConstant {
                guard let tensor = constant(next) else { return nil }
                given[name] = .constant(tensor)
            } else if let counts = form.affine(forms.samples) {
                guard form.shapes.allSatisfy({ $0 == form.shapes[0] }) else { return nil }
                given[name] = .counts(counts, shape: form.shapes[0], type: form.type)
            } else if let value = whole(next),
                let source = plain(value, forms.nodes[next.node].name)
            {
                replace(next, by: source)
                sources.append(next)
            } else {
                members.insert(next.node)
                waiting += forms.inputs[next.node]
            }
        }
        sources.sort { ($0.node, $0.output) < ($1.node, $1.output) }
        // What is fed needs a node of its name.
        let all = members.union(seen.map(\.node)).sorted()
        let island = ReferenceIsland(
            nodes: all.map { forms.nodes[$0] },
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
            given: given,
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

    /// What Reference calls a tensor.
    private func tensorName(_ place: TensorPlace) -> Name {
        let name = forms.nodes[place.node].name
        return Name(place.output == 0 ? name : "\(name):\(place.output)")
    }
}
