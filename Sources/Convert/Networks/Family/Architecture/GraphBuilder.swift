internal import Engine

/// Appends layers to a graph under names that say where they stand.
///
/// The order of the calls is the order in which the published implementation creates its variables.
struct GraphBuilder {
    private(set) var graph: Graph
    private(set) var places: [NodeID: FamilyNetwork.Place] = [:]
    private(set) var stages: [FamilyStage] = []
    var section = Section.stem
    /// The bottleneck that is being built.
    var segment: String?
    /// Whether the last two groups get DropBlock layers.
    var dropsBlocks = false
    let configuration: ModelConfiguration
    private var channels: [NodeID: Int] = [:]

    init(_ configuration: ModelConfiguration, input: FeatureShape) {
        graph = Graph(input: input)
        self.configuration = configuration
    }

    private mutating func append(
        _ layer: any Layer,
        _ name: String,
        _ inputs: [NodeID],
        channels count: Int,
        part: Part? = nil
    ) -> NodeID {
        let id = graph.append(
            layer,
            named: "\(section.label)/\(name)",
            inputs: inputs,
            segment: segment,
            depth: section.depth
        )
        places[id] = FamilyNetwork.Place(section: section, part: part)
        channels[id] = count
        return id
    }

    /// Gives a node's output a stage's name.
    mutating func mark(_ stage: FamilyStage, at node: NodeID) {
        stages.append(stage)
        graph.mark(stage.stage, at: node)
    }

    private func channelCount(_ id: NodeID) -> Int {
        guard let count = channels[id] else { preconditionFailure("a node of another graph") }
        return count
    }

    mutating func input() -> NodeID {
        append(Input(shape: graph.input), "input", [], channels: graph.input.channels)
    }

    /// A convolution without bias; a strided one is padded independently of the input size.
    mutating func convolution(
        _ name: String,
        _ input: NodeID,
        size: Int,
        stride: Int = 1,
        to output: Int,
        part: Part
    ) -> NodeID {
        let before = (size - 1) / 2
        let padding = Padding(before: before, after: size - 1 - before)
        let layer = Convolution(
            Window(size, stride: stride, border: .sides(padding)),
            inputChannels: channelCount(input),
            outputChannels: output
        )
        return append(layer, name, [input], channels: output, part: part)
    }

    mutating func batchNorm(
        _ name: String,
        _ input: NodeID,
        startsAtZero: Bool = false,
        part: Part
    ) -> NodeID {
        let count = channelCount(input)
        let layer = BatchNorm(
            channels: count,
            decay: configuration.batchNormDecay,
            endsResidual: startsAtZero
        )
        return append(layer, name, [input], channels: count, part: part)
    }

    mutating func relu(_ name: String, _ input: NodeID) -> NodeID {
        append(Nonlinearity(.relu), name, [input], channels: channelCount(input))
    }

    /// DropBlock, where it is asked for and the section has it.
    mutating func dropBlock(_ name: String, _ input: NodeID) -> NodeID {
        guard dropsBlocks, let scale = section.dropBlockScale else { return input }
        return append(
            DropBlock(gammaScale: scale),
            name,
            [input],
            channels: channelCount(input)
        )
    }

    /// Convolution, batch norm and relu, called `conv<name>`, `norm<name>` and `relu<name>`.
    mutating func convolutionUnit(
        _ name: String,
        _ input: NodeID,
        size: Int,
        stride: Int = 1,
        to output: Int,
        part: Part,
        relu isActivated: Bool = true
    ) -> NodeID {
        var node = convolution(
            "\(name)conv",
            input,
            size: size,
            stride: stride,
            to: output,
            part: part
        )
        node = batchNorm("\(name)norm", node, part: part)
        return isActivated ? relu("\(name)relu", node) : node
    }

    mutating func add(_ name: String, _ first: NodeID, _ second: NodeID) -> NodeID {
        append(Add(), name, [first, second], channels: channelCount(first))
    }

    /// Any layer that keeps the number of channels.
    mutating func unary(_ layer: any Layer, _ name: String, _ input: NodeID) -> NodeID {
        append(layer, name, [input], channels: channelCount(input))
    }

    /// Any layer that changes the number of channels.
    mutating func layer(
        _ layer: any Layer,
        _ name: String,
        _ inputs: [NodeID],
        channels: Int,
        part: Part? = nil
    ) -> NodeID {
        append(layer, name, inputs, channels: channels, part: part)
    }

    /// A mean over small windows: strided, zeros around the picture count in it; else real cells only.
    mutating func meanPool(_ name: String, _ input: NodeID, size: Int, stride: Int) -> NodeID {
        let before = (size - 1) / 2
        let padding = Padding(before: before, after: size - 1 - before)
        let isStrided = stride > 1
        let border = isStrided ? Window.Border.sides(padding) : .same
        let layer = Pool(
            .average,
            Window(size, stride: stride, border: border),
            countsPadding: isStrided
        )
        return unary(layer, name, input)
    }

    func channels(of id: NodeID) -> Int { channelCount(id) }
}
