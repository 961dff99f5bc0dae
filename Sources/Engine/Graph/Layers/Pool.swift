/// A maximum or a mean over small windows.
///
/// The maximum sees real cells only; so does the mean, unless what lies around the picture counts as zeros.
package struct Pool: Layer {
    package enum Kind: Hashable, Sendable {
        case maximum
        case average
    }

    package let kind = "pool"
    package let function: Kind
    package let window: Window
    /// Whether cells outside count in the mean, as zeros.
    package let countsPadding: Bool

    package init(_ function: Kind, _ window: Window, countsPadding: Bool = false) {
        self.function = function
        self.window = window
        self.countsPadding = countsPadding
    }

    package var operation: Node.Operation { .pool(self) }

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape {
        let places = try window.places(on: inputs[0], at: node)
        func require(
            _ holds: Bool,
            _ name: String,
            _ value: String,
            _ expected: String
        ) throws(GraphError) {
            guard holds else {
                throw .invalidAttribute(node: node, name: name, value: value, expected: expected)
            }
        }
        try require(window.dilation == Axes(1), "dilation", "\(window.dilation)", "\(Axes(1))")
        let padding = window.padding(of: inputs[0])
        // A window beside the picture would have no cell to look at.
        try require(
            max(padding.top, padding.bottom) < window.size.height
                && max(padding.left, padding.right) < window.size.width,
            "padding",
            "\(padding.sides)",
            "less than the window, \(window.size)"
        )
        return FeatureShape(
            height: places.height,
            width: places.width,
            channels: inputs[0].channels
        )
    }
}
