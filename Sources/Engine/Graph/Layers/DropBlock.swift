/// Drops squares of seven by seven pixels of single channels while a network is trained; at other times it does nothing.
///
/// The same squares are dropped for every picture of a batch, and what is left is scaled up by its share.
///
/// - SeeAlso: `dropblock` in clovaai/assembled-cnn, `nets/blocks.py`; <https://arxiv.org/abs/1810.12890>.
package struct DropBlock: Layer, Rectifiable {
    package let kind = "drop block"
    /// The side of what is dropped, in pixels.
    package static let blockSize = 7
    /// How many squares are dropped, as a share of what the keep probability amounts to.
    package let gammaScale: Float
    package var isRectified = false

    package init(gammaScale: Float) {
        self.gammaScale = gammaScale
    }

    package var operation: Node.Operation { .dropBlock(self) }

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape {
        guard min(inputs[0].height, inputs[0].width) >= Self.blockSize else {
            throw .tooSmall(node: node, height: inputs[0].height, width: inputs[0].width)
        }
        return inputs[0]
    }
}
