/// Pictures put together of others pixel by pixel, as a transposed convolution ends: what its window adds to a pixel hangs on the
/// pixel's place between two strides, its phase, and the pixels of each phase are a convolution of their own.
///
/// Output `[batch, height, width, channels]`; pixel (y, x) belongs to phase (y % stride, x % stride) and comes from pixel
/// (y / stride, x / stride) of the phase. Input `i` holds the pixels of `counts[i]` phases, `[batch, …, …, counts[i] * channels]`:
/// of each of the groups of channels those of its first phase, of the second, and so on.
package struct Interleave: Layer, Rectifiable {
    /// Where the pixels of a phase are.
    package struct Phase: Hashable, Sendable {
        /// In which input.
        package let input: Int
        /// Which of the phases there.
        package let place: Int
        /// The input's pixel that is the first one.
        package let row: Int
        package let column: Int

        package init(input: Int, place: Int, row: Int, column: Int) {
            self.input = input
            self.place = place
            self.row = row
            self.column = column
        }
    }

    package let kind = "interleave"
    package let stride: Axes
    /// Row by row; of those that are nil all pixels are zero.
    package let phases: [Phase?]
    /// Phases in each input.
    package let counts: [Int]
    package let groups: Int
    package let shape: FeatureShape
    package var isRectified = false

    package init(
        _ stride: Axes,
        _ phases: [Phase?],
        counts: [Int],
        groups: Int = 1,
        to shape: FeatureShape
    ) {
        self.stride = stride
        self.phases = phases
        self.counts = counts
        self.groups = groups
        self.shape = shape
    }

    package var operation: Node.Operation { .interleave(self) }

    package var inputCount: Int { counts.count }

    /// The most phases; more are no stride of a network's.
    package static let largestStride = 1 << 12

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape {
        let range = 1...Self.largestStride
        guard range.contains(stride.height), range.contains(stride.width),
            range.contains(stride.area), phases.count == stride.area, shape.count > 0,
            groups > 0, shape.channels % groups == 0
        else {
            throw .invalidAttribute(
                node: node,
                name: "stride",
                value: "\(stride) of \(phases.count) phases in \(groups) groups",
                expected: "a phase for each place, at most \(Self.largestStride)"
            )
        }
        for (input, count) in zip(inputs, counts) {
            let (channels, overflow) = shape.channels.multipliedReportingOverflow(by: count)
            guard !overflow, count > 0, input.channels == channels else {
                throw .wrongInput(
                    node: node,
                    found: input,
                    expected: "\(count) times \(shape.channels) channels"
                )
            }
        }
        for (index, phase) in phases.enumerated() {
            guard let phase else { continue }
            let extents = [
                (shape.height, stride.height, index / stride.width, phase.row),
                (shape.width, stride.width, index % stride.width, phase.column),
            ].map { extent, stride, place, first in
                (first, extent > place ? (extent - place - 1) / stride + 1 : 0)
            }
            guard counts.indices.contains(phase.input),
                (0..<counts[phase.input]).contains(phase.place)
            else {
                throw .invalidAttribute(
                    node: node,
                    name: "phase",
                    value: "\(phase)",
                    expected: "one of those that come in"
                )
            }
            let input = inputs[phase.input]
            for ((first, count), extent) in zip(extents, [input.height, input.width]) {
                guard first >= 0, count <= extent, first <= extent - count else {
                    throw .wrongInput(
                        node: node,
                        found: input,
                        expected: "\(count) rows or columns from \(first) on"
                    )
                }
            }
        }
        return shape
    }
}
