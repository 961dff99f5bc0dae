extension Pad: ExecutableLayer {
    func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        var fill: Float = 0
        if case .constant(let value) = mode { fill = value }
        var input =
            output.isVector
            ? try planner.matrix(inputs[0], for: node) : try planner.blocked(inputs[0], for: node)
        if channelsBefore > 0 || channelsAfter > 0 || output.isVector {
            let widened = planner.makeActivation(
                input.shape.withChannels(output.channels),
                input.layout,
                input.type
            )
            let before = channelsBefore
            let map = (0..<output.channels).map { channel in
                (before..<(before + input.shape.channels)).contains(channel)
                    ? ChannelPlace(source: 0, channel: channel - before) : nil
            }
            planner.appendChannels(node, map, of: [input], fill: fill, to: widened)
            input = widened
            guard padding != .none else { return input }
        }
        let result = planner.makeActivation(output, .blocked, input.type)
        planner.appendPick(
            node,
            from: input,
            to: result,
            rows: places(input.shape.height, padding.top, padding.bottom),
            columns: places(input.shape.width, padding.left, padding.right),
            fill: fill
        )
        return result
    }

    /// For each place of the padded axis the place that it shows, negative if none.
    private func places(_ extent: Int, _ before: Int, _ after: Int) -> [Int32] {
        (-before..<(extent + after)).map { place in
            let shown =
                switch mode {
                case .constant: place < extent ? place : -1
                case .reflect:
                    place < 0 ? -place : place < extent ? place : 2 * (extent - 1) - place
                case .symmetric:
                    place < 0 ? -1 - place : place < extent ? place : 2 * extent - 1 - place
                }
            return Int32(shown)
        }
    }
}
