public import Engine
public import Networks

/// A network drawn as an SVG picture: layers from top to bottom, each below its inputs.
public struct GraphDrawing: Sendable {
    /// The picture's element.
    public let svg: String

    private static let (boxWidth, boxHeight, columnGap, rowGap) = (190, 22, 24, 14)

    /// Draws a network of the family.
    ///
    /// - Throws: `GraphError` if the picture is too small for the network.
    public init(_ network: FamilyNetwork) throws(GraphError) {
        let (graph, labels) = (network.graph, network.labels)
        let shapes = try graph.shapes()
        var depths: [NodeID: Int] = [:]
        var rows: [[Node]] = []
        for node in graph.nodes {
            let depth = (node.inputs.compactMap { depths[$0] }.max() ?? -1) + 1
            depths[node.id] = depth
            if rows.count <= depth { rows.append([]) }
            rows[depth].append(node)
        }
        let widest = rows.map(\.count).max() ?? 1
        let width = widest * (Self.boxWidth + Self.columnGap) + Self.columnGap
        let height = rows.count * (Self.boxHeight + Self.rowGap) + Self.rowGap
        var places: [NodeID: (x: Int, y: Int)] = [:]
        for (depth, row) in rows.enumerated() {
            let used = row.count * (Self.boxWidth + Self.columnGap) - Self.columnGap
            for (column, node) in row.enumerated() {
                places[node.id] = (
                    (width - used) / 2 + column * (Self.boxWidth + Self.columnGap),
                    Self.rowGap + depth * (Self.boxHeight + Self.rowGap)
                )
            }
        }
        var lines = ""
        var boxes = ""
        for node in graph.nodes {
            guard let place = places[node.id] else { continue }
            for input in node.inputs {
                guard let from = places[input] else { continue }
                lines += Self.line(from: from, to: place)
            }
            let kind = node.layer.kind.split(separator: " ")
                .map { $0.prefix(1).uppercased() + $0.dropFirst() }.joined()
            let shape = shapes[node.id].map { "\($0.channels)×\($0.height)×\($0.width)" } ?? ""
            let label = labels[node.id].map { "\($0): " } ?? ""
            let title = HTMLText.escaped("\(label)\(node.name)")
            let text = HTMLText.escaped("\(kind) \(shape)")
            boxes +=
                "<g><title>\(title)</title>"
                + "<rect x=\"\(place.x)\" y=\"\(place.y)\" width=\"\(Self.boxWidth)\" "
                + "height=\"\(Self.boxHeight)\" rx=\"4\" fill=\"\(Self.colour(node.operation))\"/>"
                + "<text x=\"\(place.x + Self.boxWidth / 2)\" y=\"\(place.y + 15)\" "
                + "text-anchor=\"middle\">\(text)</text></g>\n"
        }
        svg =
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\" "
            + "viewBox=\"0 0 \(width) \(height)\" font-family=\"sans-serif\" font-size=\"11\">\n"
            + "<g fill=\"none\" stroke=\"#888\">\n\(lines)</g>\n\(boxes)</svg>\n"
    }

    /// From the lower edge of a box to the upper edge of another; past the rows between, beside them.
    private static func line(from: (x: Int, y: Int), to: (x: Int, y: Int)) -> String {
        let (x1, y1) = (from.x + boxWidth / 2, from.y + boxHeight)
        let (x2, y2) = (to.x + boxWidth / 2, to.y)
        guard y2 - y1 > rowGap, x1 == x2 else {
            let middle = (y1 + y2) / 2
            return "<path d=\"M\(x1) \(y1)C\(x1) \(middle) \(x2) \(middle) \(x2) \(y2)\"/>\n"
        }
        let side = from.x - columnGap / 2
        return "<path d=\"M\(x1) \(y1)C\(side) \(y1) \(side) \(y1 + rowGap) \(side) "
            + "\(y1 + 2 * rowGap)V\(y2 - 2 * rowGap)C\(side) \(y2 - rowGap) \(side) \(y2) "
            + "\(x2) \(y2)\"/>\n"
    }

    private static func colour(_ operation: Node.Operation) -> String {
        switch operation {
        case .convolution: "#9ec5fe"
        case .dense: "#ffda6a"
        case .batchNorm, .affine, .layerNorm, .localResponseNorm: "#d0d4da"
        case .nonlinearity, .softmax: "#a3cfbb"
        case .blur, .pool, .globalPool, .upsample, .reduce, .resize, .pad, .slice, .spaceToDepth,
            .depthToSpace, .reshape:
            "#e2b0ff"
        case .input, .custom: "#ffffff"
        case .add, .channelScale, .branchMean, .branchAttention, .dropBlock, .binary, .concat:
            "#feb272"
        }
    }
}
