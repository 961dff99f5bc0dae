/// Rows, columns and channels around a picture.
package struct Pad: Layer {
    /// What lies there.
    package enum Mode: Hashable, Sendable {
        /// One value.
        case constant(Float)
        /// The picture mirrored in its edge, which is not repeated.
        case reflect
        /// The picture mirrored with its edge.
        case symmetric
    }

    package let kind = "pad"
    package let padding: Padding
    /// Channels in front; with a constant only.
    package let channelsBefore: Int
    /// Channels behind; with a constant only.
    package let channelsAfter: Int
    package let mode: Mode

    package init(
        _ padding: Padding,
        channelsBefore: Int = 0,
        channelsAfter: Int = 0,
        mode: Mode = .constant(0)
    ) {
        self.padding = padding
        self.channelsBefore = channelsBefore
        self.channelsAfter = channelsAfter
        self.mode = mode
    }

    package var operation: Node.Operation { .pad(self) }

    /// How far it may go, so that no sum overflows.
    private static let largest = 1 << 24

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape {
        let input = inputs[0]
        let sides = padding.sides + [channelsBefore, channelsAfter]
        func require(_ holds: Bool, _ expected: String) throws(GraphError) {
            guard holds else {
                throw .invalidAttribute(
                    node: node,
                    name: "padding",
                    value: "\(sides)",
                    expected: expected
                )
            }
        }
        try require(
            sides.allSatisfy((0...Self.largest).contains),
            "0...\(Self.largest) on each side"
        )
        let rows = max(padding.top, padding.bottom)
        let columns = max(padding.left, padding.right)
        switch mode {
        case .constant: break
        case .reflect, .symmetric:
            try require(
                channelsBefore == 0 && channelsAfter == 0,
                "of rows and columns only, where the picture is mirrored"
            )
            let edge = mode == .reflect ? 1 : 0
            try require(
                rows <= input.height - edge && columns <= input.width - edge,
                "no more than there is of \(input) to be mirrored"
            )
        }
        return FeatureShape(
            height: input.height + padding.top + padding.bottom,
            width: input.width + padding.left + padding.right,
            channels: input.channels + channelsBefore + channelsAfter
        )
    }
}
