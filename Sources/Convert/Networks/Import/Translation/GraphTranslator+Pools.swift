internal import Engine
internal import Proto
internal import Reference

// Windows and whole pictures that become one number.
extension GraphTranslator {
    static let pools: [String: Handler] = [
        "MaxPool": { translator, call in translator.pool(call, .maximum) },
        "AvgPool": { translator, call in translator.pool(call, .average) },
        "Mean": { translator, call in translator.reduce(call, .mean) },
        "Sum": { translator, call in translator.reduce(call, .sum) },
        "Max": { translator, call in translator.reduce(call, .maximum) },
        "Min": { translator, call in translator.reduce(call, .minimum) },
    ]

    private mutating func pool(_ call: TranslationCall, _ kind: Pool.Kind) {
        guard let place = call[0], let order = Self.order(call.node),
            let (lead, rest) = outcome(call), lead == 1, rest.count == 3,
            let size = try? call.node.integers("ksize"), size.count == 4,
            let strides = try? call.node.integers("strides"), strides.count == 4,
            let padding = try? call.node.word("padding", of: ["SAME", "VALID", "EXPLICIT"])
        else { return }
        let axes = Self.axes(order)
        guard size[0] == 1, size[axes.channels] == 1, strides[0] == 1,
            strides[axes.channels] == 1
        else { return }
        var window = Window(
            Axes(height: size[axes.height], width: size[axes.width]),
            stride: Axes(height: strides[axes.height], width: strides[axes.width]),
            border: padding == "SAME" ? .same : .sides(.none)
        )
        var source = place
        var countsPadding = false
        switch padding {
        case "EXPLICIT":
            guard let sides = try? call.node.integers("explicit_paddings"), sides.count == 8 else {
                return
            }
            window.border = .sides(Self.padding(sides, axes))
        case "VALID" where kind == .average:
            // Zeros that were put around count in the mean.
            if let (before, padding) = padded(place, order), isNarrow(padding, for: window) {
                source = before
                window.border = .sides(padding)
                countsPadding = true
            }
        default: break
        }
        guard let input = whole(source, order), input.lead == 1 else { return }
        let shape = Carried.shape(1, rest, order)
        let isWhole =
            window.size == Axes(height: input.shape.height, width: input.shape.width)
            && shape.isVector && padding == "VALID" && !countsPadding
        let layer: any Layer =
            isWhole && kind == .average
            ? GlobalPool(.average) : Pool(kind, window, countsPadding: countsPadding)
        guard let node = append(layer, call.node.name, [input.node], giving: shape) else { return }
        set(call, Carried(node, order, lead: 1, rest: rest))
    }

    /// Whether every window sees a cell of the picture.
    private func isNarrow(_ padding: Padding, for window: Window) -> Bool {
        max(padding.top, padding.bottom) < window.size.height
            && max(padding.left, padding.right) < window.size.width
    }

    private mutating func reduce(_ call: TranslationCall, _ function: Reduce.Function) {
        guard let place = call[0], let (lead, rest) = outcome(call),
            let stated = integers(call[1]), let given = whole(place),
            let input = plain(given, call.node.name), lead == input.lead
        else { return }
        let rank = input.rest.count + 1
        let axes = Set(stated.map { $0 < 0 ? $0 + rank : $0 })
        guard !axes.contains(0), axes.isSubset(of: Set(0..<rank)) else { return }
        if axes.isEmpty { return set(call, input) }
        // Over pixels: all axes but the pictures' and the channels', those of one place aside.
        let pixels = Set((1..<rank).filter { $0 != input.channelAxis })
        let moving = pixels.filter { input.rest[$0 - 1] > 1 }
        let isOverPixels = input.lead == 1 && moving.isSubset(of: axes) && !moving.isEmpty
        let isOverChannels = axes.contains(input.channelAxis)
        guard isOverPixels || axes.isDisjoint(with: moving) else {
            return reduce(call, function, input, axes.map { $0 - 1 }.sorted())
        }
        var value = input
        func reduced(_ over: Reduce.Axes, _ wanted: FeatureShape) -> Bool {
            let layer: any Layer =
                function == .mean && over == .space
                ? GlobalPool(.average) : Reduce(function, over: over)
            guard let node = append(layer, call.node.name, [value.node], giving: wanted) else {
                return false
            }
            value.node = node
            value.shape = wanted
            return true
        }
        if isOverPixels {
            guard reduced(.space, FeatureShape(channels: value.shape.channels)) else { return }
        }
        if isOverChannels {
            guard reduced(.channels, value.shape.withChannels(1)) else { return }
        }
        value.isExclusive = true
        // What is left has one channel, one pixel, or all axes that it had.
        let kept = (1..<rank).map { axes.contains($0) ? 1 : input.rest[$0 - 1] }
        value.rest = kept
        guard value.isPlain else { return }
        finish(call, value, lead, rest)
    }

    /// Over some axes of many, by bringing these behind the others.
    private mutating func reduce(
        _ call: TranslationCall,
        _ function: Reduce.Function,
        _ input: Carried,
        _ gone: [Int]
    ) {
        guard input.lead == 1, let (lead, rest) = outcome(call), lead == 1,
            let value = inGraphOrder(input, call.node.name)
        else { return }
        let kept = value.rest.indices.filter { !gone.contains($0) }
        func count(_ axes: [Int]) -> Int {
            axes.reduce(1) { $0.multipliedReportingOverflow(by: value.rest[$1]).partialValue }
        }
        let shape = FeatureShape(height: 1, width: count(kept), channels: count(gone))
        let result = Carried.shape(1, rest, .last)
        guard
            let moved = reordered(
                value.node,
                value.rest,
                kept + gone,
                giving: shape,
                "\(call.node.name)/moved"
            ),
            let reduced = append(
                Reduce(function, over: .channels),
                call.node.name,
                [moved],
                giving: shape.withChannels(1)
            ),
            let node = reordered(reduced, rest, Array(rest.indices), giving: result, call.node.name)
        else { return }
        set(call, Carried(node, lead: 1, rest: rest))
    }
}
