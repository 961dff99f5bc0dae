/// Float32 values in row-major order, for the proof of exported graphs.
///
/// The operations on it are plain: one algorithm each, no library, nothing that the engine uses. What reads a graph back
/// computes with them, so that a fault of the engine or of an exporter shows as a difference.
package struct ReferenceTensor: Equatable, Sendable {
    /// The extent of each dimension, the slowest first; none for a scalar.
    package let shape: [Int]
    /// The values.
    package let values: [Float]

    /// The most elements that a tensor may have; a graph from a file may ask for anything.
    package static let limit = 1 << 29

    /// A tensor of a shape.
    ///
    /// - Throws: ``ReferenceError`` if there are not as many values as the shape has elements.
    package init(_ shape: [Int], _ values: [Float]) throws(ReferenceError) {
        guard try Self.count(shape) == values.count else {
            throw ReferenceError("\(values.count) values for the shape \(shape)")
        }
        self.shape = shape
        self.values = values
    }

    /// A scalar.
    package init(_ value: Float) {
        shape = []
        values = [value]
    }

    /// A tensor of a shape that is known to have as many elements.
    package init(unchecked shape: [Int], _ values: [Float]) {
        self.shape = shape
        self.values = values
    }

    /// The dimensions.
    package var rank: Int { shape.count }

    /// The elements of a shape.
    ///
    /// - Throws: ``ReferenceError`` if an extent is negative, or there are too many.
    package static func count(_ shape: [Int]) throws(ReferenceError) -> Int {
        var count = 1
        for extent in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: extent)
            guard extent >= 0, !overflow, product <= limit else {
                throw ReferenceError("a tensor of the shape \(shape)")
            }
            count = product
        }
        return count
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
        let axis = number < 0 ? number + rank : number
        guard shape.indices.contains(axis) else {
            throw ReferenceError("axis \(number) of the shape \(shape)")
        }
        return axis
    }
}
