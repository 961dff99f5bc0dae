internal import Base

extension Planner {
    /// The longest run of channels of whole blocks that so many values, activations and those of a shape consist of; nil if
    /// there is none.
    static func run(_ count: Int, _ input: Activation, _ shape: FeatureShape) -> Int? {
        let run = greatestCommonDivisor(
            count,
            greatestCommonDivisor(input.shape.channels, shape.channels)
        )
        guard input.layout == .blocked, !shape.isVector,
            run.isMultiple(of: Processor.blockSize)
        else { return nil }
        return run
    }

    /// Appends a step that moves runs of channels of whole blocks to other places.
    ///
    /// - Precondition: both are in blocks of one type, and their channels are whole runs.
    func appendRuns(
        _ node: Node,
        of run: Int,
        from input: Activation,
        to result: Activation,
        _ order: ArrangedOrder
    ) {
        let size = Processor.blockSize * input.type.byteCount
        let blocks = run / Processor.blockSize
        let (runs, area) = (result.shape.channels / run, result.shape.area)
        let (sourceRuns, sourceArea) = (input.shape.channels / run, input.shape.area)
        let piece = max(1, Self.pixelPieceCount / result.shape.channels)
        let pieces = (area + piece - 1) / piece
        appendPlanes(
            node,
            operations: 0,
            reads: [input],
            writes: result,
            planes: batch * pieces
        ) { arena in
            let source = unsafe arena.bytes(of: input)
            let target = unsafe arena.bytes(of: result)
            return { index in
                let (picture, first) = (index / pieces, index % pieces * piece)
                let from = unsafe source + picture * input.blockCount * input.planeByteCount
                let to = unsafe target + picture * result.blockCount * result.planeByteCount
                var walk = ArrangedOrder.Walk(order, from: first * runs)
                for pixel in first..<min(first + piece, area) {
                    for part in 0..<runs {
                        let place = walk.source
                        walk.advance(1)
                        var read =
                            unsafe from
                            + (place % sourceRuns * blocks * sourceArea + place / sourceRuns) * size
                        var write = unsafe to + (part * blocks * area + pixel) * size
                        for _ in 0..<blocks {
                            unsafe write.copyMemory(from: read, byteCount: size)
                            unsafe read += sourceArea * size
                            unsafe write += area * size
                        }
                    }
                }
            }
        }
    }
}
