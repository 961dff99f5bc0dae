internal import Engine
internal import Proto
internal import Reference

// Tensors behind each other, and parts of them.
extension GraphTranslator {
    static let joining: [String: Handler] = [
        "ConcatV2": { translator, call in
            translator.concat(call, Array(call.inputs.dropLast()), call.inputs.last)
        },
        "Concat": { translator, call in
            translator.concat(call, Array(call.inputs.dropFirst()), call.inputs.first)
        },
        "Split": { translator, call in
            guard let axis = translator.integers(call[0])?.first, let place = call[1] else {
                return
            }
            translator.split(call, place, axis, drops: false)
        },
        "SplitV": { translator, call in
            guard let axis = translator.integers(call[2])?.first, let place = call[0] else {
                return
            }
            translator.split(call, place, axis, drops: false)
        },
        "Unpack": { translator, call in
            guard let axis = try? call.node.integer("axis", default: 0), let place = call[0] else {
                return
            }
            translator.split(call, place, axis, drops: true)
        },
        "Slice": { translator, call in translator.slice(call) },
        "StridedSlice": { translator, call in translator.stridedSlice(call) },
        "Pad": { translator, call in translator.pad(call, .constant(0)) },
        "PadV2": { translator, call in
            guard let value = translator.number(call[2]) else { return }
            translator.pad(call, .constant(Float(value)))
        },
        "MirrorPad": { translator, call in
            switch try? call.node.text("mode") {
            case "REFLECT": translator.pad(call, .reflect)
            case "SYMMETRIC": translator.pad(call, .symmetric)
            default: return
            }
        },
    ]

    /// The axis of activations, rows, columns or channels by number, that an axis of a tensor is.
    static func activationAxis(_ axis: Int, _ value: Carried) -> Int? {
        guard value.lead == 1, (1...3).contains(value.rest.count),
            (1...value.rest.count).contains(axis)
        else { return nil }
        return value.order == .first ? [2, 0, 1][axis - 1] : 3 - value.rest.count + axis - 1
    }

    // MARK: Concat

    private mutating func concat(
        _ call: TranslationCall,
        _ places: [TensorPlace],
        _ axisPlace: TensorPlace?
    ) {
        guard let stated = integers(axisPlace)?.first, let (lead, rest) = outcome(call) else {
            return
        }
        let axis = stated < 0 ? stated + rest.count + 1 : stated
        if let plan = groupedLayer(places, axis) {
            set(call, grouped(plan, call))
            if carried[TensorPlace(node: call.number)] != nil { return }
        }
        var inputs: [Carried] = []
        let order = places.compactMap { carried[$0]?.order }.first ?? .last
        for place in places {
            let isConstant = forms[place]?.isConstant == true
            let found =
                isConstant
                ? constantValue(
                    place,
                    beside: Array(forms[place]?.shapes[0].dropFirst() ?? []),
                    order,
                    call.node.name
                ) : whole(place, order)
            guard let input = found else { return }
            inputs.append(input)
        }
        guard let first = inputs.first, lead == first.lead,
            inputs.allSatisfy({ $0.lead == lead && $0.rest.count == rest.count })
        else { return }
        if inputs.count == 1 { return set(call, first) }
        let shape = Carried.shape(lead, rest, first.order)
        let layer: any Layer
        if axis == first.channelAxis {
            layer = Concat(count: inputs.count)
        } else {
            guard let place = Self.activationAxis(axis, first), place < 2 else { return }
            for index in inputs.indices {
                guard let input = plain(inputs[index], call.node.name) else { return }
                inputs[index] = input
            }
            layer = Join(count: inputs.count, rows: place == 0)
        }
        guard
            let node = append(
                layer,
                call.node.name,
                inputs.map(\.node),
                giving: shape
            )
        else { return }
        set(call, Carried(node, first.order, lead: lead, rest: rest))
    }

    /// Convolutions of the shares of one tensor's channels, put together again: one in groups.
    private func groupedLayer(
        _ places: [TensorPlace],
        _ axis: Int
    ) -> (plan: ConvolutionPlan, bias: [Double]?)? {
        guard places.count > 1 else { return nil }
        var plans: [ConvolutionPlan] = []
        var biases: [[Double]] = []
        for place in places {
            var call = producer(place)
            if call.node.operation == "BiasAdd" || call.node.operation == "Add"
                || call.node.operation == "AddV2"
            {
                guard uses[place] == 1, let source = call[0], let second = call[1],
                    let bias = vector(second)
                else { return nil }
                biases.append(bias)
                call = producer(source)
            }
            guard call.node.operation == "Conv2D", let plan = convolutionLayer(call),
                plan.groups == 1
            else { return nil }
            plans.append(plan)
        }
        let first = plans[0]
        let split = producer(first.source)
        guard ["Split", "SplitV"].contains(split.node.operation),
            biases.isEmpty || biases.count == places.count
        else { return nil }
        let isVariable = split.node.operation == "SplitV"
        guard let source = split[isVariable ? 0 : 1],
            let stated = integers(split[isVariable ? 2 : 0])?.first
        else { return nil }
        let channels = Self.axes(first.order).channels
        guard (stated < 0 ? stated + 4 : stated) == channels, axis == channels,
            forms.forms[split.number].count == places.count
        else { return nil }
        for (number, plan) in plans.enumerated() {
            guard plan.source == TensorPlace(node: split.number, output: number),
                plan.window == first.window, plan.order == first.order,
                plan.kernel.shape == first.kernel.shape
            else { return nil }
        }
        // The outputs of each group beside each other.
        let (shape, width) = (first.kernel.shape, first.kernel.shape[3])
        var values: [Float] = []
        let kernels = plans.map(\.kernel.values)
        let rows = shape.dropLast().reduce(1, *)
        values.reserveCapacity(rows * width * plans.count)
        for row in 0..<rows {
            for kernel in kernels { values += kernel[(row * width)..<((row + 1) * width)] }
        }
        var plan = first
        plan.source = source
        plan.groups = plans.count
        plan.kernel = WeightTensor(
            shape: Array(shape.dropLast()) + [width * plans.count],
            values: values
        )
        return (plan, biases.isEmpty ? nil : biases.flatMap { $0 })
    }

    private mutating func grouped(
        _ grouped: (plan: ConvolutionPlan, bias: [Double]?),
        _ call: TranslationCall
    ) -> Carried? {
        guard var value = convolved(grouped.plan, call) else { return nil }
        if let bias = grouped.bias, bias.count == value.shape.channels {
            value.affine = ChannelAffine(scale: bias.map { _ in 1 }, offset: bias)
        }
        return value
    }

    // MARK: Parts

    private mutating func split(
        _ call: TranslationCall,
        _ place: TensorPlace,
        _ stated: Int,
        drops: Bool
    ) {
        guard let value = carried[place] else {
            guard drops, stated == 0 else { return }
            for output in forms.forms[call.number].indices
            where uses[TensorPlace(node: call.number, output: output)] != nil {
                take(call, output: output, output, ofFirst: place)
            }
            return
        }
        let axis = stated < 0 ? stated + value.rest.count + 1 : stated
        guard let target = Self.activationAxis(axis, value) else { return }
        var start = 0
        for output in forms.forms[call.number].indices {
            guard let (lead, rest) = outcome(call, output: output) else { return }
            let count = drops ? 1 : rest[axis - 1]
            defer { start += count }
            guard uses[TensorPlace(node: call.number, output: output)] != nil else { continue }
            var places: [Slice.Places?] = [nil, nil, nil]
            places[target] = Slice.Places(start, count: count)
            part(call, output: output, of: place, places, lead, rest)
        }
    }

    /// Lets an output be some places of a tensor.
    mutating func part(
        _ call: TranslationCall,
        output: Int = 0,
        of place: TensorPlace,
        _ places: [Slice.Places?],
        _ lead: Int,
        _ rest: [Int]
    ) {
        guard let given = whole(place), let input = plain(given, call.node.name),
            input.lead == 1, lead == 1
        else { return }
        let shape = input.shape
        let extents = [shape.height, shape.width, shape.channels]
        let needed = zip(places, extents).map { places, extent in
            places.flatMap { $0.isWhole(of: extent) ? nil : $0 }
        }
        let counts = zip(needed, extents).map { $0?.count ?? $1 }
        let result = FeatureShape(height: counts[0], width: counts[1], channels: counts[2])
        var node = input.node
        if needed.contains(where: { $0 != nil }) {
            guard
                let sliced = append(
                    Slice(rows: needed[0], columns: needed[1], channels: needed[2]),
                    call.node.name,
                    [input.node],
                    giving: result
                )
            else { return }
            node = sliced
        }
        var value = input
        value.node = node
        value.shape = result
        value.rest =
            input.order == .first
            ? [counts[2], counts[0], counts[1]] : Array(counts.suffix(input.rest.count))
        finish(call, output: output, value, lead, rest)
    }

    private mutating func slice(_ call: TranslationCall) {
        guard let place = call[0], let begin = integers(call[1]), let (lead, rest) = outcome(call),
            let value = carried[place], begin.count == value.rest.count + 1, begin[0] == 0,
            lead == 1, rest.count == value.rest.count
        else { return }
        var places: [Slice.Places?] = [nil, nil, nil]
        for axis in 1...max(rest.count, 1) where axis <= rest.count {
            guard let target = Self.activationAxis(axis, value) else { return }
            places[target] = Slice.Places(begin[axis], count: rest[axis - 1])
        }
        part(call, of: place, places, lead, rest)
    }

    private mutating func stridedSlice(_ call: TranslationCall) {
        if let place = call[0], carried[place] == nil, let begin = integers(call[1]),
            begin.count == 1, begin[0] >= 0,
            (try? call.node.integer("shrink_axis_mask", default: 0)) == 1
        {
            take(call, begin[0], ofFirst: place)
            return
        }
        guard let place = call[0], let (lead, rest) = outcome(call), lead == 1,
            let value = carried[place], let begin = integers(call[1]),
            let steps = integers(call[3]), begin.count == steps.count, begin.count < 32,
            let endPlace = call[2], let ends = forms[endPlace]?.affine(forms.samples),
            ends.count == begin.count
        else { return }
        func mask(_ name: String) -> Int { (try? call.node.integer(name, default: 0)) ?? 0 }
        let (beginMask, endMask) = (mask("begin_mask"), mask("end_mask"))
        let (ellipsisMask, newMask) = (mask("ellipsis_mask"), mask("new_axis_mask"))
        let shrinkMask = mask("shrink_axis_mask")
        let ellipsis = steps.indices.first { ellipsisMask >> $0 & 1 == 1 }
        func isNew(_ entry: Int) -> Bool { entry != ellipsis && newMask >> entry & 1 == 1 }
        let taken = steps.indices.filter { $0 != ellipsis && !isNew($0) }.count
        let rank = value.rest.count + 1
        guard taken <= rank else { return }
        var places: [Slice.Places?] = [nil, nil, nil]
        var axis = 0
        for entry in steps.indices {
            if entry == ellipsis {
                axis += rank - taken
                continue
            }
            if isNew(entry) { continue }
            defer { axis += 1 }
            let (opens, closes) = (beginMask >> entry & 1 == 1, endMask >> entry & 1 == 1)
            let shrinks = shrinkMask >> entry & 1 == 1
            guard axis > 0 else {
                // All pictures, or nothing.
                let end = ends[entry]
                let isOpen = end.each == 0 && end.fixed >= Int(Int32.max)
                let isOne = batch == .single && end == (1, 0)
                guard steps[entry] == 1, !shrinks, opens || begin[entry] == 0,
                    closes || end == (0, 1) || isOpen || isOne
                else { return }
                continue
            }
            guard let target = Self.activationAxis(axis, value), ends[entry].each == 0,
                let range = Self.range(
                    begin[entry],
                    ends[entry].fixed,
                    steps[entry],
                    extent: value.rest[axis - 1],
                    opens: opens,
                    closes: closes,
                    shrinks: shrinks
                )
            else { return }
            places[target] = range
        }
        part(call, of: place, places, lead, rest)
    }

    /// The places that one entry of a slice means.
    private static func range(
        _ begin: Int,
        _ end: Int,
        _ step: Int,
        extent: Int,
        opens: Bool,
        closes: Bool,
        shrinks: Bool
    ) -> Slice.Places? {
        let limit = -(1 << 40)...(1 << 40)
        guard step != 0, limit.contains(step), limit.contains(begin), limit.contains(end) else {
            return nil
        }
        func place(_ number: Int) -> Int { number < 0 ? number + extent : number }
        if shrinks {
            let index = place(begin)
            return (0..<extent).contains(index) ? Slice.Places(index, count: 1) : nil
        }
        let room = step > 0 ? 0...extent : -1...(extent - 1)
        func clamped(_ number: Int) -> Int {
            min(max(place(number), room.lowerBound), room.upperBound)
        }
        let first = opens ? (step > 0 ? 0 : extent - 1) : clamped(begin)
        let last = closes ? (step > 0 ? extent : -1) : clamped(end)
        let span = step > 0 ? last - first : first - last
        guard span > 0 else { return nil }
        let count = (span - 1) / abs(step) + 1
        return Slice.Places(first, count: count, stride: count == 1 ? 1 : step)
    }

    // MARK: Borders

    private mutating func pad(_ call: TranslationCall, _ mode: Pad.Mode) {
        guard let place = call[0], let sides = integers(call[1]), let (lead, rest) = outcome(call),
            let given = whole(place), let input = plain(given, call.node.name),
            input.lead == 1, lead == 1, sides.count == 2 * (rest.count + 1),
            sides[0] == 0, sides[1] == 0
        else { return }
        var borders = [(0, 0), (0, 0), (0, 0)]
        for axis in 1...max(rest.count, 1) where axis <= rest.count {
            guard let target = Self.activationAxis(axis, input) else { return }
            borders[target] = (sides[2 * axis], sides[2 * axis + 1])
        }
        let layer = Pad(
            Padding(
                top: borders[0].0,
                bottom: borders[0].1,
                left: borders[1].0,
                right: borders[1].1
            ),
            channelsBefore: borders[2].0,
            channelsAfter: borders[2].1,
            mode: mode
        )
        guard
            let node = append(
                layer,
                call.node.name,
                [input.node],
                giving: Carried.shape(1, rest, input.order)
            )
        else { return }
        set(call, Carried(node, input.order, lead: 1, rest: rest))
    }
}
