internal import Base
internal import CKernels

extension Product: ExecutableLayer {
    func inputType(at index: Int, output: ElementType, math: MathMode) -> ElementType? { .float32 }

    func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        let sources = try planner.blocked(inputs, as: .float32, for: node)
        let (first, second) = (sources[0], sources[1])
        let result = planner.makeActivation(output, .blocked, .float32)
        let depth = first.shape.channels
        var layer = product_layer(
            block: Processor.blockSize,
            rows: output.width,
            columns: output.channels,
            depth: depth,
            matrices: output.height,
            firstMatrices: first.shape.height,
            secondMatrices: second.shape.height,
            turnsSecond: turnsSecond ? 1 : 0
        )
        let finished = layer
        let scratchCount = unsafe product_count(&layer)
        let matrices = output.height
        unsafe planner.appendGroups(
            node,
            implementation: "kernel",
            operations: Planner.product(2, planner.batch, output.count, depth),
            reads: [first, second],
            writes: result,
            matrices: matrices,
            rows: output.width,
            least: Self.leastRows,
            scratchCount: scratchCount
        ) { arena in
            let left = unsafe arena.values(of: first)
            let right = unsafe arena.values(of: second)
            let target = unsafe arena.values(of: result)
            return { part, arranged in
                var layer = finished
                unsafe product_rows(
                    &layer,
                    left,
                    right,
                    target,
                    arranged,
                    part.plane / matrices,
                    part.plane % matrices,
                    part.group,
                    part.rows.lowerBound,
                    part.rows.upperBound
                )
            }
        }
        return result
    }

    /// Rows that are worth laying columns out for.
    private static let leastRows = 42
}
