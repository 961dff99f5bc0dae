internal import Engine
internal import Proto

// What operations say of the axes of activations, in either order.
extension GraphDefBuilder {
    private var isPlanar: Bool { order == .channelsFirst }

    /// The attribute `data_format`.
    var dataFormat: AttributeValue { .text(isPlanar ? "NCHW" : "NHWC") }

    /// The axis of channels.
    var channelAxis: Int32 { isPlanar ? 1 : 3 }

    /// The axes of rows and columns.
    var spaceAxes: [Int32] { isPlanar ? [2, 3] : [1, 2] }

    /// An attribute of four numbers of which those of rows and columns are not 1.
    func window(_ axes: Axes) -> AttributeValue {
        .integers(
            isPlanar ? [1, 1, axes.height, axes.width] : [1, axes.height, axes.width, 1]
        )
    }

    /// What is added around rows and columns, for all four axes.
    func border(_ padding: Padding) -> [Int32] {
        let sides = [padding.top, padding.bottom, padding.left, padding.right].map { Int32($0) }
        return isPlanar ? [0, 0, 0, 0] + sides : [0, 0] + sides + [0, 0]
    }

    /// The shape of vectors of some channels.
    func vectors(_ channels: Int) -> [Int32] {
        isPlanar ? [-1, Int32(channels), 1, 1] : [-1, 1, 1, Int32(channels)]
    }

    /// Pictures, whose channels are last, in the order of activations.
    mutating func arranged(_ name: String, _ input: String) -> String {
        isPlanar ? transpose(name, input, [0, 3, 1, 2]) : input
    }

    /// Activations with their channels last.
    mutating func channelsLast(_ name: String, _ input: String) -> String {
        isPlanar ? transpose(name, input, [0, 2, 3, 1]) : input
    }

    private mutating func transpose(
        _ name: String,
        _ input: String,
        _ axes: [Int32]
    ) -> String {
        let order = constant("\(name)/perm", axes)
        return add("Transpose", name, [input, order], ["T": .of(.float32), "Tperm": .of(.int32)])
    }
}
