/// The products of matrices that two activations hold, as attention has them: neither is a parameter.
///
/// First `[batch, matrix, row, depth]`, second `[batch, matrix, depth, column]`, or `[batch, matrix, column, depth]` if it is
/// turned; output `[batch, matrix, row, column]`. Either may have one matrix for all of the other's.
package struct Product: Layer {
    package let kind = "matrix product"
    /// Whether the second's rows are columns of what is multiplied.
    package let turnsSecond: Bool

    package init(turnsSecond: Bool = false) {
        self.turnsSecond = turnsSecond
    }

    package var operation: Node.Operation { .product(self) }

    package var inputCount: Int { 2 }

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape {
        let (first, second) = (inputs[0], inputs[1])
        let depth = turnsSecond ? second.channels : second.width
        guard first.channels == depth,
            first.height == second.height || first.height == 1 || second.height == 1
        else { throw .shapesDiffer(node: node, first: first, second: second) }
        return FeatureShape(
            height: max(first.height, second.height),
            width: first.width,
            channels: turnsSecond ? second.width : second.channels
        )
    }
}
