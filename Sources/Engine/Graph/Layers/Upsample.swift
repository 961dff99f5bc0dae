/// Twice the height and width; every pixel is repeated.
package struct Upsample: Layer {
    package let kind = "upsample"

    package init() {}

    package var operation: Node.Operation { .upsample(self) }

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape {
        FeatureShape(
            height: 2 * inputs[0].height,
            width: 2 * inputs[0].width,
            channels: inputs[0].channels
        )
    }
}
