/// Each channel times a number of its own: the last act of squeeze-and-excitation.
///
/// Inputs `[batch, height, width, channel]` and `[batch, channel]`; output like the first.
package struct ChannelScale: Layer {
    package let kind = "channel scale"

    package init() {}

    package var operation: Node.Operation { .channelScale(self) }

    package var inputCount: Int { 2 }

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape {
        let numbers = FeatureShape(channels: inputs[0].channels)
        guard inputs[1] == numbers else {
            throw .wrongInput(node: node, found: inputs[1], expected: "\(numbers)")
        }
        return inputs[0]
    }
}
