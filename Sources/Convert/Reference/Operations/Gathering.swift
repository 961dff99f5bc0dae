internal import Proto

/// Operations that take elements by their indices.
extension ReferenceOperation {
    static let gathering: [String: ReferenceOperation] = [
        "Gather": .one(2...2) { call throws(ReferenceError) in
            try gathered(call[0], call[1], axis: 0, batch: 0)
        },
        "ResourceGather": .one(2...2) { call throws(ReferenceError) in
            let batch = try call.node.integer("batch_dims", default: 0)
            return try gathered(call[0], call[1], axis: batch, batch: batch)
        },
        "GatherV2": .one(3...3) { call throws(ReferenceError) in
            let number = try call.node.integer("batch_dims", default: 0)
            return try gathered(
                call[0],
                call[1],
                axis: call[0].axis(call[2].integer()),
                batch: number < 0 ? number &+ call[1].rank : number
            )
        },
        "GatherNd": .one(2...2) { call throws(ReferenceError) in
            let (shape, indices) = (try call[0].shape, try call[1])
            let depth = try depth(indices, of: shape)
            let places = try places(indices, depth, shape)
            let result = Array(indices.shape.dropLast()) + shape[depth...]
            _ = try ReferenceTensor.count(result)
            let rows = try call[0].reshaped(
                [shape[..<depth].reduce(1, *), shape[depth...].reduce(1, *)]
            )
            return try rows.taken(places, axis: 0).reshaped(result)
        },
        "ScatterNd": .one(3...3) { call throws(ReferenceError) in
            let (indices, updates) = (try call[0], try call[1])
            let shape = try call[2].integers()
            let count = try ReferenceTensor.count(shape)
            let depth = try depth(indices, of: shape)
            let places = try places(indices, depth, shape)
            let inner = shape[depth...].reduce(1, *)
            guard updates.shape == Array(indices.shape.dropLast()) + shape[depth...] else {
                throw ReferenceError(
                    "updates \(updates.shape) at indices \(indices.shape) of the shape \(shape)"
                )
            }
            let scatter = Scatter(places: places, inner: inner, count: count)
            return ReferenceTensor(
                unchecked: shape,
                elements: try updates.elements.accept(numbers: scatter)
            )
        },
        "TensorScatterUpdate": .one(3...3) { call throws(ReferenceError) in
            let (shape, indices) = (try call[0].shape, try call[1])
            let depth = try depth(indices, of: shape)
            let places = try places(indices, depth, shape)
            guard try call[2].type == call[0].type,
                try call[2].shape == Array(indices.shape.dropLast()) + shape[depth...]
            else {
                throw ReferenceError(
                    "updates \(try call[2].shape) at indices \(indices.shape) of \(shape)"
                )
            }
            // Rows of both behind each other, of which the last that goes to a place is taken.
            let inner = shape[depth...].reduce(1, *)
            let rows = shape[..<depth].reduce(1, *)
            let both = try ReferenceTensor.concatenated(
                [call[0].reshaped([rows, inner]), call[2].reshaped([places.count, inner])],
                axis: 0
            )
            var chosen = Array(0..<rows)
            for (row, place) in places.enumerated() { chosen[place] = rows + row }
            return try both.taken(chosen, axis: 0).reshaped(shape)
        },
        "TensorScatterAdd": scattering({ $0 + $1 }, { $0 &+ $1 }),
        "TensorScatterSub": scattering({ $0 - $1 }, { $0 &- $1 }),
        "TensorScatterMax": scattering(Real.larger, { max($0, $1) }),
        "TensorScatterMin": scattering(Real.smaller, { min($0, $1) }),
        "ScatterNdNonAliasingAdd": scattering({ $0 + $1 }, { $0 &+ $1 }),
        "OneHot": .one(4...4) { call throws(ReferenceError) in
            let (indices, depth) = (try call[0], try call[1].integer())
            let (hot, cold) = (try call[2], try call[3])
            let number = try call.node.integer("axis", default: -1)
            let axis = number == -1 ? indices.rank : number
            guard depth >= 0, (0...indices.rank).contains(axis) else {
                throw ReferenceError("\(depth) places along the axis \(number)")
            }
            // Whether an index is that of a place, of which elements are chosen.
            let numbers = try ReferenceTensor(unchecked: indices.shape, indices.wideIntegers())
            var spread = indices.shape
            spread.insert(1, at: axis)
            var line = [Int](repeating: 1, count: spread.count)
            line[axis] = depth
            _ = try ReferenceTensor.count(line)
            let places = try ReferenceTensor(line, (0..<depth).map { Int64($0) })
            let truths = try numbers.reshaped(spread).compared(
                with: places,
                { $0 == $1 },
                { $0 == $1 }
            )
            return try evaluateSelect(truths, hot, cold)
        },
    ]

    /// Rows at their places combined with what is there, one after the other.
    private static func scattering(
        _ floats: @escaping @Sendable (Double, Double) -> Double,
        _ integers: @escaping @Sendable (Int64, Int64) -> Int64
    ) -> ReferenceOperation {
        .one(3...3) { call throws(ReferenceError) in
            let (shape, indices, updates) = (try call[0].shape, try call[1], try call[2])
            let depth = try depth(indices, of: shape)
            let places = try places(indices, depth, shape)
            let inner = shape[depth...].reduce(1, *)
            guard updates.shape == Array(indices.shape.dropLast()) + shape[depth...],
                updates.type == (try call[0].type)
            else {
                throw ReferenceError(
                    "updates \(updates.shape) at indices \(indices.shape) of \(shape)"
                )
            }
            switch updates.type {
            case .float32, .float64, .float16, .bfloat16:
                var output = try call[0].floats()
                for (index, value) in try updates.floats().enumerated() {
                    let place = places[index / inner] * inner + index % inner
                    output[place] = floats(output[place], value)
                }
                return try ReferenceTensor(unchecked: shape, output).cast(to: updates.type)
            default:
                var output = try call[0].wideIntegers()
                for (index, value) in try updates.wideIntegers().enumerated() {
                    let place = places[index / inner] * inner + index % inner
                    output[place] = integers(output[place], value)
                }
                return try ReferenceTensor(unchecked: shape, output).cast(to: updates.type)
            }
        }
    }

    private static func evaluateSelect(
        _ truths: ReferenceTensor,
        _ hot: ReferenceTensor,
        _ cold: ReferenceTensor
    ) throws(ReferenceError) -> ReferenceTensor {
        guard hot.count == 1, cold.count == 1, hot.type == cold.type else {
            throw ReferenceError(
                "the values \(hot.type.name) \(hot.shape), \(cold.type.name) \(cold.shape)"
            )
        }
        let pair = try ReferenceTensor.concatenated(
            [hot.reshaped([1]), cold.reshaped([1])],
            axis: 0
        )
        return try pair.taken(truths.truths().map { $0 ? 0 : 1 }, axis: 0).reshaped(truths.shape)
    }

    private static func gathered(
        _ input: ReferenceTensor,
        _ indices: ReferenceTensor,
        axis: Int,
        batch: Int
    ) throws(ReferenceError) -> ReferenceTensor {
        guard batch >= 0, batch <= axis, batch <= indices.rank, axis < input.rank,
            Array(input.shape[..<batch]) == Array(indices.shape[..<batch])
        else {
            throw ReferenceError(
                "indices \(indices.shape) along the axis \(axis) of \(input.shape), \(batch) of a batch"
            )
        }
        let numbers = try indices.integers()
        for number in numbers where !(0..<input.shape[axis]).contains(number) {
            throw ReferenceError("index \(number) of \(input.shape[axis])")
        }
        let result =
            Array(input.shape[..<axis]) + indices.shape[batch...] + input.shape[(axis + 1)...]
        _ = try ReferenceTensor.count(result)
        guard batch > 0 else { return try input.taken(numbers, axis: axis).reshaped(result) }
        let outer = input.shape[..<batch].reduce(1, *)
        let inputs = try input.reshaped([outer] + input.shape[batch...])
        var parts: [ReferenceTensor] = []
        let each = outer == 0 ? 0 : numbers.count / outer
        for row in 0..<outer {
            parts.append(
                try inputs.taken([row], axis: 0).taken(
                    numbers[(row * each)..<((row + 1) * each)].map { $0 },
                    axis: axis - batch + 1
                )
            )
        }
        guard !parts.isEmpty else { return try input.reshaped(result) }
        return try ReferenceTensor.concatenated(parts, axis: 0).reshaped(result)
    }

    private static func depth(
        _ indices: ReferenceTensor,
        of shape: [Int]
    ) throws(ReferenceError) -> Int {
        guard let depth = indices.shape.last, depth <= shape.count else {
            throw ReferenceError("indices \(indices.shape) into the shape \(shape)")
        }
        return depth
    }

    private static func places(
        _ indices: ReferenceTensor,
        _ depth: Int,
        _ shape: [Int]
    ) throws(ReferenceError) -> [Int] {
        let numbers = try indices.integers()
        let strides = ReferenceTensor.strides(Array(shape[..<depth]))
        var places: [Int] = []
        for start in stride(from: 0, to: depth == 0 ? 0 : numbers.count, by: max(depth, 1)) {
            var place = 0
            for axis in 0..<depth {
                let number = numbers[start + axis]
                guard (0..<shape[axis]).contains(number) else {
                    throw ReferenceError("index \(number) of \(shape[axis])")
                }
                place += number * strides[axis]
            }
            places.append(place)
        }
        if depth == 0 {
            let count = try ReferenceTensor.count(Array(indices.shape.dropLast()))
            places = [Int](repeating: 0, count: count)
        }
        return places
    }
}

/// Rows added up at their places.
private struct Scatter: NumberVisitor {
    let places: [Int]
    let inner: Int
    let count: Int

    func visit<Element: FloatElement>(floats values: [Element]) -> ReferenceElements {
        var output = [Double](repeating: 0, count: count)
        for (row, place) in places.enumerated() {
            for index in 0..<inner {
                output[place * inner + index] += values[row * inner + index].wide
            }
        }
        return Element.elements(output.map { Element(rounding: $0) })
    }

    func visit<Element: IntegerElement>(integers values: [Element]) -> ReferenceElements {
        var output = [Element](repeating: 0, count: count)
        for (row, place) in places.enumerated() {
            for index in 0..<inner { output[place * inner + index] &+= values[row * inner + index] }
        }
        return Element.elements(output)
    }
}
