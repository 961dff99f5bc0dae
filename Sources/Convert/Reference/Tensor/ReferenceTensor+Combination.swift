internal import Proto

/// How two tensors' places meet.
private enum Meeting {
    case alike
    case secondIsOne
    case firstIsOne
    case spread(left: [Int], right: [Int])
}

// Operations on pairs of elements; the smaller tensor is spread over the larger.
extension ReferenceTensor {
    /// Pairs of numbers combined: those with a fraction as float64, whole ones as int64 that wraps.
    ///
    /// - Throws: ``ReferenceError`` if the types or shapes do not fit.
    package func combined(
        with other: ReferenceTensor,
        _ floats: (Double, Double) -> Double,
        integers: ((Int64, Int64) throws(ReferenceError) -> Int64)? = nil
    ) throws(ReferenceError) -> ReferenceTensor {
        let (shape, meeting) = try meeting(other)
        let elements: ReferenceElements
        switch (self.elements, other.elements) {
        case (.float32(let first), .float32(let second)):
            elements = .float32(Self.floats(first, second, shape, meeting, floats))
        case (.float64(let first), .float64(let second)):
            elements = .float64(Self.floats(first, second, shape, meeting, floats))
        case (.float16(let first), .float16(let second)):
            elements = .float16(Self.floats(first, second, shape, meeting, floats))
        case (.bfloat16(let first), .bfloat16(let second)):
            elements = .bfloat16(Self.floats(first, second, shape, meeting, floats))
        case (.int8(let first), .int8(let second)):
            elements = .int8(try Self.integers(first, second, shape, meeting, integers))
        case (.int16(let first), .int16(let second)):
            elements = .int16(try Self.integers(first, second, shape, meeting, integers))
        case (.int32(let first), .int32(let second)):
            elements = .int32(try Self.integers(first, second, shape, meeting, integers))
        case (.int64(let first), .int64(let second)):
            elements = .int64(try Self.integers(first, second, shape, meeting, integers))
        case (.uint8(let first), .uint8(let second)):
            elements = .uint8(try Self.integers(first, second, shape, meeting, integers))
        case (.uint16(let first), .uint16(let second)):
            elements = .uint16(try Self.integers(first, second, shape, meeting, integers))
        case (.uint32(let first), .uint32(let second)):
            elements = .uint32(try Self.integers(first, second, shape, meeting, integers))
        case (.uint64(let first), .uint64(let second)):
            elements = .uint64(try Self.integers(first, second, shape, meeting, integers))
        default: throw mismatch(other)
        }
        return ReferenceTensor(unchecked: shape, elements: elements)
    }

    /// Pairs of numbers compared; `floats` compares those with a fraction, `integers` whole ones.
    ///
    /// - Throws: ``ReferenceError`` if the types or shapes do not fit.
    package func compared(
        with other: ReferenceTensor,
        _ floats: (Double, Double) -> Bool,
        _ integers: (Int64, Int64) -> Bool
    ) throws(ReferenceError) -> ReferenceTensor {
        let (shape, meeting) = try meeting(other)
        guard type == other.type else { throw mismatch(other) }
        let result: [Bool]
        switch (elements, other.elements) {
        case (.float32(let first), .float32(let second)):
            result = Self.pairs(first, second, shape, meeting) { floats(Double($0), Double($1)) }
        case (.float16, _), (.bfloat16, _), (.float64, _):
            result = Self.pairs(try self.floats(), try other.floats(), shape, meeting, floats)
        case (.bool(let first), .bool(let second)):
            result = Self.pairs(first, second, shape, meeting) { integers($0 ? 1 : 0, $1 ? 1 : 0) }
        case (.string(let first), .string(let second)):
            // Only whether they are equal is ever asked.
            result = Self.pairs(first, second, shape, meeting) { integers($0 == $1 ? 0 : 1, 0) }
        default:
            let (first, second) = (try wideIntegers(), try other.wideIntegers())
            result = Self.pairs(first, second, shape, meeting, integers)
        }
        return ReferenceTensor(unchecked: shape, result)
    }

    /// Pairs of truths combined.
    ///
    /// - Throws: ``ReferenceError`` if they are something else, or the shapes do not fit.
    package func combinedTruths(
        with other: ReferenceTensor,
        _ body: (Bool, Bool) -> Bool
    ) throws(ReferenceError) -> ReferenceTensor {
        let (shape, meeting) = try meeting(other)
        let (first, second) = (try truths(), try other.truths())
        return ReferenceTensor(unchecked: shape, Self.pairs(first, second, shape, meeting, body))
    }

    /// The whole numbers, of any type.
    func wideIntegers() throws(ReferenceError) -> [Int64] {
        if case .int64(let values) = elements { return values }
        if case .uint64(let values) = elements {
            var wide: [Int64] = []
            for value in values { wide.append(try Int64(narrow: value)) }
            return wide
        }
        return try integers().map { Int64($0) }
    }

    private func mismatch(_ other: ReferenceTensor) -> ReferenceError {
        type == other.type
            ? ReferenceError("numbers are needed, not \(type.name)")
            : ReferenceError("operands of two types, \(type.name) and \(other.type.name)")
    }

    private func meeting(
        _ other: ReferenceTensor
    ) throws(ReferenceError) -> (shape: [Int], meeting: Meeting) {
        if shape == other.shape { return (shape, .alike) }
        let result = try Self.broadcast(shape, other.shape)
        _ = try Self.count(result)
        if other.count == 1, result == shape { return (result, .secondIsOne) }
        if count == 1, result == other.shape { return (result, .firstIsOne) }
        return (
            result,
            .spread(left: spreadStrides(over: result), right: other.spreadStrides(over: result))
        )
    }

    private static func floats<Element: FloatElement>(
        _ first: [Element],
        _ second: [Element],
        _ shape: [Int],
        _ meeting: Meeting,
        _ body: (Double, Double) -> Double
    ) -> [Element] {
        pairs(first, second, shape, meeting) { Element(rounding: body($0.wide, $1.wide)) }
    }

    private static func integers<Element: IntegerElement>(
        _ first: [Element],
        _ second: [Element],
        _ shape: [Int],
        _ meeting: Meeting,
        _ body: ((Int64, Int64) throws(ReferenceError) -> Int64)?
    ) throws(ReferenceError) -> [Element] {
        guard let body else {
            throw ReferenceError("floating-point numbers are needed, not \(Element.type.name)")
        }
        // What cannot be computed is kept, and thrown at the end.
        var failure: ReferenceError?
        let count = shape.reduce(1, *)
        var output: [Element] = []
        output.reserveCapacity(count)
        walk(shape, meeting, count) { left, right in
            guard failure == nil else { return }
            do throws(ReferenceError) {
                let value = try body(Int64(narrow: first[left]), Int64(narrow: second[right]))
                output.append(Element(truncatingIfNeeded: value))
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return output
    }

    private static func pairs<First, Second, Result>(
        _ first: [First],
        _ second: [Second],
        _ shape: [Int],
        _ meeting: Meeting,
        _ body: (First, Second) -> Result
    ) -> [Result] {
        let count = shape.reduce(1, *)
        switch meeting {
        case .alike: return filled(count) { body(first[$0], second[$0]) }
        case .secondIsOne:
            let other = second[0]
            return filled(count) { body(first[$0], other) }
        case .firstIsOne:
            let other = first[0]
            return filled(count) { body(other, second[$0]) }
        case .spread:
            var output: [Result] = []
            output.reserveCapacity(count)
            walk(shape, meeting, count) { output.append(body(first[$0], second[$1])) }
            return output
        }
    }

    /// Calls `body` with both places of every pair, in order.
    private static func walk(
        _ shape: [Int],
        _ meeting: Meeting,
        _ count: Int,
        _ body: (Int, Int) -> Void
    ) {
        guard count > 0 else { return }
        switch meeting {
        case .alike: for index in 0..<count { body(index, index) }
        case .secondIsOne: for index in 0..<count { body(index, 0) }
        case .firstIsOne: for index in 0..<count { body(0, index) }
        case .spread(let left, let right):
            var position = Position(Array(shape.dropLast()))
            let (step, otherStep) = (left.last ?? 0, right.last ?? 0)
            repeat {
                var (from, with) = (position.offset(left), position.offset(right))
                for _ in 0..<(shape.last ?? 1) {
                    body(from, with)
                    from += step
                    with += otherStep
                }
            } while position.advance()
        }
    }
}
