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
        let piece = max(1, Self.pieceCount / channels)
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

    /// Values that a thread writes at a time, at least.
    private static let pieceCount = 8192

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

/// Where the values of an order of axes lie in that before it.
struct ArrangedOrder {
    /// Of the axes as they come out.
    let extents: [Int]
    /// From one place of each to the next, in what comes in.
    let steps: [Int]

    init(_ given: [Int], _ axes: [Int]) {
        var strides = [Int](repeating: 1, count: given.count)
        for axis in given.indices.dropLast().reversed() {
            strides[axis] = strides[axis + 1] * given[axis + 1]
        }
        extents = axes.map { given[$0] }
        steps = axes.map { strides[$0] }
    }

    /// Goes through the values in the order in which they come out.
    struct Walk {
        private let order: ArrangedOrder
        private var places: [Int]
        /// Where the next value lies.
        private(set) var source = 0

        init(_ order: ArrangedOrder, from index: Int) {
            self.order = order
            places = [Int](repeating: 0, count: order.extents.count)
            var rest = index
            for axis in order.extents.indices.reversed() {
                places[axis] = rest % order.extents[axis]
                rest /= order.extents[axis]
                source += places[axis] * order.steps[axis]
            }
        }

        /// Goes on by so many values of the last axis, no more than it has left.
        mutating func advance(_ count: Int) {
            var axis = order.extents.count - 1
            places[axis] += count
            source += count * order.steps[axis]
            while axis > 0, places[axis] == order.extents[axis] {
                source -= order.extents[axis] * order.steps[axis]
                places[axis] = 0
                axis -= 1
                places[axis] += 1
                source += order.steps[axis]
            }
        }

        /// Copies the next values.
        mutating func copy(
            _ count: Int,
            _ values: UnsafePointer<Float>,
            to target: UnsafeMutablePointer<Float>
        ) {
            let last = order.extents.count - 1
            let step = order.steps[last]
            var done = 0
            while done < count {
                let length = min(count - done, order.extents[last] - places[last])
                let from = unsafe values + source
                let to = unsafe target + done
                for index in 0..<length { unsafe to[index] = from[index * step] }
                done += length
                advance(length)
            }
        }
    }
}

extension Planner {
    /// The longest run of channels of whole blocks that so many values, activations and those of a shape consist of; nil if
    /// there is none.
    static func run(_ count: Int, _ input: Activation, _ shape: FeatureShape) -> Int? {
        func divisor(_ first: Int, _ second: Int) -> Int {
            second == 0 ? first : divisor(second, first % second)
        }
        let run = divisor(count, divisor(input.shape.channels, shape.channels))
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
        let piece = max(1, 8192 / result.shape.channels)
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
