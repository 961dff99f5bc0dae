internal import CKernels

extension DepthToSpace: ExecutableLayer {
    func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        let input = try planner.plain(inputs[0], for: node)
        let result =
            output.isVector
            ? planner.makeVectors(output)
            : planner.makeActivation(output, .blocked, input.type)
        let (side, channels, width) = (side, output.channels, input.shape.width)
        unsafe planner.appendPixels(
            node,
            operations: 0,
            from: input,
            to: result,
            pixels: input.shape.area,
            rowCount: input.shape.channels
        ) { source, target, pixels, row in
            for pixel in pixels {
                let (y, x) = (pixel / width * side, pixel % width * side)
                unsafe kernel_read_pixel(source, pixel, row)
                for place in 0..<(side * side) {
                    let to = (y + place / side) * output.width + x + place % side
                    unsafe kernel_write_pixel(target, to, row + place * channels)
                }
            }
        }
        return result
    }
}
