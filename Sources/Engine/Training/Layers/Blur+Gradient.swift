internal import CKernels

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
