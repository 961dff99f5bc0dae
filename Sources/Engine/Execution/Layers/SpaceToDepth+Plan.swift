internal import CKernels

extension SpaceToDepth: ExecutableLayer {
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
        let (side, channels, width) = (side, input.shape.channels, input.shape.width)
        unsafe planner.appendPixels(
            node,
            operations: 0,
            from: input,
            to: result,
            pixels: output.area,
            rowCount: output.channels
        ) { source, target, pixels, row in
            for pixel in pixels {
                let (y, x) = (pixel / output.width * side, pixel % output.width * side)
                for place in 0..<(side * side) {
                    let from = (y + place / side) * width + x + place % side
                    unsafe kernel_read_pixel(source, from, row + place * channels)
                }
                unsafe kernel_write_pixel(target, pixel, row)
            }
        }
        return result
    }
}
