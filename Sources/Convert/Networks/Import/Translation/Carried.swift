internal import Engine

/// How a tensor's axes lie in activations.
enum PictureOrder: Hashable, Sendable {
    /// As they are in the graph: the last one is that of channels.
    case last
    /// Four axes, of which the second is that of channels: activations have it last all the same.
    case first
}

/// A factor and a summand for each channel.
struct ChannelAffine {
    var scale: [Double]
    var offset: [Double]

    /// What changes nothing.
    static func identity(_ channels: Int) -> ChannelAffine {
        ChannelAffine(
            scale: [Double](repeating: 1, count: channels),
            offset: [Double](repeating: 0, count: channels)
        )
    }

    /// This, and then another.
    func then(_ other: ChannelAffine) -> ChannelAffine {
        ChannelAffine(
            scale: zip(scale, other.scale).map { $0 * $1 },
            offset: zip(zip(offset, other.scale), other.offset).map { $0.0 * $0.1 + $1 }
        )
    }

    var isIdentity: Bool { onlyAdds && offset.allSatisfy { $0 == 0 } }

    /// Whether the factors are all 1.
    var onlyAdds: Bool { scale.allSatisfy { $0 == 1 } }
}

/// Where a tensor of an imported graph is in the translated one.
struct Carried {
    /// The layer that gives it, but for what is still to be done to each channel.
    var node: NodeID
    var order: PictureOrder
    /// Rows of the first axis for each picture; more than one where pictures' pixels were put behind each other.
    var lead: Int
    /// The other extents, as the graph has them.
    var rest: [Int]
    /// The shape of its activations: ``shape(_:_:_:)``, or where pixels are but counted in another way, of as many.
    var shape: FeatureShape
    /// What is still to be done to each channel.
    var affine: ChannelAffine?
    /// Whether only those who read this tensor need ``node`` as it is.
    var isExclusive = true

    /// A tensor as its own shape wants its activations, or as others of its channels.
    init(
        _ node: NodeID,
        _ order: PictureOrder = .last,
        lead: Int = 1,
        rest: [Int],
        shape: FeatureShape? = nil
    ) {
        self.node = node
        self.order = order
        self.lead = lead
        self.rest = rest
        self.shape = shape ?? Self.shape(lead, rest, order)
    }

    /// The shape of activations of a tensor.
    static func shape(_ lead: Int, _ rest: [Int], _ order: PictureOrder) -> FeatureShape {
        var extents = lead == 1 ? rest : [lead] + rest
        if order == .first, extents.count == 3 { extents = [extents[1], extents[2], extents[0]] }
        let channels = extents.last ?? 1
        let width = extents.count > 1 ? extents[extents.count - 2] : 1
        let height = extents.dropLast(2).reduce(1) {
            $0.multipliedReportingOverflow(by: $1).partialValue
        }
        return FeatureShape(height: height, width: width, channels: channels)
    }

    /// Whether its activations have the tensor's own extents.
    var isPlain: Bool { shape == Self.shape(lead, rest, order) }

    /// The place of the channels among the axes of the tensor, the batch counted.
    var channelAxis: Int { order == .first ? 1 : rest.count }
}
