internal import CKernels

extension Resize: ExecutableLayer {
    func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        let input = try planner.blocked(inputs[0], for: node)
        let shape = input.shape
        switch function {
        case .nearest:
            let result = planner.makeActivation(output, .blocked, input.type)
            planner.appendPick(
                node,
                from: input,
                to: result,
                rows: nearest(output.height, of: shape.height),
                columns: nearest(output.width, of: shape.width)
            )
            return result
        case .bilinear:
            let result = planner.makeActivation(output, .blocked, planner.outputType(of: node))
            let rows = neighbours(output.height, of: shape.height)
            let columns = neighbours(output.width, of: shape.width)
            let block = Processor.blockSize
            let (from, to) = (input.type.kernel, result.type.kernel)
            unsafe planner.appendPlanes(
                node,
                operations: 6 * planner.batch * output.count,
                from: input,
                to: result
            ) { source, target, _ in
                unsafe kernel_bilinear(
                    source,
                    from,
                    target,
                    to,
                    rows.places,
                    rows.shares,
                    columns.places,
                    columns.shares,
                    shape.width,
                    output.height,
                    output.width,
                    block
                )
            }
            return result
        }
    }

    /// How many of the picture's pixels an output stands for; in float32, as TensorFlow computes it.
    private func scale(_ outputs: Int, of extent: Int) -> Float {
        convention == .alignCorners && outputs > 1
            ? Float(extent - 1) / Float(outputs - 1) : Float(extent) / Float(outputs)
    }

    private func nearest(_ outputs: Int, of extent: Int) -> [Int32] {
        let scale = scale(outputs, of: extent)
        return (0..<outputs).map { output in
            let place =
                switch convention {
                case .legacy: (Float(output) * scale).rounded(.down)
                case .alignCorners: (Float(output) * scale).rounded(.toNearestOrAwayFromZero)
                case .halfPixelCenters: ((Float(output) + 0.5) * scale).rounded(.down)
                }
            return Int32(min(max(Int(place), 0), extent - 1))
        }
    }

    /// For each output the two pixels between which it lies, and the share of the second.
    private func neighbours(
        _ outputs: Int,
        of extent: Int
    ) -> (places: [Int32], shares: [Float]) {
        let scale = scale(outputs, of: extent)
        var places: [Int32] = []
        var shares: [Float] = []
        for output in 0..<outputs {
            let place =
                convention == .halfPixelCenters
                ? (Float(output) + 0.5) * scale - 0.5 : Float(output) * scale
            let lower = place.rounded(.down)
            places.append(Int32(min(max(Int(lower), 0), extent - 1)))
            places.append(Int32(min(max(Int(place.rounded(.up)), 0), extent - 1)))
            shares.append(place - lower)
        }
        return (places, shares)
    }
}
