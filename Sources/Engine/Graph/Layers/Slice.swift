/// Some rows, columns and channels: a crop, a part of the channels, every other pixel, or what is mirrored.
package struct Slice: Layer {
    /// Places on one axis: so many, from `begin` on, `stride` apart.
    package struct Places: Hashable, Sendable {
        package let begin: Int
        package let count: Int
        /// Backwards where it is negative.
        package let stride: Int

        package init(_ begin: Int, count: Int, stride: Int = 1) {
            self.begin = begin
            self.count = count
            self.stride = stride
        }

        /// The place of each output.
        package var places: [Int] { (0..<max(count, 0)).map { begin + $0 * stride } }

        /// Whether they are all there is of an axis, in order.
        package func isWhole(of extent: Int) -> Bool {
            begin == 0 && count == extent && (stride == 1 || extent == 1)
        }

        fileprivate func fits(_ extent: Int) -> Bool {
            // What is compared first keeps the product below the square of an extent.
            guard (0..<extent).contains(begin), (1...extent).contains(count), stride != 0,
                count == 1 || (-extent...extent).contains(stride)
            else { return false }
            return count == 1 || (0..<extent).contains(begin + (count - 1) * stride)
        }
    }

    package let kind = "slice"
    /// All where it is nil.
    package let rows: Places?
    package let columns: Places?
    package let channels: Places?

    package init(rows: Places? = nil, columns: Places? = nil, channels: Places? = nil) {
        self.rows = rows
        self.columns = columns
        self.channels = channels
    }

    package var operation: Node.Operation { .slice(self) }

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape {
        let input = inputs[0]
        for (name, places, extent) in [
            ("rows", rows, input.height), ("columns", columns, input.width),
            ("channels", channels, input.channels),
        ] {
            guard let places else { continue }
            guard places.fits(extent) else {
                throw .invalidAttribute(
                    node: node,
                    name: name,
                    value: "\(places.count) from \(places.begin) by \(places.stride)",
                    expected: "some of \(extent)"
                )
            }
        }
        return FeatureShape(
            height: rows?.count ?? input.height,
            width: columns?.count ?? input.width,
            channels: channels?.count ?? input.channels
        )
    }
}
