extension Join: ExecutableLayer {
    func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        let type = planner.commonType(inputs, for: node)
        let result = planner.makeActivation(output, .blocked, type)
        var start = 0
        for part in try planner.blocked(inputs, as: type, for: node) {
            // What lies side by side in both, and how often it comes in a plane.
            let run = (joinsRows ? part.shape.area : part.shape.width) * Processor.blockSize
            let whole = (joinsRows ? output.area : output.width) * Processor.blockSize
            let (size, step) = (run * type.byteCount, whole * type.byteCount)
            let (count, first) = (joinsRows ? 1 : output.height, start * type.byteCount)
            planner.appendPlanes(
                node,
                operations: 0,
                reads: [part],
                writes: result,
                planes: planner.batch * result.blockCount
            ) { arena in
                let source = unsafe arena.bytes(of: part)
                let target = unsafe arena.bytes(of: result)
                return { plane in
                    var from = unsafe source + plane * part.planeByteCount
                    var to = unsafe target + plane * result.planeByteCount + first
                    for _ in 0..<count {
                        unsafe to.copyMemory(from: from, byteCount: size)
                        unsafe from += size
                        unsafe to += step
                    }
                }
            }
            start += run
        }
        return result
    }
}
