internal import Proto

/// TensorFlow's slices, as Python writes them: `x[begin:end:stride]`, `x[i]`, `x[..., None]`.
struct StridedSlice {
    private let begin: [Int]
    private let end: [Int]
    private let strides: [Int]
    private let beginMask: Int
    private let endMask: Int
    private let ellipsisMask: Int
    private let newMask: Int
    private let shrinkMask: Int

    /// A slice as a node's attributes and inputs state it.
    init(_ call: OperationCall) throws(ReferenceError) {
        begin = try call[1].integers()
        end = try call[2].integers()
        strides = try call[3].integers()
        guard begin.count == end.count, end.count == strides.count, begin.count < 64 else {
            throw ReferenceError("a slice from \(begin) to \(end) by \(strides)")
        }
        beginMask = try call.node.integer("begin_mask", default: 0)
        endMask = try call.node.integer("end_mask", default: 0)
        ellipsisMask = try call.node.integer("ellipsis_mask", default: 0)
        newMask = try call.node.integer("new_axis_mask", default: 0)
        shrinkMask = try call.node.integer("shrink_axis_mask", default: 0)
        guard ellipsisMask & (ellipsisMask &- 1) == 0 else {
            throw call.node.unfit("ellipsis_mask", "at most one ellipsis")
        }
    }

    func result(of tensor: ReferenceTensor) throws(ReferenceError) -> ReferenceTensor {
        let own = ReferenceTensor.strides(tensor.shape)
        // Axes that the entries behind the ellipsis take.
        let ellipsis = strides.indices.first { ellipsisMask >> $0 & 1 == 1 }
        let taken = strides.indices.filter { $0 != ellipsis && !isNew($0, ellipsis) }.count
        guard taken <= tensor.rank else {
            throw ReferenceError("a slice of \(taken) axes of the shape \(tensor.shape)")
        }
        var start = 0
        var axis = 0
        var (whole, wholeSteps): ([Int], [Int]) = ([], [])
        var shape: [Int] = []
        func keep(_ count: Int) {
            for _ in 0..<count {
                whole.append(tensor.shape[axis])
                wholeSteps.append(own[axis])
                shape.append(tensor.shape[axis])
                axis += 1
            }
        }
        for entry in strides.indices {
            if entry == ellipsis {
                keep(tensor.rank - taken)
            } else if isNew(entry, ellipsis) {
                shape.append(1)
            } else {
                let extent = tensor.shape[axis]
                let (first, count, step) = try range(entry, extent)
                start += count == 0 ? 0 : first * own[axis]
                whole.append(count)
                wholeSteps.append(count <= 1 ? 0 : step * own[axis])
                if shrinkMask >> entry & 1 == 0 { shape.append(count) }
                axis += 1
            }
        }
        keep(tensor.rank - axis)
        return try tensor.viewed(whole, strides: wholeSteps, from: start).reshaped(shape)
    }

    private func isNew(_ entry: Int, _ ellipsis: Int?) -> Bool {
        entry != ellipsis && newMask >> entry & 1 == 1
    }

    /// The first index, how many there are, and the way from one to the next.
    private func range(
        _ entry: Int,
        _ extent: Int
    ) throws(ReferenceError) -> (first: Int, count: Int, step: Int) {
        let step = strides[entry]
        guard step != 0, step != .min else { throw ReferenceError("a slice by \(step)") }
        func place(_ number: Int) -> Int { number < 0 ? number + extent : number }
        if shrinkMask >> entry & 1 == 1 {
            let index = place(begin[entry])
            guard step == 1 || step > 0, (0..<extent).contains(index) else {
                throw ReferenceError("index \(begin[entry]) of \(extent)")
            }
            return (index, 1, 1)
        }
        let room = step > 0 ? 0...extent : -1...(extent - 1)
        func clamped(_ number: Int) -> Int {
            min(max(place(number), room.lowerBound), room.upperBound)
        }
        let isOpen = (beginMask >> entry & 1 == 1, endMask >> entry & 1 == 1)
        let first = isOpen.0 ? (step > 0 ? 0 : extent - 1) : clamped(begin[entry])
        let last = isOpen.1 ? (step > 0 ? extent : -1) : clamped(end[entry])
        let span = step > 0 ? last - first : first - last
        guard span > 0 else { return (0, 0, 1) }
        // A step over everything takes one element, however long it is.
        let length = min(abs(step), extent)
        return (first, (span - 1) / abs(step) + 1, step > 0 ? length : -length)
    }
}
