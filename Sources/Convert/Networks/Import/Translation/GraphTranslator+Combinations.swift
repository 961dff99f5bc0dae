internal import Engine
internal import Proto
internal import Reference

// Arithmetic on two tensors, one of which may be constant.
extension GraphTranslator {
    static let combinations: [String: Handler] = [
        "Add": { translator, call in translator.combine(call, .add) },
        "AddV2": { translator, call in translator.combine(call, .add) },
        "Sub": { translator, call in translator.combine(call, .subtract) },
        "Mul": { translator, call in translator.combine(call, .multiply) },
        "RealDiv": { translator, call in translator.combine(call, .divide) },
        "Div": { translator, call in translator.combine(call, .divide) },
        "Maximum": { translator, call in translator.combine(call, .maximum) },
        "Minimum": { translator, call in translator.combine(call, .minimum) },
        "AddN": { translator, call in translator.addAll(call) },
    ]

    enum Combination {
        case add, subtract, multiply, divide, maximum, minimum
    }

    private mutating func combine(_ call: TranslationCall, _ combination: Combination) {
        guard let first = call[0], let second = call[1], outcome(call) != nil else { return }
        if forms[second]?.isConstant == true {
            return withConstant(call, combination, first, second, isReversed: false)
        }
        if forms[first]?.isConstant == true {
            return withConstant(call, combination, second, first, isReversed: true)
        }
        guard let (one, other) = pair(first, second) else { return }
        switch combination {
        case .add: sum(call, one, other)
        case .subtract:
            // The second with its sign changed, so that the difference is a sum.
            let channels = other.shape.channels
            let negative = ChannelAffine(
                scale: [Double](repeating: -1, count: channels),
                offset: [Double](repeating: 0, count: channels)
            )
            guard one.shape == other.shape,
                let node = applied(negative, to: other, "\(call.node.name)/negative")
            else { return }
            var turned = other
            turned.node = node
            sum(call, one, turned)
        case .multiply:
            if swish(call, first, second) || swish(call, second, first) { return }
            if gate(call, one, other) || gate(call, other, one) { return }
        case .divide, .maximum, .minimum: break
        }
    }

    // MARK: With constants

    private mutating func withConstant(
        _ call: TranslationCall,
        _ combination: Combination,
        _ place: TensorPlace,
        _ constant: TensorPlace,
        isReversed: Bool
    ) {
        guard let value = carried[place] else { return }
        switch combination {
        case .maximum, .minimum:
            guard let number = number(constant) else { return }
            let bound = Float(number)
            guard bound.isFinite else { return }
            apply(
                combination == .maximum
                    ? .clip(lower: bound, upper: .infinity)
                    : .clip(lower: -.infinity, upper: bound),
                call,
                place
            )
        case .add, .subtract, .multiply, .divide:
            guard let numbers = channelNumbers(constant, for: value) else { return }
            let (ones, zeros) = (numbers.map { _ in 1.0 }, numbers.map { _ in 0.0 })
            switch combination {
            case .add: scale(call, place, ChannelAffine(scale: ones, offset: numbers))
            case .subtract where isReversed:
                scale(call, place, ChannelAffine(scale: ones.map { -$0 }, offset: numbers))
            case .subtract:
                scale(call, place, ChannelAffine(scale: ones, offset: numbers.map { -$0 }))
            case .multiply: scale(call, place, ChannelAffine(scale: numbers, offset: zeros))
            case .divide where !isReversed:
                scale(call, place, ChannelAffine(scale: numbers.map { 1 / $0 }, offset: zeros))
            default: return
            }
        }
    }

    // MARK: Of two tensors

    /// Two tensors in one order.
    mutating func pair(
        _ first: TensorPlace,
        _ second: TensorPlace
    ) -> (one: Carried, other: Carried)? {
        guard let one = whole(first), let other = whole(second) else { return nil }
        guard one.order != other.order else { return (one, other) }
        // Vectors lie the same in both; pictures go where the channels are last.
        guard let left = arranged(one, .last, forms.nodes[first.node].name),
            let right = arranged(other, .last, forms.nodes[second.node].name)
        else { return nil }
        return (left, right)
    }

    private mutating func sum(_ call: TranslationCall, _ one: Carried, _ other: Carried) {
        guard one.shape == other.shape, one.lead == other.lead, one.rest == other.rest,
            let node = append(
                Add(),
                call.node.name,
                [one.node, other.node],
                giving: one.shape
            )
        else { return }
        set(call, Carried(node: node, order: one.order, lead: one.lead, rest: one.rest))
    }

    private mutating func addAll(_ call: TranslationCall) {
        guard outcome(call) != nil, let first = call.inputs.first, var sum = whole(first) else {
            return
        }
        for place in call.inputs.dropFirst() {
            guard let next = whole(place, sum.order), next.rest == sum.rest,
                next.lead == sum.lead,
                let node = append(
                    Add(),
                    call.node.name,
                    [sum.node, next.node],
                    giving: sum.shape
                )
            else { return }
            sum.node = node
        }
        set(call, sum)
    }

    /// x times its own sigmoid.
    private mutating func swish(
        _ call: TranslationCall,
        _ place: TensorPlace,
        _ gate: TensorPlace
    ) -> Bool {
        let sigmoid = producer(gate)
        guard sigmoid.node.operation == "Sigmoid", sigmoid[0] == place else { return false }
        apply(.swish(beta: 1), call, place)
        return carried[TensorPlace(node: call.number)] != nil
    }

    /// Pictures times a number for each of their channels.
    private mutating func gate(
        _ call: TranslationCall,
        _ pictures: Carried,
        _ numbers: Carried
    ) -> Bool {
        guard numbers.shape == FeatureShape(channels: pictures.shape.channels),
            numbers.rest.count == pictures.rest.count || pictures.shape.isVector,
            pictures.lead == 1, numbers.lead == 1,
            let node = append(
                ChannelScale(),
                call.node.name,
                [pictures.node, numbers.node],
                giving: pictures.shape
            )
        else { return false }
        set(
            call,
            Carried(
                node: node,
                order: pictures.order,
                lead: pictures.lead,
                rest: pictures.rest
            )
        )
        return carried[TensorPlace(node: call.number)] != nil
    }
}
