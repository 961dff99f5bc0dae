/// The shares of channels that their exponentials have, of each pixel by itself; or the logarithms of these.
package struct Softmax: Layer {
    package let isLogarithm: Bool

    package init(isLogarithm: Bool = false) {
        self.isLogarithm = isLogarithm
    }

    package var kind: String { isLogarithm ? "log softmax" : "softmax" }

    package var operation: Node.Operation { .softmax(self) }

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape { inputs[0] }
}
