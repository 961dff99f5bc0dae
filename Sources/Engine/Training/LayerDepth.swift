extension Graph {
    /// How far each parameter is from the input: 0 in the stem, then the number of its group, 5 in the head.
    public var depths: [ParameterKey: Int] {
        var depths: [ParameterKey: Int] = [:]
        for node in nodes {
            for (role, _) in node.layer.parameterShapes {
                depths[ParameterKey(node: node.name, role: role)] = node.section.depth
            }
        }
        return depths
    }

    /// The largest of ``depths``.
    public static let largestDepth = 5
}

extension Section {
    fileprivate var depth: Int {
        switch self {
        case .stem, .stemEnd, .stemBranches: 0
        case .group(let index), .big(let index), .little(let index), .merge(let index): index
        case .head: Graph.largestDepth
        }
    }
}
