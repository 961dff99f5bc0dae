/// The mean over space of the sum of a selective-kernel unit's two branches.
///
/// Input `[batch, height, width, 2 * channel]`, the branches behind each other; output `[batch, channel]`.
package struct BranchMean: Layer {
    package let kind = "branch mean"

    package init() {}

    package var operation: Node.Operation { .branchMean(self) }

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape {
        guard inputs[0].channels.isMultiple(of: 2) else {
            throw .wrongInput(node: node, found: inputs[0], expected: "an even number of channels")
        }
        return FeatureShape(channels: inputs[0].channels / 2)
    }
}
