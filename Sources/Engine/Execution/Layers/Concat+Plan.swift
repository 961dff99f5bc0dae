internal import CKernels
internal import Base

extension Concat: ExecutableLayer {
    func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        var inputs = inputs
        let type = planner.commonType(inputs, for: node)
        for index in inputs.indices { inputs[index] = try planner.plain(inputs[index], for: node) }
        let result =
            output.isVector
            ? planner.makeVectors(output) : planner.makeActivation(output, .blocked, type)
        for index in inputs.indices {
            inputs[index] = planner.converted(inputs[index], to: result.type, for: node)
        }
        let block = Processor.blockSize
        let areAligned = inputs.dropLast().allSatisfy { $0.shape.channels.isMultiple(of: block) }
        guard result.layout == .blocked, areAligned else {
            let map = inputs.enumerated().flatMap { source, input in
                (0..<input.shape.channels).map { ChannelPlace(source: source, channel: $0) }
            }
            planner.appendChannels(node, map, of: inputs, isRectified: isRectified, to: result)
            return result
        }
        var first = 0
        for input in inputs {
            planner.appendPart(node, input, at: first, isRectified: isRectified, of: result)
            first += input.blockCount
        }
        return result
    }
}

extension Planner {
    /// Appends a step that copies blocks of channels to their place among those of a whole.
    ///
    /// Of a single picture they may lie there from the beginning, which saves the step.
    fileprivate func appendPart(
        _ node: Node,
        _ part: Activation,
        at first: Int,
        isRectified: Bool,
        of whole: Activation
    ) {
        let byteCount = part.blockCount * part.planeByteCount
        let step = steps.count
        appendPlanes(node, operations: 0, reads: [part], writes: whole, planes: batch) { arena in
            let source = unsafe arena.bytes(of: part)
            let target = unsafe arena.bytes(of: whole)
            return { picture in
                let from = unsafe source + picture * byteCount
                let to = unsafe target + whole.offset(ofPicture: picture, block: first)
                guard isRectified else {
                    unsafe to.copyMemory(from: from, byteCount: byteCount)
                    return
                }
                unsafe kernel_relu(from, to, part.type.kernel, byteCount / part.type.byteCount)
            }
        }
        guard batch == 1, !isRectified else { return }
        parts.append(
            BufferPart(
                buffer: part.buffer,
                whole: whole.buffer,
                offset: first * part.planeByteCount,
                step: step
            )
        )
    }
}
