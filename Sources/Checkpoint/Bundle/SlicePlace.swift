internal import Proto

/// A slice with every extent known: where a part lies in its tensor.
struct SlicePlace: Equatable {
    let starts: [Int]
    let lengths: [Int]

    /// Nil if the slice is not inside a tensor of the shape.
    init?(_ slice: TensorSlice, of shape: [Int]) {
        guard slice.extents.count == shape.count else { return nil }
        var starts: [Int] = []
        var lengths: [Int] = []
        for (extent, size) in zip(slice.extents, shape) {
            guard let length = extent.length else {
                starts.append(0)
                lengths.append(size)
                continue
            }
            guard extent.start >= 0, length >= 0, length <= Int64(size),
                extent.start <= Int64(size) - length
            else { return nil }
            starts.append(Int(extent.start))
            lengths.append(Int(length))
        }
        self.starts = starts
        self.lengths = lengths
    }

    private func overlaps(_ other: SlicePlace) -> Bool {
        starts.indices.allSatisfy { axis in
            lengths[axis] > 0 && other.lengths[axis] > 0
                && starts[axis] < other.starts[axis] + other.lengths[axis]
                && other.starts[axis] < starts[axis] + lengths[axis]
        }
    }

    /// Two of several places that overlap, if any do.
    ///
    /// Sweeps along the axis on which the places have the most starts, so that parts in a row are compared with their
    /// neighbours only.
    static func overlap(_ places: [SlicePlace]) -> (Int, Int)? {
        guard let rank = places.first?.starts.count else { return nil }
        let axis = (0..<rank).max { first, second in
            Set(places.map { $0.starts[first] }).count < Set(places.map { $0.starts[second] }).count
        }
        guard let axis else { return places.count > 1 ? (0, 1) : nil }
        let order = places.indices.sorted { places[$0].starts[axis] < places[$1].starts[axis] }
        var open: [Int] = []
        for index in order {
            let start = places[index].starts[axis]
            open.removeAll { places[$0].starts[axis] + places[$0].lengths[axis] <= start }
            if let other = open.first(where: { places[$0].overlaps(places[index]) }) {
                return (min(index, other), max(index, other))
            }
            open.append(index)
        }
        return nil
    }

    /// Copies the part's bytes to their places in the whole.
    func copy(_ part: RawSpan, into whole: inout [UInt8], shape: [Int], width: Int) {
        guard !lengths.contains(0) else { return }
        let rowCount = (lengths.last ?? 1) * width
        var index = [Int](repeating: 0, count: max(lengths.count - 1, 0))
        var source = 0
        while true {
            var place = 0
            for (axis, size) in shape.enumerated() {
                let position = axis < index.count ? starts[axis] + index[axis] : starts[axis]
                place = place * size + position
            }
            let start = place * width
            whole.replaceSubrange(
                start..<(start + rowCount), with: part.array(source..<(source + rowCount)))
            source += rowCount
            var axis = index.count - 1
            while axis >= 0 {
                index[axis] += 1
                if index[axis] < lengths[axis] { break }
                index[axis] = 0
                axis -= 1
            }
            if axis < 0 { return }
        }
    }
}
