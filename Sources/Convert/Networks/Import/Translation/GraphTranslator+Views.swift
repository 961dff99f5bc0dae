internal import Engine
internal import Proto
internal import Reference

// The same values under another shape, in another order, or under another name.
extension GraphTranslator {
    static let views: [String: Handler] = [
        "Reshape": { translator, call in translator.reshape(call) },
        "Squeeze": { translator, call in translator.reshape(call) },
        "ExpandDims": { translator, call in translator.reshape(call) },
        "Transpose": { translator, call in translator.transpose(call) },
        "Identity": { translator, call in translator.pass(call) },
        "IdentityN": { translator, call in translator.pass(call) },
        "StopGradient": { translator, call in translator.pass(call) },
        "PreventGradient": { translator, call in translator.pass(call) },
        "CheckNumerics": { translator, call in translator.pass(call) },
        "Snapshot": { translator, call in translator.pass(call) },
        "EnsureShape": { translator, call in translator.pass(call) },
        "PlaceholderWithDefault": { translator, call in translator.pass(call) },
        "Cast": { translator, call in
            guard let place = call[0], let from = translator.forms[place]?.type,
                translator.outcome(call) != nil, exact.contains(from)
            else { return }
            translator.pass(call)
        },
    ]

    /// What gives what it takes.
    mutating func pass(_ call: TranslationCall) {
        for (output, place) in call.inputs.enumerated() {
            set(call, output: output, derived(place))
        }
    }

    private mutating func reshape(_ call: TranslationCall) {
        guard let place = call[0].flatMap({ viewed($0) }), let (lead, rest) = outcome(call),
            !rest.isEmpty || lead == 1, let value = carried[place]
        else { return takeSplit(call) }
        // Nothing moves where the channels stay, and pixels are but counted in another way.
        let channels = Carried.shape(lead, rest, .last).channels
        let isVector = value.shape.isVector
        if value.order == .last || isVector, channels == value.shape.channels {
            guard var same = derived(place) else { return }
            (same.order, same.lead, same.rest) = (.last, lead, rest)
            set(call, same)
            return
        }
        // One pixel is a row, whichever axis its channels go to.
        if isVector, lead == 1, rest == [value.shape.channels, 1, 1] {
            guard var turned = derived(place) else { return }
            (turned.order, turned.lead, turned.rest) = (.first, lead, rest)
            set(call, turned)
            return
        }
        guard let input = whole(place) else { return }
        finish(call, input, lead, rest)
    }

    /// The tensor that one is another view of, where it does not itself come apart by pictures, as `[1, pictures, classes]`.
    private mutating func viewed(_ place: TensorPlace) -> TensorPlace? {
        var place = place
        while carried[place] == nil {
            let call = producer(place)
            guard ["Reshape", "Squeeze", "ExpandDims", "Identity"].contains(call.node.operation),
                place.output == 0, let before = call[0]
            else { return nil }
            // Others may read it through the same view.
            if var value = carried[before] {
                value.isExclusive = false
                replace(before, by: value)
            }
            place = before
        }
        return place
    }

    /// Lets an output be a tensor under the shape that the graph gives it.
    mutating func finish(
        _ call: TranslationCall,
        output: Int = 0,
        _ value: Carried,
        _ lead: Int,
        _ rest: [Int]
    ) {
        if value.lead == lead, value.rest == rest { return set(call, output: output, value) }
        guard var last = inGraphOrder(value, call.node.name) else { return }
        let shape = Carried.shape(lead, rest, .last)
        if shape.channels != last.shape.channels {
            guard
                let node = append(
                    Reshape(to: shape),
                    "\(call.node.name)/shape",
                    [last.node],
                    giving: shape
                )
            else { return }
            last = Carried(node, rest: rest)
            last.shape = shape
        }
        (last.lead, last.rest) = (lead, rest)
        last.isExclusive = false
        set(call, output: output, last)
    }

    /// A tensor whose activations have its own extents.
    mutating func plain(_ value: Carried, _ name: String) -> Carried? {
        guard !value.isPlain else { return value }
        let shape = Carried.shape(value.lead, value.rest, value.order)
        guard
            let node = append(
                Reshape(to: shape),
                "\(name)/plain",
                [value.node],
                giving: shape
            )
        else { return nil }
        var result = value
        result.node = node
        result.shape = shape
        return result
    }

    /// A tensor whose activations have its values in the graph's order.
    mutating func inGraphOrder(_ value: Carried, _ name: String) -> Carried? {
        guard value.order == .first else { return value }
        // One pixel, or one channel, is in order whatever comes first.
        if value.shape.isVector || value.shape.channels == 1 {
            var vector = value
            vector.order = .last
            return vector
        }
        return arranged(value, .last, name)
    }

    private mutating func transpose(_ call: TranslationCall) {
        guard let place = call[0], let axes = integers(call[1]), let (lead, rest) = outcome(call),
            let value = carried[place]
        else { return }
        if axes == Array(axes.indices) { return pass(call) }
        guard lead == 1, value.lead == 1, axes.first == 0 else { return }
        // The channels go to the other place: activations have them last all the same.
        let isTurn = axes == [0, 3, 1, 2] && value.order == .last
        let isReturn = axes == [0, 2, 3, 1] && value.order == .first
        if isTurn || isReturn {
            guard var turned = derived(place) else { return }
            turned.order = isTurn ? .first : .last
            turned.rest = rest
            set(call, turned)
            return
        }
        guard let given = whole(place), let input = inGraphOrder(given, call.node.name) else {
            return
        }
        let shape = Carried.shape(1, rest, .last)
        let order = axes.dropFirst().map { $0 - 1 }
        guard
            let node = reordered(input.node, input.rest, order, giving: shape, call.node.name)
        else { return }
        var turned = Carried(node, .last, lead: 1, rest: rest)
        turned.isExclusive = node != input.node
        set(call, turned)
    }
}
