/// A number for each axis of a picture.
package struct Axes: Hashable, Sendable {
    package var height: Int
    package var width: Int

    package init(height: Int, width: Int) {
        self.height = height
        self.width = width
    }

    /// The same on both axes.
    package init(_ both: Int) {
        self.init(height: both, width: both)
    }

    /// The product of the two.
    package var area: Int { height * width }
}

extension Axes: CustomStringConvertible {
    /// Such as `3x3`.
    package var description: String { "\(height)x\(width)" }
}

/// Rows and columns around a picture, of each side by itself.
package struct Padding: Hashable, Sendable {
    package var top: Int
    package var bottom: Int
    package var left: Int
    package var right: Int

    package static let none = Padding(before: 0, after: 0)

    package init(top: Int, bottom: Int, left: Int, right: Int) {
        self.top = top
        self.bottom = bottom
        self.left = left
        self.right = right
    }

    /// The same on both axes.
    package init(before: Int, after: Int) {
        self.init(top: before, bottom: after, left: before, right: after)
    }

    /// All sides: top, left, bottom, right.
    package var sides: [Int] { [top, left, bottom, right] }
}

/// A window that slides over a picture: what convolutions and pools have in common.
package struct Window: Hashable, Sendable {
    /// What lies around the picture.
    package enum Border: Hashable, Sendable {
        /// As many rows and columns as ⌈extent / stride⌉ windows need, half of them before, the odd one behind.
        case same
        /// These; none of them where windows stay inside.
        case sides(Padding)
    }

    /// Rows and columns of the window's cells.
    package var size: Axes
    /// How far the window moves.
    package var stride: Axes
    /// How far its cells lie apart: 1 for neighbours.
    package var dilation: Axes
    package var border: Border

    package init(
        _ size: Axes,
        stride: Axes = Axes(1),
        dilation: Axes = Axes(1),
        border: Border = .sides(.none)
    ) {
        self.size = size
        self.stride = stride
        self.dilation = dilation
        self.border = border
    }

    /// A square window.
    package init(_ size: Int, stride: Int = 1, border: Border = .sides(.none)) {
        self.init(Axes(size), stride: Axes(stride), border: border)
    }

    /// Rows and columns from the first to the last cell.
    package var span: Axes {
        Axes(
            height: (size.height - 1) * dilation.height + 1,
            width: (size.width - 1) * dilation.width + 1
        )
    }

    /// Rows and columns around a picture.
    package func padding(of shape: FeatureShape) -> Padding {
        switch border {
        case .sides(let padding): return padding
        case .same:
            func total(_ extent: Int, _ stride: Int, _ span: Int) -> Int {
                max(((extent + stride - 1) / stride - 1) * stride + span - extent, 0)
            }
            let rows = total(shape.height, stride.height, span.height)
            let columns = total(shape.width, stride.width, span.width)
            return Padding(
                top: rows / 2,
                bottom: rows - rows / 2,
                left: columns / 2,
                right: columns - columns / 2
            )
        }
    }

    /// What attributes may be, so that no sum or product of a few of them overflows.
    private static let largest = 1 << 24

    /// How often the window fits on each axis.
    ///
    /// - Throws: ``GraphError/invalidAttribute(node:name:value:expected:)``,
    ///   ``GraphError/tooSmall(node:height:width:)``.
    package func places(on shape: FeatureShape, at node: String) throws(GraphError) -> Axes {
        for (name, axes) in [("window", size), ("stride", stride), ("dilation", dilation)] {
            for extent in [axes.height, axes.width] where !(1...Self.largest).contains(extent) {
                throw .invalidAttribute(
                    node: node,
                    name: name,
                    value: "\(axes)",
                    expected: "1...\(Self.largest) on each axis"
                )
            }
        }
        if case .sides(let padding) = border,
            !padding.sides.allSatisfy((0...Self.largest).contains)
        {
            throw .invalidAttribute(
                node: node,
                name: "padding",
                value: "\(padding.sides)",
                expected: "0...\(Self.largest) on each side"
            )
        }
        let padding = padding(of: shape)
        let rows = shape.height + padding.top + padding.bottom - span.height
        let columns = shape.width + padding.left + padding.right - span.width
        guard rows >= 0, columns >= 0, shape.area > 0 else {
            throw .tooSmall(node: node, height: shape.height, width: shape.width)
        }
        return Axes(height: rows / stride.height + 1, width: columns / stride.width + 1)
    }
}
