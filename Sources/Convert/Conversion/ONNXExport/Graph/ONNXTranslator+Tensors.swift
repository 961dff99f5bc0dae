internal import Formats
internal import Networks
internal import Proto
internal import Reference

/// Tensors as they are in the graph, and as operators want them.
extension ONNXTranslator {
    /// Says where a node's output is.
    mutating func set(_ call: ONNXCall, output: Int = 0, _ name: String, planar isPlanar: Bool) {
        set(TensorPlace(node: call.number, output: output), name, planar: isPlanar)
    }

    /// Says where a tensor is.
    mutating func set(_ place: TensorPlace, _ name: String, planar isPlanar: Bool) {
        if isPlanar {
            held[place, default: Held()].planar = name
        } else {
            held[place, default: Held()].own = name
        }
    }

    /// Lets a node's output be one of its inputs.
    mutating func pass(_ call: ONNXCall, output: Int = 0, _ place: TensorPlace)
        throws(ReferenceError)
    {
        if held[place] == nil { set(place, try own(place), planar: false) }
        held[TensorPlace(node: call.number, output: output)] = held[place]
    }

    /// Whether a tensor lies planar, or in both orders.
    func isPlanar(_ place: TensorPlace) -> Bool { held[place]?.planar != nil }

    /// The name of a tensor in the order in which the graph has it.
    mutating func own(_ place: TensorPlace) throws(ReferenceError) -> String {
        if let name = held[place]?.own { return name }
        let name: String
        if let constant = graph.constant(place) {
            name = initializer(title(place), constant, constant.shape)
        } else if let planar = held[place]?.planar, let shape = graph.shape(place) {
            let planarShape = Self.planarOrder.map { shape[$0] }
            name = turned(planar, planarShape, Self.planarPlaces, "\(title(place))/last")
        } else if let numbers = graph.form(place)?.affine(graph.samples) {
            let type = graph.form(place)?.type ?? .int64
            name = cast(try counts(place, numbers), to: type, "\(title(place))/cast")
        } else if let found = roots[place.node] {
            name = unique("missing")
            missing[Name(name)] = found
        } else {
            throw ReferenceError("its input '\(title(place))' is not there")
        }
        held[place, default: Held()].own = name
        return name
    }

    /// The name of a tensor of four axes with the last behind the first.
    mutating func planar(_ place: TensorPlace) throws(ReferenceError) -> String {
        if let name = held[place]?.planar { return name }
        let shape = try shape(place)
        guard shape.count == 4 else {
            throw ReferenceError("four axes are needed, not \(shape.count)")
        }
        let name: String
        if let constant = graph.constant(place) {
            name = initializer(
                "\(title(place))/first",
                constant,
                constant.shape,
                order: Self.planarOrder
            )
        } else {
            name = turned(try own(place), shape, Self.planarOrder, "\(title(place))/first")
        }
        held[place, default: Held()].planar = name
        return name
    }

    /// A tensor in whichever order it lies.
    mutating func kept(_ place: TensorPlace) throws(ReferenceError) -> (
        name: String, isPlanar: Bool
    ) {
        if let name = held[place]?.planar { return (name, true) }
        return (try own(place), false)
    }

    /// A tensor whose values lie one after the other as the graph has them, whatever its extents.
    mutating func inSequence(_ place: TensorPlace) throws(ReferenceError) -> String {
        if held[place]?.own == nil, let planar = held[place]?.planar,
            let shape = graph.shape(place), Self.isStill(shape, Self.planarOrder)
        {
            return planar
        }
        return try own(place)
    }

    /// Several tensors as operators spread them over each other: all planar, or none.
    mutating func aligned(
        _ places: [TensorPlace]
    ) throws(ReferenceError) -> (names: [String], isPlanar: Bool) {
        var most = 0
        var isPlanar = false
        for place in places {
            let rank = try rank(place)
            most = max(most, rank)
            if rank == 4, graph.constant(place) == nil, held[place]?.planar != nil {
                isPlanar = true
            }
        }
        isPlanar = isPlanar && most == 4
        var names: [String] = []
        for place in places {
            names.append(isPlanar ? try spreadPlanar(place) : try own(place))
        }
        return (names, isPlanar)
    }

    /// A tensor of at most four axes so that it can be spread over planar ones.
    private mutating func spreadPlanar(_ place: TensorPlace) throws(ReferenceError) -> String {
        let shape = try shape(place)
        if shape.count == 4 { return try planar(place) }
        if shape.allSatisfy({ $0 == 1 }) { return try own(place) }
        let ones = [Int](repeating: 1, count: 4 - shape.count)
        if let constant = graph.constant(place) {
            return initializer(
                "\(title(place))/first",
                constant,
                ones + constant.shape,
                order: Self.planarOrder
            )
        }
        let spread = ones.map { Optional($0) } + shape
        let name = try reshaped(own(place), to: spread, "\(title(place))/spread")
        return turned(name, spread, Self.planarOrder, "\(title(place))/first")
    }

    /// Whether another order of axes moves no value.
    private static func isStill(_ shape: [Int?], _ order: [Int]) -> Bool {
        let moved = order.filter { shape[$0] != 1 }
        return moved == moved.sorted()
    }

    /// A tensor of a shape with its axes in another order.
    private mutating func turned(
        _ input: String,
        _ shape: [Int?],
        _ order: [Int],
        _ name: String
    ) -> String {
        let result = order.map { shape[$0] }
        if Self.isStill(shape, order), result.filter({ $0 == nil }).count <= 1, !result.contains(0)
        {
            return append("Reshape", name, [input, integers(result.map { $0 ?? -1 })])
        }
        return append("Transpose", name, [input], ["perm": .integers(order)])
    }

    /// The same values in another shape, at most one extent of which is open.
    mutating func reshaped(
        _ input: String,
        to shape: [Int?],
        _ name: String
    ) throws(ReferenceError) -> String {
        guard shape.filter({ $0 == nil }).count <= 1, !shape.contains(0) else {
            throw ReferenceError("its shape has several open extents, or none of something")
        }
        return append("Reshape", name, [input, integers(shape.map { $0 ?? -1 })])
    }
}
