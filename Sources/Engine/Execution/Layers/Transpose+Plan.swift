internal import Base
internal import CKernels

extension Transpose: ExecutableLayer {
    func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        let (extents, axes) = merged
        guard axes != Array(axes.indices) else {
            return try Reshape(to: output)
                .plan(node, inputs: inputs, output: output, in: planner)
        }
        if let result = try planRuns(node, inputs[0], extents, axes, in: planner) { return result }
        // From channels last, a row of channels after the other.
        let source = try planner.channelsLast(inputs[0], for: node)
        let result =
            output.isVector
            ? planner.makeVectors(output)
            : planner.makeActivation(output, .blocked, planner.outputType(of: node))
        let order = ArrangedOrder(extents, axes)
        let (count, channels) = (output.count, output.channels)
        let piece = max(1, Planner.pixelPieceCount / channels)
        let pieces = (output.area + piece - 1) / piece
        let target = result
        planner.append(
            Step(
                node: node.name,
                kind: kind,
                implementation: "kernel",
                operations: 0,
                reads: [source],
                writes: [result.buffer]
            ) { arena in
                let values = unsafe arena.floats(of: source)
                let bytes = unsafe arena.bytes(of: target)
                return {
                    parallel(planner.batch * pieces) { index in
                        let (picture, first) = (index / pieces, index % pieces * piece)
                        let planes = unsafe target.picture(picture, at: bytes)
                        guard let start = values.baseAddress else { return }
                        let from = unsafe start + picture * count
                        unsafe withUnsafeTemporaryAllocation(of: Float.self, capacity: channels) {
                            row in
                            guard let place = row.baseAddress else { return }
                            var walk = ArrangedOrder.Walk(order, from: first * channels)
                            for pixel in first..<min(first + piece, output.area) {
                                unsafe walk.copy(channels, from, to: place)
                                unsafe kernel_write_pixel(planes, pixel, place)
                            }
                        }
                    }
                }
            }
        )
        return result
    }

    /// Where the last axis stays the last, and is whole blocks: by moving blocks; else nil.
    private func planRuns(
        _ node: Node,
        _ input: Activation,
        _ extents: [Int],
        _ axes: [Int],
        in planner: Planner
    ) throws(EngineError) -> Activation? {
        guard let last = extents.last, axes.last == extents.count - 1,
            let run = Planner.run(last, input, shape)
        else { return nil }
        let result = planner.makeActivation(shape, .blocked, input.type)
        let order = ArrangedOrder(extents.dropLast() + [last / run], axes)
        planner.appendRuns(node, of: run, from: input, to: result, order)
        return result
    }
}
