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
        var sources: [Activation] = []
        for input in inputs {
            let blocked = try planner.blocked(input, for: node)
            sources.append(planner.converted(blocked, to: .float32, for: node))
        }
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
        let groups = (result.storedChannels + pixel_group - 1) / pixel_group
        let threads = ThreadCount.current
        planner.reserveScratchpad(
            byteCount: threads * scratchCount * MemoryLayout<Float>.stride
        )
        let (rows, matrices) = (output.width, output.height)
        let count = planner.batch * matrices * groups
        let pieces = max(1, min((4 * threads + count - 1) / count, rows / Self.leastRows))
        planner.append(
            node,
            implementation: "kernel",
            operations: Planner.product(2, planner.batch, output.count, depth),
            reads: [first, second],
            writes: result
        ) { arena in
            let left = unsafe arena.values(of: first)
            let right = unsafe arena.values(of: second)
            let target = unsafe arena.values(of: result)
            let scratchpad = unsafe arena.scratchpadBytes.assumingMemoryBound(to: Float.self)
            return {
                precondition(
                    ThreadCount.current <= threads,
                    "\(ThreadCount.current) threads, and memory for \(threads)"
                )
                parallel(count * pieces) { index in
                    let (part, piece) = (index / pieces, index % pieces)
                    var layer = finished
                    unsafe product_rows(
                        &layer,
                        left,
                        right,
                        target,
                        scratchpad + ThreadCount.place * scratchCount,
                        part / groups / matrices,
                        part / groups % matrices,
                        part % groups,
                        rows * piece / pieces,
                        rows * (piece + 1) / pieces
                    )
                }
            }
        }
        return result
    }

    /// Rows that are worth laying columns out for.
    private static let leastRows = 42
}
