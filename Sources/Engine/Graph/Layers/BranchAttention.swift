/// The mixture of a selective-kernel unit's two branches, weighed channel by channel.
///
/// Inputs: the branches `[batch, height, width, 2 * channel]` and a number for each of their channels
/// `[batch, 2 * channel]`. The weights of a channel's two branches are the softmax of their two numbers; the output is
/// the weighted sum `[batch, height, width, channel]`.
package struct BranchAttention: Layer {
    package let kind = "branch attention"

    package init() {}

    package var operation: Node.Operation { .branchAttention(self) }

    package var inputCount: Int { 2 }

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape {
        guard inputs[0].channels.isMultiple(of: 2) else {
            throw .wrongInput(node: node, found: inputs[0], expected: "an even number of channels")
        }
        let numbers = FeatureShape(channels: inputs[0].channels)
        guard inputs[1] == numbers else {
            throw .wrongInput(node: node, found: inputs[1], expected: "\(numbers)")
        }
        return inputs[0].withChannels(inputs[0].channels / 2)
    }
}
