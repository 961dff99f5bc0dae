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
        "SquaredDifference": { translator, call in translator.combine(call, .squaredDifference) },
        "Pow": { translator, call in
            guard let place = call[0] else { return }
            guard let exponent = translator.number(call[1]) else {
                translator.combine(call, .power)
                return
            }
            switch exponent {
            case 2: translator.apply(.square, call, place)
            case 0.5: translator.apply(.sqrt, call, place)
            case 1: translator.pass(call)
            default: translator.apply(.power(exponent: Float(exponent)), call, place)
            }
        },
        "AddN": { translator, call in translator.addAll(call) },
    ]

    private mutating func combine(_ call: TranslationCall, _ combination: Binary.Function) {
        if combination == .multiply, productPattern(call) { return }
        if combination == .add, layerNormPattern(call) { return }
        guard let first = call[0], let second = call[1], let (lead, rest) = outcome(call) else {
            return
        }
        if forms[second]?.isConstant == true {
            withConstant(call, combination, first, second, isReversed: false)
        } else if forms[first]?.isConstant == true {
            withConstant(call, combination, second, first, isReversed: true)
        }
        if carried[TensorPlace(node: call.number)] != nil { return }
        // A constant that has not one number for each channel is activations too.
        let order = (carried[first] ?? carried[second])?.order ?? .last
        func operand(_ place: TensorPlace, _ translator: inout GraphTranslator) -> Carried? {
            translator.forms[place]?.isConstant == true
                ? translator.constantValue(place, beside: rest, order, call.node.name)
                : translator.whole(place)
        }
        guard let left = operand(first, &self), let right = operand(second, &self),
            let (one, other) = pair(left, right, call.node.name)
        else { return }
        if combination == .add, sum(call, one, other) { return }
        if combination == .multiply, gate(call, one, other) || gate(call, other, one) { return }
        guard one.lead == lead, other.lead == lead, one.rest.count == rest.count,
            other.rest.count == rest.count
        else { return }
        // Of one shape under other names, or as both are.
        let isSame = one.rest == other.rest && one.shape == other.shape
        let shape = isSame ? one.shape : Carried.shape(lead, rest, one.order)
        guard isSame || one.isPlain && other.isPlain,
            let node = append(
                Binary(combination),
                call.node.name,
                [one.node, other.node],
                giving: shape
            )
        else { return }
        set(call, Carried(node, one.order, lead: lead, rest: rest, shape: shape))
    }

    // MARK: With constants

    private mutating func withConstant(
        _ call: TranslationCall,
        _ combination: Binary.Function,
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
            case .divide:
                // A number over a tensor.
                apply(.reciprocal, call, place)
                let output = TensorPlace(node: call.number)
                guard var result = carried[output] else { return }
                result.affine = ChannelAffine(scale: numbers, offset: zeros)
                replace(output, by: result)
            default: return
            }
        case .squaredDifference:
            guard let numbers = channelNumbers(constant, for: value) else { return }
            let ones = numbers.map { _ in 1.0 }
            let affine = ChannelAffine(scale: ones, offset: numbers.map { -$0 })
            guard let moved = scaled(place, by: affine),
                let shifted = materialised(moved, "\(call.node.name)/difference")
            else { return }
            apply(.square, call, shifted)
        case .power: return
        }
    }

    // MARK: Of two tensors

    /// Two tensors in one order, and with activations of their own extents unless they have the same others.
    mutating func pair(
        _ first: TensorPlace,
        _ second: TensorPlace,
        _ name: String
    ) -> (one: Carried, other: Carried)? {
        guard let one = whole(first), let other = whole(second) else { return nil }
        return pair(one, other, name)
    }

    private mutating func pair(
        _ one: Carried,
        _ other: Carried,
        _ name: String
    ) -> (one: Carried, other: Carried)? {
        if one.order == other.order, one.rest == other.rest, one.shape == other.shape {
            return (one, other)
        }
        guard let left = plain(one, name), let right = plain(other, name) else { return nil }
        guard left.order != right.order else { return (left, right) }
        // Vectors lie the same in both; pictures go where the channels are last.
        guard let turned = arranged(left, .last, name), let same = arranged(right, .last, name)
        else { return nil }
        return (turned, same)
    }

    private mutating func sum(
        _ call: TranslationCall,
        _ one: Carried,
        _ other: Carried
    ) -> Bool {
        guard one.shape == other.shape, one.lead == other.lead, one.rest == other.rest,
            let node = append(
                Add(),
                call.node.name,
                [one.node, other.node],
                giving: one.shape
            )
        else { return false }
        set(call, Carried(node, one.order, lead: one.lead, rest: one.rest, shape: one.shape))
        return carried[TensorPlace(node: call.number)] != nil
    }

    private mutating func addAll(_ call: TranslationCall) {
        guard outcome(call) != nil, let first = call.inputs.first, let given = whole(first),
            var sum = plain(given, call.node.name)
        else { return }
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
            sum.isExclusive = true
        }
        set(call, sum)
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
            Carried(node, pictures.order, lead: pictures.lead, rest: pictures.rest)
        )
        return carried[TensorPlace(node: call.number)] != nil
    }
}
