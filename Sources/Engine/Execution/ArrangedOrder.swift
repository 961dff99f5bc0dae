/// Where the values of an order of axes lie in that before it.
struct ArrangedOrder {
    /// Of the axes as they come out.
    let extents: [Int]
    /// From one place of each to the next, in what comes in.
    let steps: [Int]

    init(_ given: [Int], _ axes: [Int]) {
        var strides = [Int](repeating: 1, count: given.count)
        for axis in given.indices.dropLast().reversed() {
            strides[axis] = strides[axis + 1] * given[axis + 1]
        }
        extents = axes.map { given[$0] }
        steps = axes.map { strides[$0] }
    }

    /// Goes through the values in the order in which they come out.
    struct Walk {
        private let order: ArrangedOrder
        private var places: [Int]
        /// Where the next value lies.
        private(set) var source = 0

        init(_ order: ArrangedOrder, from index: Int) {
            self.order = order
            places = [Int](repeating: 0, count: order.extents.count)
            var rest = index
            for axis in order.extents.indices.reversed() {
                places[axis] = rest % order.extents[axis]
                rest /= order.extents[axis]
                source += places[axis] * order.steps[axis]
            }
        }

        /// Goes on by so many values of the last axis, no more than it has left.
        mutating func advance(_ count: Int) {
            var axis = order.extents.count - 1
            places[axis] += count
            source += count * order.steps[axis]
            while axis > 0, places[axis] == order.extents[axis] {
                source -= order.extents[axis] * order.steps[axis]
                places[axis] = 0
                axis -= 1
                places[axis] += 1
                source += order.steps[axis]
            }
        }

        /// Copies the next values.
        mutating func copy(
            _ count: Int,
            _ values: UnsafePointer<Float>,
            to target: UnsafeMutablePointer<Float>
        ) {
            let last = order.extents.count - 1
            let step = order.steps[last]
            var done = 0
            while done < count {
                let length = min(count - done, order.extents[last] - places[last])
                let from = unsafe values + source
                let to = unsafe target + done
                for index in 0..<length { unsafe to[index] = from[index * step] }
                done += length
                advance(length)
            }
        }
    }
}
