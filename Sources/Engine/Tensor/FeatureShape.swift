/// The shape of one picture's activations: `[height, width, channel]`.
///
/// The batch is no part of a model; it is chosen when a graph is planned.
public struct FeatureShape: Hashable, Sendable {
    /// Rows.
    public var height: Int
    /// Columns.
    public var width: Int
    /// Channels.
    public var channels: Int

    /// A shape of `height` rows, `width` columns and `channels` channels.
    public init(height: Int, width: Int, channels: Int) {
        self.height = height
        self.width = width
        self.channels = channels
    }

    /// A vector: one row, one column.
    package init(channels: Int) {
        self.init(height: 1, width: 1, channels: channels)
    }

    /// Rows times columns.
    package var area: Int { height * width }

    /// Elements of one picture.
    package var count: Int { area * channels }

    /// Whether there is but one pixel.
    package var isVector: Bool { height == 1 && width == 1 }

    /// The same rows and columns with other channels.
    package func withChannels(_ channels: Int) -> FeatureShape {
        FeatureShape(height: height, width: width, channels: channels)
    }
}

extension FeatureShape: CustomStringConvertible {
    /// Such as `56x56x256`.
    public var description: String { "\(height)x\(width)x\(channels)" }
}
