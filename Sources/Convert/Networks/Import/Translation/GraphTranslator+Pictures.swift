internal import Engine
internal import Proto
internal import Reference

// What looks at the channels of each pixel together, and what changes the number of pixels.
extension GraphTranslator {
    static let pictures: [String: Handler] = [
        "Softmax": { translator, call in translator.ofPixels(call, Softmax()) },
        "LogSoftmax": { translator, call in
            translator.ofPixels(call, Softmax(isLogarithm: true))
        },
        "LRN": { translator, call in
            guard let radius = try? call.node.integer("depth_radius", default: 5),
                let bias = try? call.node.float("bias", default: 1),
                let alpha = try? call.node.float("alpha", default: 1),
                let beta = try? call.node.float("beta", default: 0.5)
            else { return }
            translator.overChannels(
                call,
                LocalResponseNorm(radius: radius, bias: bias, alpha: alpha, beta: beta)
            )
        },
        "ResizeBilinear": { translator, call in translator.resize(call, .bilinear) },
        "ResizeNearestNeighbor": { translator, call in translator.resize(call, .nearest) },
        "SpaceToDepth": { translator, call in
            guard order(call.node) == .last,
                let side = try? call.node.integer("block_size")
            else { return }
            translator.overChannels(call, SpaceToDepth(side: side))
        },
        "DepthToSpace": { translator, call in
            guard order(call.node) == .last,
                let side = try? call.node.integer("block_size")
            else { return }
            translator.overChannels(call, DepthToSpace(side: side))
        },
    ]

    /// Lets an output be what a layer makes of a tensor whose last axis is that of channels.
    private mutating func overChannels(_ call: TranslationCall, _ layer: any Layer) {
        guard let place = call[0], let (lead, rest) = outcome(call),
            let input = whole(place, .last),
            let node = append(
                layer,
                call.node.name,
                [input.node],
                giving: Carried.shape(lead, rest, .last)
            )
        else { return }
        set(call, Carried(node, lead: lead, rest: rest))
    }

    /// Lets an output be what a layer makes of the channels of each pixel, however pixels are counted.
    private mutating func ofPixels(_ call: TranslationCall, _ layer: any Layer) {
        guard let place = call[0], let (lead, rest) = outcome(call), let given = whole(place),
            let input = inGraphOrder(given, call.node.name),
            input.shape.channels == (rest.last ?? 1),
            let node = append(layer, call.node.name, [input.node], giving: input.shape)
        else { return }
        set(call, Carried(node, lead: lead, rest: rest, shape: input.shape))
    }

    private mutating func resize(_ call: TranslationCall, _ function: Resize.Function) {
        guard let aligns = try? call.node.bool("align_corners", default: false),
            let centers = try? call.node.bool("half_pixel_centers", default: false),
            !(aligns && centers), let (lead, rest) = outcome(call), lead == 1, rest.count == 3
        else { return }
        overChannels(
            call,
            Resize(
                function,
                aligns ? .alignCorners : centers ? .halfPixelCenters : .legacy,
                height: rest[0],
                width: rest[1]
            )
        )
    }
}
