/// A picture with other numbers of rows and columns.
package struct Resize: Layer {
    package enum Function: Hashable, Sendable, CaseIterable {
        /// The value of one pixel.
        case nearest
        /// A mean of four pixels, weighed by how near they are.
        case bilinear
    }

    /// Which place of the picture an output stands for, on each axis.
    package enum Convention: Hashable, Sendable, CaseIterable {
        /// The place that has the output's share of the extent: the first pixels coincide.
        case legacy
        /// The first and the last pixels coincide.
        case alignCorners
        /// The pictures' edges coincide; a pixel's value lies at its centre.
        case halfPixelCenters
    }

    package let function: Function
    package let convention: Convention
    package let height: Int
    package let width: Int

    package init(_ function: Function, _ convention: Convention, height: Int, width: Int) {
        self.function = function
        self.convention = convention
        self.height = height
        self.width = width
    }

    package var kind: String {
        switch function {
        case .nearest: "nearest resize"
        case .bilinear: "bilinear resize"
        }
    }

    package var operation: Node.Operation { .resize(self) }

    /// The largest extent; beyond it float32 could not tell its places apart.
    private static let largest = 1 << 24

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape {
        let range = 1...Self.largest
        guard range.contains(height), range.contains(width) else {
            throw .invalidAttribute(
                node: node,
                name: "size",
                value: "\(height)x\(width)",
                expected: "1...\(Self.largest) on each axis"
            )
        }
        guard range.contains(inputs[0].height), range.contains(inputs[0].width) else {
            throw .wrongInput(
                node: node,
                found: inputs[0],
                expected: "1...\(Self.largest) rows and columns"
            )
        }
        return FeatureShape(height: height, width: width, channels: inputs[0].channels)
    }
}
