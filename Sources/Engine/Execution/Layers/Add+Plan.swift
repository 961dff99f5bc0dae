internal import CKernels

extension Add: ExecutableLayer {
    func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        try planner.appendSum(node, inputs[0], inputs[1], isRectified: isRectified)
    }
}

extension Planner {
    /// Appends the sum of two activations, arranged as the first is.
    func appendSum(
        _ node: Node,
        _ first: Activation,
        _ second: Activation,
        isRectified: Bool
    ) throws(EngineError) -> Activation {
        let type = first.type
        let inputs = [first, try arranged(second, like: first, for: node)]
        let result = makeActivation(first.shape, first.layout, type)
        let isRectified: Int32 = isRectified ? 1 : 0
        appendPieces(node, reads: inputs, writes: result) { arena in
            let first = unsafe arena.bytes(of: inputs[0])
            let second = unsafe arena.bytes(of: inputs[1])
            let target = unsafe arena.bytes(of: result)
            return { piece in
                let start = piece.lowerBound * type.byteCount
                unsafe kernel_add(
                    first + start,
                    second + start,
                    target + start,
                    type.kernel,
                    piece.count,
                    isRectified
                )
            }
        }
        return result
    }
}
