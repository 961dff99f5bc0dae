/// Pictures behind each other, along their rows or columns.
package struct Join: Layer {
    package let kind = "join"
    /// How many there are.
    package let count: Int
    /// Whether each lies below the one before, and not beside it.
    package let joinsRows: Bool

    package init(count: Int, rows: Bool) {
        self.count = count
        joinsRows = rows
    }

    package var operation: Node.Operation { .join(self) }

    package var inputCount: Int { count }

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape {
        guard let first = inputs.first else {
            throw .invalidAttribute(
                node: node,
                name: "inputs",
                value: "\(count)",
                expected: "at least 1"
            )
        }
        var extent = 0
        for input in inputs {
            let fits = joinsRows ? input.width == first.width : input.height == first.height
            guard fits, input.channels == first.channels else {
                throw .shapesDiffer(node: node, first: first, second: input)
            }
            // Each is below what any machine holds, so that their sum is far from overflowing.
            extent += joinsRows ? input.height : input.width
        }
        return FeatureShape(
            height: joinsRows ? extent : first.height,
            width: joinsRows ? first.width : extent,
            channels: first.channels
        )
    }
}
