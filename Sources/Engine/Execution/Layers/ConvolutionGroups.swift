/// The groups in which a convolution is computed, so that the library has a fast implementation.
///
/// The library is fast at groups of whole blocks of channels, and at depthwise convolutions of one kernel a channel. Others
/// become such: groups are computed together, with zeros where an output has nothing to do with an input, and channels
/// that have several kernels each are repeated.
struct ConvolutionGroups {
    /// How many there are; of depthwise convolutions as many as stored channels.
    let count: Int
    /// How many of the layer's are computed together.
    let merged: Int
    /// How often each input channel is repeated.
    let repeats: Int
    let isDepthwise: Bool
    /// Whether channels that fill up blocks count.
    ///
    /// Of several groups, they would belong to groups of their own.
    let isPadded: Bool

    /// Values that a kernel with zeros may have; beyond it the memory is not worth it.
    private static let largestCount = 1 << 26

    init(_ layer: Convolution) {
        let (groups, block) = (layer.groups, Processor.blockSize)
        let (ins, outs) = (layer.inputChannels / groups, layer.outputChannels / groups)
        func make(_ count: Int, merged: Int = 1, repeats: Int = 1, isDepthwise: Bool = false)
            -> ConvolutionGroups
        {
            ConvolutionGroups(
                count: count,
                merged: merged,
                repeats: repeats,
                isDepthwise: isDepthwise,
                isPadded: isDepthwise || count == 1
            )
        }
        guard groups > 1 else {
            self = make(1)
            return
        }
        guard ins > 1 else {
            self = make(layer.outputChannels, repeats: outs, isDepthwise: true)
            return
        }
        let fitting = (1...block).first { merged in
            groups.isMultiple(of: merged) && (ins * merged).isMultiple(of: block)
                && (outs * merged).isMultiple(of: block)
        }
        let merged = fitting ?? groups
        let kernel = Planner.product(
            layer.window.size.area,
            ins,
            merged,
            layer.outputChannels
        )
        self = kernel <= Self.largestCount ? make(groups / merged, merged: merged) : make(groups)
    }

    private init(count: Int, merged: Int, repeats: Int, isDepthwise: Bool, isPadded: Bool) {
        self.count = count
        self.merged = merged
        self.repeats = repeats
        self.isDepthwise = isDepthwise
        self.isPadded = isPadded
    }
}

extension Planner {
    /// Activations of which each channel is there so many times, side by side.
    func repeated(_ input: Activation, _ count: Int, for node: Node) -> Activation {
        let result = makeActivation(
            input.shape.withChannels(input.shape.channels * count),
            .blocked,
            input.type
        )
        let map = (0..<result.shape.channels).map {
            ChannelPlace(source: 0, channel: $0 / count)
        }
        appendChannels(node, map, of: [input], to: result)
        return result
    }
}
