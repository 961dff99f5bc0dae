internal import Base
internal import Glibc
internal import Proto

// Operations on single elements.
extension ReferenceTensor {
    /// Every number with a fraction changed by itself, computed as float64.
    ///
    /// - Throws: ``ReferenceError`` if the elements are something else.
    package func mapped(_ body: (Double) -> Double) throws(ReferenceError) -> ReferenceTensor {
        let elements: ReferenceElements
        switch self.elements {
        case .float32(let values): elements = .float32(Self.mapped(values, body))
        case .float64(let values): elements = .float64(Self.mapped(values, body))
        case .float16(let values): elements = .float16(Self.mapped(values, body))
        case .bfloat16(let values): elements = .bfloat16(Self.mapped(values, body))
        default: throw ReferenceError("floating-point numbers are needed, not \(type.name)")
        }
        return ReferenceTensor(unchecked: shape, elements: elements)
    }

    private static func mapped<Element: FloatElement>(
        _ values: [Element],
        _ body: (Double) -> Double
    ) -> [Element] {
        Self.filled(values.count) { Element(rounding: body(values[$0].wide)) }
    }

    /// Every number changed by itself: those with a fraction as float64, whole ones as int64 that wraps.
    ///
    /// - Throws: ``ReferenceError`` if the elements are no numbers.
    package func mapped(
        _ floats: (Double) -> Double,
        integers: (Int64) throws(ReferenceError) -> Int64
    ) throws(ReferenceError) -> ReferenceTensor {
        switch elements {
        case .float32, .float64, .float16, .bfloat16: return try mapped(floats)
        default:
            return try withoutActuallyEscaping(integers) { integers throws(ReferenceError) in
                ReferenceTensor(
                    unchecked: shape,
                    elements: try elements.accept(numbers: IntegerMap(body: integers))
                )
            }
        }
    }

    /// `count` elements, each computed by itself, side by side where there are many.
    static func filled<Element>(_ count: Int, _ body: (Int) -> Element) -> [Element] {
        let grain = 1 << 15
        return unsafe [Element](unsafeUninitializedCapacity: count) { buffer, filled in
            let buffer = unsafe buffer
            if count <= grain {
                for index in 0..<count {
                    unsafe buffer.initializeElement(at: index, to: body(index))
                }
            } else {
                parallel((count + grain - 1) / grain) { part in
                    for index in (part * grain)..<min(count, (part + 1) * grain) {
                        unsafe buffer.initializeElement(at: index, to: body(index))
                    }
                }
            }
            filled = count
        }
    }

    /// The shape of two that are spread over each other: extents are equal, or one of them is 1.
    ///
    /// - Throws: ``ReferenceError`` if they do not fit.
    package static func broadcast(
        _ first: [Int],
        _ second: [Int]
    ) throws(ReferenceError) -> [Int] {
        let rank = max(first.count, second.count)
        let left = [Int](repeating: 1, count: rank - first.count) + first
        let right = [Int](repeating: 1, count: rank - second.count) + second
        var result: [Int] = []
        for (one, other) in zip(left, right) {
            guard one == other || one == 1 || other == 1 else {
                throw ReferenceError("the shapes \(first) and \(second) do not fit")
            }
            result.append(one == 1 ? other : one)
        }
        return result
    }

    /// The strides that spread this tensor over a larger shape.
    func spreadStrides(over larger: [Int]) -> [Int] {
        let strides = Self.strides(shape)
        let added = larger.count - rank
        return larger.indices.map { axis in
            guard axis >= added, shape[axis - added] != 1 else { return 0 }
            return strides[axis - added]
        }
    }
}

private struct IntegerMap: NumberVisitor {
    let body: (Int64) throws(ReferenceError) -> Int64

    func visit<Element: FloatElement>(
        floats values: [Element]
    ) throws(ReferenceError) -> ReferenceElements {
        preconditionFailure("numbers with a fraction are mapped as such")
    }

    func visit<Element: IntegerElement>(
        integers values: [Element]
    ) throws(ReferenceError) -> ReferenceElements {
        var output: [Element] = []
        output.reserveCapacity(values.count)
        for value in values {
            output.append(Element(truncatingIfNeeded: try body(Int64(narrow: value))))
        }
        return Element.elements(output)
    }
}

extension Int64 {
    /// A whole number of any type.
    ///
    /// - Throws: ``ReferenceError`` if it is larger than the largest int64.
    init<Element: IntegerElement>(narrow value: Element) throws(ReferenceError) {
        guard let result = Int64(exactly: value) else {
            throw ReferenceError("\(value) is larger than int64")
        }
        self = result
    }
}
