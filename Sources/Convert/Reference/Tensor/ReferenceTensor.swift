package import Proto

/// Typed values in row-major order: what the operations of graphs take and give.
///
/// The operations on it are plain: one algorithm each, no library, nothing that the engine uses. What reads a graph back
/// computes with them, so that a fault of the engine, of an importer or of an exporter shows as a difference.
package struct ReferenceTensor: Equatable, Sendable {
    /// The extent of each dimension, the slowest first; none for a scalar.
    package let shape: [Int]
    /// The values.
    package let elements: ReferenceElements

    /// The most elements that a tensor may have; a graph from a file may ask for anything.
    ///
    /// Who computes what need not be computed, such as a constant to be folded, sets it lower.
    @TaskLocal package static var limit = 1 << 29

    /// The most dimensions that TensorFlow allows.
    package static let rankLimit = 254

    /// A tensor of a shape.
    ///
    /// - Throws: ``ReferenceError`` if there are not as many values as the shape has elements.
    package init(
        _ shape: [Int],
        elements: ReferenceElements
    ) throws(ReferenceError) {
        guard try Self.count(shape) == elements.count else {
            throw ReferenceError("\(elements.count) values for the shape \(shape)")
        }
        self.init(unchecked: shape, elements: elements)
    }

    /// A tensor of a shape.
    ///
    /// - Throws: ``ReferenceError`` if there are not as many values as the shape has elements.
    package init<Element: ReferenceElement>(
        _ shape: [Int],
        _ values: [Element]
    ) throws(ReferenceError) {
        try self.init(shape, elements: Element.elements(values))
    }

    /// A tensor of float32.
    ///
    /// - Throws: ``ReferenceError`` if there are not as many values as the shape has elements.
    package init(_ shape: [Int], _ values: [Float]) throws(ReferenceError) {
        try self.init(shape, elements: .float32(values))
    }

    /// A scalar.
    package init<Element: ReferenceElement>(_ value: Element) {
        self.init(unchecked: [], elements: Element.elements([value]))
    }

    /// A list.
    package init<Element: ReferenceElement>(list values: [Element]) {
        self.init(unchecked: [values.count], elements: Element.elements(values))
    }

    /// A tensor of a shape that is known to have as many elements.
    package init(unchecked shape: [Int], elements: ReferenceElements) {
        self.shape = shape
        self.elements = elements
    }

    /// A tensor of a shape that is known to have as many elements.
    package init<Element: ReferenceElement>(unchecked shape: [Int], _ values: [Element]) {
        self.init(unchecked: shape, elements: Element.elements(values))
    }

    /// The type of the elements.
    package var type: DataType { elements.type }

    /// The number of elements.
    package var count: Int { elements.count }

    /// The dimensions.
    package var rank: Int { shape.count }

    /// The elements of a shape.
    ///
    /// - Throws: ``ReferenceError`` if an extent is negative, or there are too many elements or dimensions.
    package static func count(_ shape: [Int]) throws(ReferenceError) -> Int {
        guard shape.count <= rankLimit else {
            throw ReferenceError("a tensor of \(shape.count) dimensions")
        }
        // An extent of zero hides none that is too large behind it.
        var (count, isEmpty) = (1, false)
        let limit = limit
        for extent in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: max(extent, 1))
            guard extent >= 0, !overflow, product <= limit else {
                throw ReferenceError("a tensor of the shape \(shape)")
            }
            count = product
            isEmpty = isEmpty || extent == 0
        }
        return isEmpty ? 0 : count
    }

    /// The elements from one index of each dimension to the next.
    static func strides(_ shape: [Int]) -> [Int] {
        var strides = [Int](repeating: 1, count: shape.count)
        for axis in shape.indices.reversed().dropFirst() {
            strides[axis] = strides[axis + 1] * shape[axis + 1]
        }
        return strides
    }

    /// An axis that may be counted from the last one, which is -1.
    ///
    /// - Throws: ``ReferenceError`` if there is no such axis.
    package func axis(_ number: Int) throws(ReferenceError) -> Int {
        let (sum, overflow) = number.addingReportingOverflow(number < 0 ? rank : 0)
        guard !overflow, shape.indices.contains(sum) else {
            throw ReferenceError("axis \(number) of the shape \(shape)")
        }
        return sum
    }
}
