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

    /// The number of elements of the part; parts of a tensor are not larger than it.
    var elementCount: Int { lengths.contains(0) ? 0 : lengths.reduce(1, *) }

    /// Throws unless the places cover the tensor and do not overlap.
    ///
    /// Places in the tensor that hold as many elements as it are a partition exactly if no two overlap.
    static func checkPartition(
        _ places: [SlicePlace],
        of tensor: TensorEntry,
        _ malformed: (String) -> CheckpointError
    ) throws(CheckpointError) {
        var covered = 0
        for place in places {
            let (sum, overflow) = covered.addingReportingOverflow(place.elementCount)
            guard !overflow else { throw malformed("its slices hold too many elements") }
            covered = sum
        }
        var work = overlapWork
        if let (first, second) = overlap(
            places.indices.filter { places[$0].elementCount > 0 },
            places,
            &work
        ) {
            throw malformed(
                "its slices \(tensor.slices[first]) and \(tensor.slices[second]) overlap"
            )
        }
        guard work >= 0 else { throw malformed("its \(places.count) slices are too many to check") }
        guard covered == tensor.elementCount else {
            throw malformed("its slices hold \(covered) of \(tensor.elementCount) elements")
        }
    }

    /// The comparisons of places that one tensor may ask for.
    private static let overlapWork = 1 << 26

    private func overlaps(_ other: SlicePlace) -> Bool {
        starts.indices.allSatisfy { axis in
            starts[axis] < other.starts[axis] + other.lengths[axis]
                && other.starts[axis] < starts[axis] + lengths[axis]
        }
    }

    /// Two of several places, none of them empty, that overlap, if any do.
    ///
    /// Groups of places that do not meet along one axis cannot overlap; each group is looked at along the next axis.
    private static func overlap(
        _ indices: [Int],
        _ places: [SlicePlace],
        _ work: inout Int
    ) -> (Int, Int)? {
        guard let first = indices.first, indices.count > 1 else { return nil }
        var groups = [indices]
        for axis in places[first].starts.indices {
            var finer: [[Int]] = []
            for group in groups where group.count > 1 {
                let order = group.sorted { places[$0].starts[axis] < places[$1].starts[axis] }
                work -= group.count
                var end = Int.min
                for index in order {
                    if places[index].starts[axis] >= end {
                        finer.append([index])
                    } else {
                        finer[finer.count - 1].append(index)
                    }
                    end = max(end, places[index].starts[axis] + places[index].lengths[axis])
                }
            }
            groups = finer
        }
        for group in groups where group.count > 1 {
            for (position, index) in group.enumerated() {
                work -= position
                guard work >= 0 else { return nil }
                if let other = group[..<position].first(where: {
                    places[$0].overlaps(places[index])
                }) {
                    return (min(index, other), max(index, other))
                }
            }
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
            unsafe part.extracting(source..<(source + rowCount)).withUnsafeBytes { row in
                unsafe whole.withUnsafeMutableBytes { target in
                    unsafe UnsafeMutableRawBufferPointer(
                        rebasing: target[start..<(start + rowCount)]
                    )
                    .copyMemory(from: row)
                }
            }
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
