internal import Proto

/// Operations that choose between elements.
extension ReferenceOperation {
    static let selections: [String: ReferenceOperation] = [
        "Select": .one(3...3) { call throws(ReferenceError) in
            // A list of truths chooses whole rows.
            var choice = try call[0]
            let shape = try call[1].shape
            guard shape == (try call[2].shape) else {
                throw ReferenceError("the shapes \(shape) and \(try call[2].shape)")
            }
            if choice.rank == 1, shape.count > 1, choice.shape[0] == shape[0] {
                choice = try choice.reshaped(
                    choice.shape + [Int](repeating: 1, count: shape.count - 1)
                )
            }
            guard choice.rank == 0 || choice.rank == shape.count else {
                throw ReferenceError("truths \(choice.shape) for the shape \(shape)")
            }
            return try select(choice, call[1], call[2], shape)
        },
        "SelectV2": .one(3...3) { call throws(ReferenceError) in
            let shape = try ReferenceTensor.broadcast(
                ReferenceTensor.broadcast(call[0].shape, call[1].shape),
                call[2].shape
            )
            return try select(call[0], call[1], call[2], shape)
        },
        "Where": .one(1...1) { call throws(ReferenceError) in
            let found = try call[0].cast(to: .bool).truths()
            let strides = ReferenceTensor.strides(try call[0].shape)
            let shape = try call[0].shape
            var places: [Int64] = []
            for index in found.indices where found[index] {
                for (axis, stride) in strides.enumerated() {
                    places.append(Int64(index / stride % shape[axis]))
                }
            }
            let count = found.count { $0 }
            return try ReferenceTensor([count, shape.count], places)
        },
        "TopKV2": ReferenceOperation(2...2) { call throws(ReferenceError) in
            try largest(call[0], count: call[1].integer())
        },
        "TopK": ReferenceOperation(1...1) { call throws(ReferenceError) in
            try largest(call[0], count: call.node.integer("k"))
        },
        "Cumsum": .one(2...2) { call throws(ReferenceError) in
            try running(call, { $0 + $1 }, { $0 &+ $1 }, start: 0)
        },
        "Cumprod": .one(2...2) { call throws(ReferenceError) in
            try running(call, { $0 * $1 }, { $0 &* $1 }, start: 1)
        },
        "Unique": ReferenceOperation(1...1) { call throws(ReferenceError) in
            guard try call[0].rank == 1 else {
                throw ReferenceError("the shape \(try call[0].shape), expected a list")
            }
            let found = try call[0].elements.accept(Distinct())
            let type = try call.node.type("out_idx", default: .int32)
            return [
                try call[0].taken(found.firsts, axis: 0),
                try ReferenceTensor([found.places.count], integers: found.places, as: type),
            ]
        },
    ]

    /// The elements of one tensor where a truth holds, of another elsewhere, all spread over a shape.
    static func select(
        _ choice: ReferenceTensor,
        _ first: ReferenceTensor,
        _ second: ReferenceTensor,
        _ shape: [Int]
    ) throws(ReferenceError) -> ReferenceTensor {
        guard first.type == second.type else {
            throw ReferenceError(
                "operands of two types, \(first.type.name) and \(second.type.name)"
            )
        }
        let truths = try choice.spread(over: shape).truths()
        let selection = Selection(truths: truths, second: try second.spread(over: shape).elements)
        return ReferenceTensor(
            unchecked: shape,
            elements: try first.spread(over: shape).elements.accept(selection)
        )
    }

    private static func largest(
        _ input: ReferenceTensor,
        count: Int
    ) throws(ReferenceError) -> [ReferenceTensor] {
        guard let extent = input.shape.last, (0...extent).contains(count) else {
            throw ReferenceError("the \(count) largest of the shape \(input.shape)")
        }
        let shape = Array(input.shape.dropLast()) + [count]
        let found = try input.elements.accept(numbers: Ranking(extent: extent, count: count))
        return [
            ReferenceTensor(unchecked: shape, elements: found.elements),
            ReferenceTensor(unchecked: shape, found.places),
        ]
    }

    /// Sums or products of everything up to a place, along an axis.
    private static func running(
        _ call: OperationCall,
        _ floats: (Double, Double) -> Double,
        _ integers: (Int64, Int64) -> Int64,
        start: Int64
    ) throws(ReferenceError) -> ReferenceTensor {
        let isExclusive = try call.node.bool("exclusive", default: false)
        let isReverse = try call.node.bool("reverse", default: false)
        let axis = try call[0].axis(call[1].integer())
        let (shape, type) = (try call[0].shape, try call[0].type)
        let inner = shape[(axis + 1)...].reduce(1, *)
        func run<Number>(
            _ values: [Number],
            _ start: Number,
            _ body: (Number, Number) -> Number
        ) -> [Number] {
            var output = values
            let extent = shape[axis]
            for line in 0..<(extent == 0 ? 0 : values.count / extent) {
                let first = line / inner * extent * inner + line % inner
                var sum = start
                for step in 0..<extent {
                    let place = first + (isReverse ? extent - 1 - step : step) * inner
                    let next = body(sum, values[place])
                    output[place] = isExclusive ? sum : next
                    sum = next
                }
            }
            return output
        }
        switch type {
        case .float32, .float64, .float16, .bfloat16:
            let sums = run(try call[0].floats(), Double(start), floats)
            return try ReferenceTensor(unchecked: shape, sums).cast(to: type)
        default:
            let sums = run(try call[0].wideIntegers(), start, integers)
            return try ReferenceTensor(unchecked: shape, sums).cast(to: type)
        }
    }
}

private struct Selection: ElementVisitor {
    let truths: [Bool]
    let second: ReferenceElements

    func visit<Element: ReferenceElement>(_ values: [Element]) -> ReferenceElements {
        let others = Element.values(of: second) ?? values
        return Element.elements(truths.indices.map { truths[$0] ? values[$0] : others[$0] })
    }
}

private struct Distinct: ElementVisitor {
    func visit<Element: ReferenceElement>(
        _ values: [Element]
    ) throws(ReferenceError) -> (firsts: [Int], places: [Int]) {
        guard values.count <= 1 << 16 else {
            throw ReferenceError("different ones among \(values.count) elements")
        }
        var (firsts, places): ([Int], [Int]) = ([], [])
        for (index, value) in values.enumerated() {
            if let place = firsts.firstIndex(where: { values[$0] == value }) {
                places.append(place)
            } else {
                places.append(firsts.count)
                firsts.append(index)
            }
        }
        return (firsts, places)
    }
}

/// The largest numbers of each row, the first of equal ones first.
private struct Ranking: NumberVisitor {
    let extent: Int
    let count: Int

    func visit<Element: FloatElement>(
        floats values: [Element]
    ) -> (elements: ReferenceElements, places: [Int32]) {
        let order = order(values.count) { values[$0].wide > values[$1].wide }
        return (Element.elements(order.map { values[$0] }), places(order))
    }

    func visit<Element: IntegerElement>(
        integers values: [Element]
    ) -> (elements: ReferenceElements, places: [Int32]) {
        let order = order(values.count) { values[$0] > values[$1] }
        return (Element.elements(order.map { values[$0] }), places(order))
    }

    private func order(_ total: Int, _ isLarger: (Int, Int) -> Bool) -> [Int] {
        var order: [Int] = []
        for row in 0..<(extent == 0 ? 0 : total / extent) {
            let sorted = (row * extent..<(row + 1) * extent).sorted { left, right in
                isLarger(left, right) || !isLarger(right, left) && left < right
            }
            order += sorted.prefix(count)
        }
        return order
    }

    private func places(_ order: [Int]) -> [Int32] {
        order.map { Int32(truncatingIfNeeded: $0 % max(extent, 1)) }
    }
}
