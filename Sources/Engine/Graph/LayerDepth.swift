extension Graph {
    /// How far each parameter is from the input, as its node says.
    public var depths: [ParameterKey: Int] {
        var depths: [ParameterKey: Int] = [:]
        for node in nodes {
            for (role, _) in node.layer.parameterShapes {
                depths[ParameterKey(node: node.name, role: role)] = node.depth
            }
        }
        return depths
    }

    /// The largest of ``depths``.
    public var largestDepth: Int { nodes.map(\.depth).max() ?? 0 }
}
