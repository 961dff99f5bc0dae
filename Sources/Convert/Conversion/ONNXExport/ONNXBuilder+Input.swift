internal import Engine
internal import Formats
internal import Proto

// What the model takes, up to planar pictures with the means subtracted.
extension ONNXBuilder {
    /// The input, and the operators that prepare it.
    mutating func input(_ node: Node) -> String {
        if let preprocessing = export.preprocessing {
            let value = prepared(by: preprocessing)
            return append("Transpose", node.name, [value], ["perm": .integers([0, 3, 1, 2])])
        }
        let shape = shape(of: node.id)
        let height: ONNXValue.Extent =
            export.isSizeDynamic ? .named("height") : .fixed(shape.height)
        let width: ONNXValue.Extent = export.isSizeDynamic ? .named("width") : .fixed(shape.width)
        let channels = ONNXValue.Extent.fixed(shape.channels)
        switch export.layout {
        case .nchw:
            model.inputs.append(
                ONNXValue(
                    name: "input",
                    element: .float32,
                    shape: [.named("batch"), channels, height, width]
                )
            )
            return "input"
        case .nhwc:
            model.inputs.append(
                ONNXValue(
                    name: "input",
                    element: .float32,
                    shape: [.named("batch"), height, width, channels]
                )
            )
            return append("Transpose", node.name, ["input"], ["perm": .integers([0, 3, 1, 2])])
        }
    }
}
