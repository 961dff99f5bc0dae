internal import Engine
internal import Proto
internal import Reference

// Single places of an axis, also of one that was brought before that of pictures, as attention takes its three parts.
extension GraphTranslator {
    static let takings: [String: Handler] = [
        "Gather": { translator, call in translator.gather(call, axis: 0) },
        "GatherV2": { translator, call in
            guard let axis = translator.integers(call[2])?.first,
                (try? call.node.integer("batch_dims", default: 0)) == 0
            else { return }
            translator.gather(call, axis: axis)
        },
    ]

    private mutating func gather(_ call: TranslationCall, axis: Int) {
        guard let place = call[0], let indices = integers(call[1]),
            let form = forms[call.inputs[1]],
            let (lead, rest) = outcome(call), lead == 1, !indices.isEmpty
        else { return }
        let isOne = form.shapes[0].isEmpty
        guard carried[place] != nil else {
            if isOne, axis == 0 { take(call, indices[0], ofFirst: place) }
            return
        }
        guard let value = carried[place], isOne || form.shapes[0].count == 1 else { return }
        let own = axis < 0 ? axis + value.rest.count + 1 : axis
        guard let target = Self.activationAxis(own, value),
            indices.allSatisfy({ (0..<value.rest[own - 1]).contains($0) })
        else { return }
        let stride = indices.count > 1 ? indices[1] - indices[0] : 1
        guard stride != 0, zip(indices, indices.dropFirst()).allSatisfy({ $1 - $0 == stride })
        else { return }
        var places: [Slice.Places?] = [nil, nil, nil]
        places[target] = Slice.Places(indices[0], count: indices.count, stride: stride)
        part(call, of: place, places, lead, rest)
    }

    /// Lets a node's output be one place of the first axis of a tensor, where that was brought before that of pictures.
    mutating func take(
        _ call: TranslationCall,
        output: Int = 0,
        _ index: Int,
        ofFirst place: TensorPlace
    ) {
        let before = producer(place)
        guard Name(before.node.operation) == "Transpose", place.output == 0,
            let axes = integers(before[1]), let source = before[0], axes.count > 2, axes[0] > 0,
            axes[1] == 0, let (lead, rest) = outcome(call, output: output), lead == 1,
            let given = whole(source), given.lead == 1, given.rest.count == axes.count - 1,
            let value = inGraphOrder(given, call.node.name)
        else { return }
        // As many rows as come before the axis, and of each the places of the axis with what comes behind.
        let axis = axes[0] - 1
        let extents = value.rest
        guard (0..<extents[axis]).contains(index) else { return }
        func count(_ list: some Sequence<Int>) -> Int {
            list.reduce(1) { $0.multipliedReportingOverflow(by: $1).partialValue }
        }
        let (rows, run) = (count(extents[..<axis]), count(extents[(axis + 1)...]))
        var left = extents
        left.remove(at: axis)
        let (whole, one) = (
            FeatureShape(height: 1, width: rows, channels: extents[axis] * run),
            FeatureShape(height: 1, width: rows, channels: run)
        )
        let order = axes.dropFirst(2).map { $0 - 1 > axis ? $0 - 2 : $0 - 1 }
        let name = call.node.name
        guard
            let flat = reordered(
                value.node,
                extents,
                Array(extents.indices),
                giving: whole,
                "\(name)/rows"
            ),
            let sliced = append(
                Slice(channels: Slice.Places(index * run, count: run)),
                "\(name)/part",
                [flat],
                giving: one
            ),
            let node = reordered(
                sliced,
                left,
                order,
                giving: Carried.shape(1, rest, .last),
                name
            )
        else { return }
        set(call, output: output, Carried(node, lead: 1, rest: rest))
    }

    /// Lets the one place that a node leaves of an axis of one be a part of a tensor that was split along its first axis,
    /// where that was brought before that of pictures.
    mutating func takeSplit(_ call: TranslationCall) {
        guard let place = call[0], let form = forms[place], form.shapes[0].first == 1 else {
            return
        }
        let split = producer(place)
        let operation = Name(split.node.operation)
        guard operation == "Split" || operation == "SplitV" else { return }
        let isVariable = operation == "SplitV"
        guard integers(split[isVariable ? 2 : 0])?.first == 0,
            let source = split[isVariable ? 0 : 1],
            forms[source]?.shapes[0].first == forms.forms[split.number].count
        else { return }
        take(call, place.output, ofFirst: source)
    }
}
