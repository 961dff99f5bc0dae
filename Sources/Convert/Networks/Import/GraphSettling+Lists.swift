internal import Proto
internal import Reference

// Lists of tensors that loops write and read by number.
extension GraphSettling {
    /// Operations that give something of a list.
    static let lists: Set = [
        "TensorListGetItem", "TensorListStack", "TensorListLength", "TensorArrayReadV3",
        "TensorArrayGatherV3", "TensorArraySizeV3",
    ]

    /// Finds what a node gives of a list.
    ///
    /// - Returns: whether it is known.
    /// - Throws: ``ImportProblem``.
    mutating func read(
        _ number: Int,
        _ node: FlatGraph.Node,
        _ inputs: [FlatGraph.Edge]
    ) throws(ImportProblem) -> Bool {
        let own = FlatGraph.Edge(node: number)
        guard graph.resolved(own).node == number, let first = inputs.first else { return false }
        // What was written to an array travels along its last input.
        let isArray = node.operation.hasPrefix("TensorArray")
        guard let last = inputs.last, let list = try list(isArray ? last : first, depth: 0) else {
            return false
        }
        switch node.operation {
        case "TensorListLength", "TensorArraySizeV3":
            let count = ReferenceTensor(Int32(truncatingIfNeeded: list.count))
            let held = hold(count, node.name)
            graph.alias(own, to: held)
            return true
        case "TensorListGetItem", "TensorArrayReadV3":
            guard inputs.count > 1, let place = try whole(inputs[1]),
                list.indices.contains(place), let item = list[place]
            else { return false }
            graph.alias(own, to: item)
            return true
        default:
            var wanted = Array(list.indices)
            if isArray {
                guard inputs.count > 1, let numbers = try value(inputs[1]),
                    let places = try? numbers.integers(),
                    places.allSatisfy({ list.indices.contains($0) })
                else { return false }
                wanted = places
            }
            let items = wanted.compactMap { list[$0] }
            guard items.count == wanted.count, !items.isEmpty else { return false }
            let type = node["element_dtype"] ?? node["dtype"] ?? .type(1)
            let pack = FlatGraph.Node(
                name: "\(node.name)/stack",
                operation: "Pack",
                inputs: items,
                attributes: [
                    .init("N", .integer(Int64(items.count))), .init("axis", .integer(0)),
                    .init("T", type),
                ],
                call: node.call
            )
            let stack = graph.add(pack)
            graph.alias(own, to: FlatGraph.Edge(node: stack))
            return true
        }
    }

    /// The most elements of a list.
    private static let listLimit = 1 << 12

    private mutating func whole(_ edge: FlatGraph.Edge) throws(ImportProblem) -> Int? {
        guard let value = try value(edge) else { return nil }
        return try? value.integer()
    }

    /// What is in a list; nil for elements that nobody wrote, or altogether if that is not known.
    private mutating func list(
        _ edge: FlatGraph.Edge,
        depth: Int
    ) throws(ImportProblem) -> [FlatGraph.Edge?]? {
        var written: [Int: FlatGraph.Edge] = [:]
        var pushed: [FlatGraph.Edge] = []
        var edge = graph.resolved(edge)
        for _ in 0..<Self.listLimit {
            let node = graph.nodes[edge.node]
            let inputs = graph.inputs(of: edge.node)
            switch node.operation {
            case "TensorListSetItem" where inputs.count >= 3:
                guard let place = try whole(inputs[1]) else { return nil }
                if written[place] == nil { written[place] = inputs[2] }
                edge = inputs[0]
            case "TensorArrayWriteV3" where inputs.count == 4:
                guard let place = try whole(inputs[1]) else { return nil }
                if written[place] == nil { written[place] = inputs[2] }
                edge = inputs[3]
            case "TensorArrayScatterV3" where inputs.count == 4:
                guard let numbers = try value(inputs[1]), let places = try? numbers.integers(),
                    let items = items(of: inputs[2], node), items.count == places.count
                else { return nil }
                for (place, item) in zip(places, items) where written[place] == nil {
                    written[place] = item
                }
                edge = inputs[3]
            case "TensorListPushBack" where inputs.count == 2:
                pushed.append(inputs[1])
                edge = inputs[0]
            case "EmptyTensorList": return pushed.reversed()
            case "TensorListReserve" where inputs.count == 2:
                guard let count = try whole(inputs[1]), (0...Self.listLimit).contains(count) else {
                    return nil
                }
                return (0..<count).map { written[$0] } + pushed.reversed()
            case "TensorListFromTensor":
                guard let first = inputs.first, let items = items(of: first, node) else {
                    return nil
                }
                return items.indices.map { written[$0] ?? items[$0] } + pushed.reversed()
            case "TensorArrayV3" where inputs.count == 1:
                guard let count = try whole(inputs[0]), (0...Self.listLimit).contains(count) else {
                    return nil
                }
                let end = written.keys.max().map { max(count, $0 &+ 1) } ?? count
                guard end <= Self.listLimit else { return nil }
                return (0..<end).map { written[$0] }
            default: return nil
            }
        }
        return nil
    }

    /// The rows of a tensor as tensors.
    private mutating func items(
        of edge: FlatGraph.Edge,
        _ node: FlatGraph.Node
    ) -> [FlatGraph.Edge]? {
        guard let count = graph.shape(edge)?.first ?? nil, (0...Self.listLimit).contains(count)
        else {
            return nil
        }
        let type = node["element_dtype"] ?? node["T"] ?? .type(1)
        let unpack = FlatGraph.Node(
            name: "\(node.name)/rows",
            operation: "Unpack",
            inputs: [edge],
            attributes: [
                .init("num", .integer(Int64(count))), .init("axis", .integer(0)), .init("T", type),
            ],
            call: node.call
        )
        let number = graph.add(unpack)
        return (0..<count).map { FlatGraph.Edge(node: number, output: $0) }
    }
}
