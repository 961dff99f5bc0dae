extension Slice: ExecutableLayer {
    func plan(
        _ node: Node,
        inputs: [Activation],
        output: FeatureShape,
        in planner: Planner
    ) throws(EngineError) -> Activation {
        var input = try planner.plain(inputs[0], for: node)
        let shape = input.shape
        let isWhole =
            rows?.isWhole(of: shape.height) ?? true && columns?.isWhole(of: shape.width) ?? true
        let hasAllChannels = channels?.isWhole(of: shape.channels) ?? true
        if !isWhole || (hasAllChannels && input.layout == .blocked) {
            func places(_ wanted: Places?, _ extent: Int) -> [Int32] {
                (wanted?.places ?? Array(0..<extent)).map { Int32($0) }
            }
            let picked = planner.makeActivation(
                output.withChannels(shape.channels),
                .blocked,
                input.type
            )
            planner.appendPick(
                node,
                from: input,
                to: picked,
                rows: places(rows, shape.height),
                columns: places(columns, shape.width)
            )
            if hasAllChannels { return picked }
            input = picked
        }
        let result = planner.makeActivation(output, input.layout, input.type)
        let places = channels?.places ?? Array(0..<shape.channels)
        let map = places.map { ChannelPlace(source: 0, channel: $0) }
        planner.appendChannels(node, map, of: [input], to: result)
        return result
    }
}
