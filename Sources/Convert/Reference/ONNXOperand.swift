/// A value while a model is computed.
enum ONNXOperand: Equatable, Sendable {
    /// Floating-point numbers; float64 is computed as such.
    case floats(ReferenceTensor)
    case doubles([Int], [Double])
    /// Integers of any width.
    case integers([Int], [Int])

    var shape: [Int] {
        switch self {
        case .floats(let tensor): tensor.shape
        case .doubles(let shape, _), .integers(let shape, _): shape
        }
    }

    /// The floats.
    ///
    /// - Throws: ``ReferenceError`` if they are something else.
    var tensor: ReferenceTensor {
        get throws(ReferenceError) {
            guard case .floats(let tensor) = self else { throw ReferenceError("no floats") }
            return tensor
        }
    }

    /// The integers.
    ///
    /// - Throws: ``ReferenceError`` if they are something else.
    var numbers: [Int] {
        get throws(ReferenceError) {
            guard case .integers(_, let numbers) = self else { throw ReferenceError("no integers") }
            return numbers
        }
    }

    /// The same values in another shape.
    func reshaped(_ shape: [Int]) throws(ReferenceError) -> ONNXOperand {
        switch self {
        case .floats(let tensor): return .floats(try tensor.reshaped(shape))
        case .doubles(_, let values):
            guard try ReferenceTensor.count(shape) == values.count else {
                throw ReferenceError("\(values.count) values for the shape \(shape)")
            }
            return .doubles(shape, values)
        case .integers(_, let values):
            guard try ReferenceTensor.count(shape) == values.count else {
                throw ReferenceError("\(values.count) values for the shape \(shape)")
            }
            return .integers(shape, values)
        }
    }

    /// Two operands of one type combined, the smaller spread over the larger.
    ///
    /// Of float64 and integers one must be a single number; nothing else is in use.
    func combined(
        with other: ONNXOperand,
        floats: (Float, Float) -> Float,
        doubles: (Double, Double) -> Double,
        integers: (Int, Int) -> Int?
    ) throws(ReferenceError) -> ONNXOperand {
        switch (self, other) {
        case (.floats(let first), .floats(let second)):
            return .floats(try first.combined(with: second, floats))
        case (.doubles(let shape, let first), .doubles(let other, let second)):
            let pairs = try Self.pairs(first, second)
            return .doubles(
                try ReferenceTensor.broadcast(shape, other),
                pairs.map { doubles($0, $1) }
            )
        case (.integers(let shape, let first), .integers(let other, let second)):
            var values: [Int] = []
            for (one, two) in try Self.pairs(first, second) {
                guard let value = integers(one, two) else {
                    throw ReferenceError("the integers \(one) and \(two)")
                }
                values.append(value)
            }
            return .integers(try ReferenceTensor.broadcast(shape, other), values)
        default: throw ReferenceError("operands of two types")
        }
    }

    private static func pairs<Number>(
        _ first: [Number],
        _ second: [Number]
    ) throws(ReferenceError) -> [(Number, Number)] {
        if first.count == second.count { return Array(zip(first, second)) }
        if second.count == 1 { return first.map { ($0, second[0]) } }
        if first.count == 1 { return second.map { (first[0], $0) } }
        throw ReferenceError("\(first.count) and \(second.count) numbers")
    }
}
