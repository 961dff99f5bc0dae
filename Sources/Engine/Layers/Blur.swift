internal import CKernels

/// Downsampling by a binomial blur, then a stride (anti-aliasing).
///
/// Input `[batch, height, width, channel]`; output `[batch, (height + 2 * border - size) / stride + 1, …, channel]`,
/// where the border of `(size - 1) / 2` pixels mirrors the picture without its edge. Size 1 only strides.
///
/// - Precondition: `1 <= size && size <= 7`.
/// - SeeAlso: `anti_aliased_downsample` in clovaai/assembled-cnn, `nets/blocks.py`.
package struct Blur: Layer {
    package static let kind = "blur"
    package let size: Int
    package let stride: Int

    package init(size: Int, stride: Int) {
        self.size = size
        self.stride = stride
    }

    /// Pixels mirrored on every side.
    package var border: Int { (size - 1) / 2 }

    /// The binomial row of `size` numbers, such as 1 2 1.
    package var row: [Double] {
        (1..<max(size, 1)).reduce([1]) { row, _ in
            zip([0] + row, row + [0]).map { $0 + $1 }
        }
    }

    /// The outer product of the row with itself over its sum, `[size, size]`.
    package var taps: [Float] {
        let sum = row.reduce(0, +)
        return row.flatMap { first in row.map { second in Float(first * second / (sum * sum)) } }
    }

    package func outputShape(
        for inputs: [FeatureShape],
        at node: String
    ) throws(GraphError) -> FeatureShape {
        let input = inputs[0]
        let room = min(input.height, input.width) + 2 * border - size
        guard room >= 0, min(input.height, input.width) > border else {
            throw .tooSmall(node: node, height: input.height, width: input.width)
        }
        return FeatureShape(
            height: (input.height + 2 * border - size) / stride + 1,
            width: (input.width + 2 * border - size) / stride + 1,
            channels: input.channels
        )
    }

    /// For each output and each tap the place that it reads, mirrored into `extent`.
    private func places(outputs: Int, extent: Int) -> [Int32] {
        (0..<outputs).flatMap { output in
            (0..<size).map { tap in
                let place = abs(output * stride + tap - border)
                return Int32(place < extent ? place : 2 * (extent - 1) - place)
            }
        }
    }

    package func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        let input = inputs[0]
        let result = planner.makeActivation(output, .blocked, planner.outputType(of: node))
        let block = Processor.blockSize
        let rows = places(outputs: output.height, extent: input.shape.height)
        let columns = places(outputs: output.width, extent: input.shape.width)
        let (taps, size) = (taps, size)
        unsafe planner.appendPlanes(
            node,
            operations: 2 * planner.batch * output.count * size * size,
            from: input,
            to: result
        ) { source, target, _ in
            unsafe kernel_blur(
                source,
                input.type.kernel,
                target,
                result.type.kernel,
                rows,
                columns,
                taps,
                size,
                input.shape.width,
                output.height,
                output.width,
                block
            )
        }
        return result
    }
}

extension Blur: TrainableLayer {
    func planTraining(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: TrainingPlanner
    ) throws(EngineError) -> Tape {
        let input = inputs[0]
        let result = try plan(node, inputs: inputs, output: output, in: planner.planner)
        return Tape(output: result) { gradient, wanted throws(EngineError) in
            guard wanted[0] else { return [nil] }
            let slope = try gradient.sum()
            let back = planner.makeGradient(of: input)
            let rows = self.readers(outputs: output.height, extent: input.shape.height)
            let columns = self.readers(outputs: output.width, extent: input.shape.width)
            planner.appendPlanes(
                node,
                "blur gradient",
                operations: 2 * planner.batch * output.count * self.size * self.size,
                reads: [slope],
                writes: [back],
                planes: planner.batch * input.blockCount
            ) { arena in
                let source = unsafe arena.bytes(of: slope)
                let target = unsafe arena.bytes(of: back)
                return { plane in
                    unsafe training_blur(
                        source + plane * slope.planeByteCount,
                        target + plane * back.planeByteCount,
                        back.type.kernel,
                        rows.starts,
                        rows.places,
                        rows.weights,
                        columns.starts,
                        columns.places,
                        columns.weights,
                        input.shape.height,
                        input.shape.width,
                        output.width,
                        Processor.blockSize
                    )
                }
            }
            return [.whole(back)]
        }
    }

    /// For each place of an axis the outputs that read it, and with which weight.
    private func readers(
        outputs: Int,
        extent: Int
    ) -> (starts: [Int32], places: [Int32], weights: [Float]) {
        let places = places(outputs: outputs, extent: extent)
        let sum = row.reduce(0, +)
        var readers = [[(place: Int32, weight: Double)]](repeating: [], count: extent)
        for output in 0..<outputs {
            for tap in 0..<size {
                let place = Int(places[output * size + tap])
                readers[place].append((Int32(output), row[tap] / sum))
            }
        }
        let starts = readers.reduce(into: [Int32(0)]) { starts, list in
            starts.append((starts.last ?? 0) + Int32(list.count))
        }
        let flat = readers.flatMap { $0 }
        return (starts, flat.map(\.place), flat.map { Float($0.weight) })
    }
}
