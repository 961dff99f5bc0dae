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
    ]

    enum Reduction {
        case mean, sum, maximum
    }

    private mutating func pool(_ call: TranslationCall, _ kind: Pool.Kind) {
        guard let place = call[0], let order = Self.order(call.node),
            let (lead, rest) = outcome(call), lead == 1, rest.count == 3,
            let size = try? call.node.integers("ksize"), size.count == 4,
            let strides = try? call.node.integers("strides"), strides.count == 4,
            let padding = try? call.node.word("padding", of: ["SAME", "VALID"]),
            let input = whole(place, order), input.lead == 1
        else { return }
        let axes = Self.axes(order)
        guard size[0] == 1, size[axes.channels] == 1, strides[0] == 1,
            strides[axes.channels] == 1
        else { return }
        let window = Window(
            Axes(height: size[axes.height], width: size[axes.width]),
            stride: Axes(height: strides[axes.height], width: strides[axes.width]),
            border: padding == "SAME" ? .same : .sides(.none)
        )
        let shape = Carried.shape(1, rest, order)
        let isWhole =
            window.size == Axes(height: input.shape.height, width: input.shape.width)
            && shape.isVector && padding == "VALID"
        let layer: any Layer =
            isWhole && kind == .average ? GlobalPool(.average) : Pool(kind, window)
        guard let node = append(layer, call.node.name, [input.node], giving: shape) else { return }
        set(call, Carried(node: node, order: order, lead: 1, rest: rest))
    }

    private mutating func reduce(_ call: TranslationCall, _ reduction: Reduction) {
        guard let place = call[0], let (lead, rest) = outcome(call), lead == 1,
            let stated = integers(call[1]), let input = whole(place), input.lead == 1
        else { return }
        let rank = input.rest.count + 1
        let axes = Set(stated.map { $0 < 0 ? $0 + rank : $0 })
        // Over pixels: all axes but the pictures' and the channels'.
        let pixels = Set((1..<max(rank, 1)).filter { $0 != input.channelAxis })
        let moving = pixels.filter { input.rest[$0 - 1] > 1 }
        guard !pixels.isEmpty, axes.isSubset(of: pixels), moving.isSubset(of: axes) else { return }
        let result = FeatureShape(channels: input.shape.channels)
        // In either order what is left is a vector.
        var value = Carried(
            node: input.node,
            order: rest.count == 3 ? input.order : .last,
            lead: 1,
            rest: rest
        )
        guard value.shape == result else { return }
        let layer: any Layer =
            reduction == .maximum
            ? Pool(
                .maximum,
                Window(Axes(height: input.shape.height, width: input.shape.width))
            ) : GlobalPool(.average)
        guard let node = append(layer, call.node.name, [input.node], giving: result) else { return }
        value.node = node
        if reduction == .sum {
            let channels = result.channels
            value.affine = ChannelAffine(
                scale: [Double](repeating: Double(input.shape.area), count: channels),
                offset: [Double](repeating: 0, count: channels)
            )
        }
        set(call, value)
    }
}
