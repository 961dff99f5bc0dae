internal import CKernels

extension Reshape: ExecutableLayer {
    func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        let count = output.count
        if let run = Planner.run(count, inputs[0], output) {
            let result = planner.makeActivation(output, .blocked, inputs[0].type)
            let order = ArrangedOrder([count / run], [0])
            planner.appendRuns(node, of: run, from: inputs[0], to: result, order)
            return result
        }
        let vectors =
            inputs[0].shape.isVector
            ? try planner.matrix(inputs[0], for: node)
            : try GlobalPool(.flatten).plan(
                node,
                inputs: inputs,
                output: FeatureShape(channels: count),
                in: planner
            )
        if output.isVector {
            // What comes in may not go out as it is: a sum may be written to its memory.
            guard vectors.buffer == inputs[0].buffer else { return vectors }
            return unsafe planner.appendElementwise(node, vectors, to: .float32) {
                source,
                target,
                count in
                unsafe kernel_convert(source, kernel_float32, target, kernel_float32, count)
            }
        }
        let result = planner.makeActivation(output, .blocked, planner.outputType(of: node))
        let (area, channels) = (output.area, output.channels)
        planner.appendPlanes(
            node,
            operations: 0,
            reads: [vectors],
            writes: result,
            planes: planner.batch
        ) { arena in
            let source = unsafe arena.values(of: vectors)
            let target = unsafe arena.bytes(of: result)
            return { picture in
                let planes = unsafe result.picture(picture, at: target)
                for pixel in 0..<area {
                    unsafe kernel_write_pixel(
                        planes,
                        pixel,
                        source + picture * count + pixel * channels
                    )
                }
            }
        }
        return result
    }
}
