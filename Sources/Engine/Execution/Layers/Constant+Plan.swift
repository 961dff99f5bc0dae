internal import Base

extension Constant: ExecutableLayer {
    func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        let result =
            output.isVector
            ? planner.makeVectors(output) : planner.makeActivation(output, .blocked, .float32)
        let (channels, area) = (output.channels, output.area)
        let size = result.layout == .blocked ? Processor.blockSize : channels
        let count = result.storedChannels * area
        let values = try planner.preparedVector(node.name, "shift by \(size)", count: count) {
            () throws(EngineError) in
            let key = ParameterKey(node: node.name, role: .shift)
            let given = try planner.weights.tensor(
                key,
                shape: [output.height, output.width, channels]
            ).values
            var blocks = [Float](repeating: 0, count: count)
            for pixel in 0..<area {
                for channel in 0..<channels {
                    let place = (channel / size * area + pixel) * size + channel % size
                    blocks[place] = given[pixel * channels + channel]
                }
            }
            return blocks
        }
        let bytes = count * MemoryLayout<Float>.stride
        planner.appendPlanes(
            node,
            operations: 0,
            reads: [],
            writes: result,
            planes: planner.batch
        ) { arena in
            let target = unsafe arena.bytes(of: result)
            return { picture in
                unsafe (target + picture * bytes).copyMemory(from: values.bytes, byteCount: bytes)
            }
        }
        return result
    }
}
