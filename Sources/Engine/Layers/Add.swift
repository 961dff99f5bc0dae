internal import CKernels

/// The sum of two activations of the same shape.
package struct Add: Layer, Rectifiable {
    package static let kind = "add"
    package var isRectified = false

    package func outputShape(
        for inputs: [FeatureShape], at node: String
    ) throws(GraphError) -> FeatureShape {
        guard inputs[0] == inputs[1] else {
            throw .shapesDiffer(node: node, first: inputs[0], second: inputs[1])
        }
        return inputs[0]
    }

    package func plan(
        _ node: Node, inputs: [Activation], output: FeatureShape, in planner: Planner
    ) throws(EngineError) -> Activation {
        precondition(inputs[0].layout == inputs[1].layout, "\(node.name): layouts differ")
        let result = planner.makeActivation(output, inputs[0].layout)
        let count = result.elementCount / planner.batch
        let isRectified: Int32 = isRectified ? 1 : 0
        planner.appendPlanes(
            node, operations: result.elementCount, reads: inputs, writes: result,
            planes: planner.batch
        ) { arena in
            let first = unsafe arena.bytes(of: inputs[0].buffer).assumingMemoryBound(to: Float.self)
            let second = unsafe arena.bytes(of: inputs[1].buffer)
                .assumingMemoryBound(to: Float.self)
            let target = unsafe arena.bytes(of: result.buffer).assumingMemoryBound(to: Float.self)
            return { picture in
                let start = picture * count
                unsafe kernel_add(
                    first + start, second + start, target + start, count, isRectified)
            }
        }
        return result
    }
}
