extension Custom: ExecutableLayer {
    func inputType(at index: Int, output: ElementType, math: MathMode) -> ElementType? { .float32 }

    func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        var sources: [Int] = []
        for input in inputs { sources.append(try planner.channelsLast(input, for: node)) }
        let buffers = sources
        let (compute, name, batch) = (compute, node.name, planner.batch)
        let counts = inputs.map { $0.batch * $0.shape.count }
        return try planner.appendChannelsLast(
            node,
            reads: buffers,
            output: output,
            operations: batch * output.count
        ) { arena, target in
            let target = unsafe arena.floats(of: target)
            return { () throws(EngineError) in
                let values = zip(buffers, counts).map { buffer, count in
                    unsafe Array(arena.floats(of: buffer).prefix(count))
                }
                let result: [Float]
                do { result = try compute(values, batch) } catch {
                    throw .custom(node: name, reason: "\(error)")
                }
                guard result.count == batch * output.count else {
                    throw .custom(
                        node: name,
                        reason: "\(result.count) values, expected \(batch) times \(output)"
                    )
                }
                _ = unsafe target.update(fromContentsOf: result)
            }
        }
    }
}
