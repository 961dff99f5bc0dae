internal import CKernels

extension Add: ExecutableLayer {
    func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        let type = inputs[0].type
        let inputs = [inputs[0], try planner.arranged(inputs[1], like: inputs[0], for: node)]
        let result = planner.makeActivation(output, inputs[0].layout, type)
        let isRectified: Int32 = isRectified ? 1 : 0
        planner.appendPieces(node, reads: inputs, writes: result) { arena in
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
