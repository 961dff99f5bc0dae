/// A part of a tensor, as Python writes it: `0:2,:,3,-1,::2`.
///
/// A single index takes its axis away; axes that are not named are taken whole.
public struct TensorSelection: Equatable, Sendable {
    /// The extents of what is left.
    public let shape: [Int]
    /// The places of its elements in the whole, in row-major order.
    private let axes: [Axis]

    private struct Axis: Equatable {
        let start: Int
        let step: Int
        let count: Int
        /// Elements from one index to the next.
        let stride: Int
    }

    /// All of a tensor.
    public init(all shape: [Int]) {
        self.shape = shape
        axes = zip(shape, Self.strides(shape)).map {
            Axis(start: 0, step: 1, count: $0, stride: $1)
        }
    }

    /// Reads a slice of a tensor.
    ///
    /// - Throws: ``ConversionError/malformedSlice(_:)`` or ``ConversionError/sliceOutside(slice:shape:)``.
    public init(_ text: String, of whole: [Int]) throws(ConversionError) {
        var parts = text.split(separator: ",", omittingEmptySubsequences: false).map {
            $0.filter { $0 != " " }
        }
        if parts == [""] { parts = [] }
        guard parts.count <= whole.count else { throw .sliceOutside(slice: text, shape: whole) }
        let strides = Self.strides(whole)
        var shape: [Int] = []
        var axes: [Axis] = []
        for (axis, extent) in whole.enumerated() {
            let part = axis < parts.count ? parts[axis] : ":"
            guard part.contains(":") else {
                guard let index = Int(part) else { throw .malformedSlice(text) }
                let place = index < 0 ? index.addingReportingOverflow(extent).partialValue : index
                guard place >= 0, place < extent else {
                    throw .sliceOutside(slice: text, shape: whole)
                }
                axes.append(Axis(start: place, step: 1, count: 1, stride: strides[axis]))
                continue
            }
            let range = try Self.range(part, extent, text)
            shape.append(range.count)
            axes.append(
                Axis(
                    start: range.start,
                    step: range.step,
                    count: range.count,
                    stride: strides[axis]
                )
            )
        }
        self.shape = shape
        self.axes = axes
    }

    private static func range(
        _ part: String,
        _ extent: Int,
        _ text: String
    ) throws(ConversionError) -> (start: Int, step: Int, count: Int) {
        let words = part.split(separator: ":", omittingEmptySubsequences: false)
        guard words.count <= 3 else { throw .malformedSlice(text) }
        var numbers: [Int?] = []
        for word in words {
            guard word.isEmpty || Int(word) != nil else { throw .malformedSlice(text) }
            numbers.append(Int(word))
        }
        let step = numbers.count > 2 ? numbers[2] ?? 1 : 1
        guard step > 0 else { throw .malformedSlice(text) }
        // As in Python, a range is cut to the axis.
        func place(_ number: Int?, _ absent: Int) -> Int {
            guard let number else { return absent }
            let index = number < 0 ? number.addingReportingOverflow(extent).partialValue : number
            return min(max(index, 0), extent)
        }
        let start = place(numbers[0], 0)
        let end = place(numbers[1], extent)
        let length = max(0, end - start)
        return (start, step, length / step + (length % step == 0 ? 0 : 1))
    }

    private static func strides(_ shape: [Int]) -> [Int] {
        guard !shape.contains(0) else { return shape.map { _ in 0 } }
        var stride = 1
        var strides: [Int] = []
        for extent in shape.reversed() {
            strides.append(stride)
            stride *= extent
        }
        return strides.reversed()
    }

    /// The number of elements.
    public var count: Int { shape.contains(0) ? 0 : shape.reduce(1, *) }

    /// The place of each element in the whole, in row-major order.
    public func forEachIndex(_ body: (Int) -> Void) {
        if count > 0 { visit(0, 0, body) }
    }

    private func visit(_ depth: Int, _ base: Int, _ body: (Int) -> Void) {
        guard depth < axes.count else { return body(base) }
        let axis = axes[depth]
        for step in 0..<axis.count {
            visit(depth + 1, base + (axis.start + step * axis.step) * axis.stride, body)
        }
    }

    /// The places as a list.
    public var indices: [Int] {
        var indices: [Int] = []
        indices.reserveCapacity(count)
        forEachIndex { indices.append($0) }
        return indices
    }
}
