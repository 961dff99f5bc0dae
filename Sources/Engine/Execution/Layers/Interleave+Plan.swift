internal import Base
internal import CKernels

extension Interleave: ExecutableLayer {
    func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        let type = planner.commonType(inputs, for: node)
        let sources = try planner.blocked(inputs, as: type, for: node)
        let result = planner.makeActivation(output, .blocked, type)
        let blocks = result.blockCount
        let plans = (0..<blocks).map { block in phases.map { plan($0, block, sources) } }
        let (block, isRectified, stride) = (Processor.blockSize, isRectified, stride)
        let piece = max(1, Planner.pixelPieceCount / (output.width * block))
        let pieces = (output.height + piece - 1) / piece
        planner.appendPlanes(
            node,
            operations: 0,
            reads: sources,
            writes: result,
            planes: planner.batch * blocks * pieces
        ) { arena in
            let places = unsafe sources.map { unsafe arena.bytes(of: $0) }
            let target = unsafe arena.bytes(of: result)
            return { index in
                let (plane, first) = (index / pieces, index % pieces * piece)
                let (picture, end) = (plane / blocks, min(first + piece, output.height))
                let phases = unsafe plans[plane % blocks].map { plan in
                    guard let plan else { return unsafe kernel_phase() }
                    let source = sources[plan.phase.input]
                    let start = source.offset(ofPicture: picture, block: plan.block)
                    return unsafe kernel_phase(
                        pixels: UnsafeRawPointer(places[plan.phase.input] + start),
                        lanes: plan.lanes.map {
                            unsafe UnsafePointer($0.bytes.assumingMemoryBound(to: Int64.self))
                        },
                        width: source.shape.width,
                        row: plan.phase.row,
                        column: plan.phase.column
                    )
                }
                let place = unsafe target + plane * result.planeByteCount
                unsafe kernel_interleave(
                    phases,
                    stride.height,
                    stride.width,
                    place,
                    type.kernel,
                    first,
                    end,
                    output.width,
                    block
                )
                guard isRectified else { return }
                // They are in the caches still.
                let row = output.width * block
                let rows = unsafe place + first * row * type.byteCount
                unsafe kernel_relu(rows, rows, type.kernel, (end - first) * row)
            }
        }
        return result
    }

    /// Where one block of channels of a phase's pixels lies.
    private struct PhasePlan {
        let phase: Phase
        /// The block of the input that it is, or its first, if it has lanes.
        let block: Int
        /// Where each lane lies, if it is no block.
        let lanes: Storage?
    }

    private func plan(_ phase: Phase?, _ block: Int, _ sources: [Activation]) -> PhasePlan? {
        guard let phase else { return nil }
        let size = Processor.blockSize
        let (source, outs) = (sources[phase.input], shape.channels / groups)
        let channels = (block * size..<(block + 1) * size).map { channel -> Int? in
            guard channel < shape.channels else { return nil }
            let place = channel / outs * counts[phase.input] + phase.place
            return place * outs + channel % outs
        }
        if let first = channels[0], first.isMultiple(of: size),
            channels == (first..<first + size).map({ $0 })
        {
            return PhasePlan(phase: phase, block: first / size, lanes: nil)
        }
        let lanes = Storage(byteCount: size * MemoryLayout<Int64>.stride)
        let places = unsafe lanes.bytes.assumingMemoryBound(to: Int64.self)
        for (lane, channel) in channels.enumerated() {
            let place = channel.map { $0 / size * source.shape.area * size + $0 % size }
            unsafe places[lane] = Int64(place ?? -1)
        }
        return PhasePlan(phase: phase, block: 0, lanes: lanes)
    }
}
