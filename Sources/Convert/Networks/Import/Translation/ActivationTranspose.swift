/// Values with their axes in another order.
enum ActivationTranspose {
    /// Values of a shape with their axes in another order.
    static func transposed(_ values: [Float], _ shape: [Int], _ axes: [Int]) -> [Float] {
        var steps = [Int](repeating: 1, count: shape.count)
        for axis in shape.indices.dropLast().reversed() {
            steps[axis] = steps[axis + 1] * shape[axis + 1]
        }
        let (extents, strides) = (axes.map { shape[$0] }, axes.map { steps[$0] })
        let (last, step) = (extents.last ?? 1, strides.last ?? 1)
        return unsafe [Float](unsafeUninitializedCapacity: values.count) { target, filled in
            unsafe values.withUnsafeBufferPointer { source in
                var place = [Int](repeating: 0, count: extents.count)
                var start = 0
                var index = 0
                while index < values.count {
                    for offset in 0..<last {
                        unsafe target[index + offset] = source[start + offset * step]
                    }
                    index += last
                    var axis = extents.count - 2
                    while axis >= 0 {
                        place[axis] += 1
                        start += strides[axis]
                        if place[axis] < extents[axis] { break }
                        start -= extents[axis] * strides[axis]
                        place[axis] = 0
                        axis -= 1
                    }
                    if axis < 0 { break }
                }
            }
            filled = values.count
        }
    }
}
