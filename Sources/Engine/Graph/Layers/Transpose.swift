/// Activations with their axes in another order.
///
/// What comes in is taken for values of some extents, row by row, pixel by pixel, channel by channel; the output's axis `i` is
/// axis `axes[i]` of these, and its values are activations of the output's shape. The batch stays in front.
package struct Transpose: Layer {
    package let kind = "transpose"
    package let extents: [Int]
    package let axes: [Int]
    package let shape: FeatureShape

    package init(_ extents: [Int], _ axes: [Int], to shape: FeatureShape) {
        self.extents = extents
        self.axes = axes
        self.shape = shape
    }

    package var operation: Node.Operation { .transpose(self) }

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape {
        guard axes.sorted() == Array(extents.indices), extents.count <= 32,
            Self.count(extents) == inputs[0].count
        else {
            throw .invalidAttribute(
                node: node,
                name: "axes",
                value: "\(axes) of \(extents)",
                expected: "an order of the axes of \(inputs[0].count) values"
            )
        }
        return try Reshape(to: shape).outputShape(for: inputs, at: node)
    }

    private static func count(_ extents: [Int]) -> Int? {
        var count = 1
        for extent in extents {
            let (product, overflow) = count.multipliedReportingOverflow(by: extent)
            guard extent > 0, !overflow else { return nil }
            count = product
        }
        return count
    }

    /// The same order of fewer axes: those of one place are left out, those that stay side by side are one.
    package var merged: (extents: [Int], axes: [Int]) {
        let order = axes.filter { extents[$0] != 1 }
        // Runs of axes that follow each other before and behind.
        var runs: [[Int]] = []
        let kept = order.sorted()
        for axis in order {
            if let last = runs.last?.last, let place = kept.firstIndex(of: axis), place > 0,
                kept[place - 1] == last
            {
                runs[runs.count - 1].append(axis)
            } else {
                runs.append([axis])
            }
        }
        let sorted = runs.sorted { $0[0] < $1[0] }
        return (
            sorted.map { $0.reduce(1) { $0 * extents[$1] } },
            runs.map { run in sorted.firstIndex { $0[0] == run[0] } ?? 0 }
        )
    }
}
