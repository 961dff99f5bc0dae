/// Downsampling by a binomial blur, then a stride (anti-aliasing).
///
/// Input `[batch, height, width, channel]`; output `[batch, (height + 2 * border - size) / stride + 1, …, channel]`,
/// where the border of `(size - 1) / 2` pixels mirrors the picture without its edge. Sizes are 1...7; size 1 only strides.
///
/// - SeeAlso: `anti_aliased_downsample` in clovaai/assembled-cnn, `nets/blocks.py`.
package struct Blur: Layer {
    package let kind = "blur"
    package let size: Int
    package let stride: Int

    package init(size: Int, stride: Int) {
        self.size = size
        self.stride = stride
    }

    /// Pixels mirrored on every side.
    package var border: Int { (size - 1) / 2 }

    /// The binomial row of `size` numbers, such as 1 2 1.
    package var row: [Double] {
        (1..<max(size, 1)).reduce([1]) { row, _ in
            zip([0] + row, row + [0]).map { $0 + $1 }
        }
    }

    /// The outer product of the row with itself over its sum, `[size, size]`.
    package var taps: [Float] {
        let sum = row.reduce(0, +)
        return row.flatMap { first in row.map { second in Float(first * second / (sum * sum)) } }
    }

    package var operation: Node.Operation { .blur(self) }

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape {
        let input = inputs[0]
        guard (1...7).contains(size) else {
            throw .invalidAttribute(node: node, name: "size", value: "\(size)", expected: "1...7")
        }
        guard stride > 0 else {
            throw .invalidAttribute(
                node: node,
                name: "stride",
                value: "\(stride)",
                expected: "at least 1"
            )
        }
        let room = min(input.height, input.width) + 2 * border - size
        guard room >= 0, min(input.height, input.width) > border else {
            throw .tooSmall(node: node, height: input.height, width: input.width)
        }
        return FeatureShape(
            height: (input.height + 2 * border - size) / stride + 1,
            width: (input.width + 2 * border - size) / stride + 1,
            channels: input.channels
        )
    }
}
