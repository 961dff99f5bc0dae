/// Places for buffers in one arena, such that buffers that live at the same time do not overlap.
///
/// The largest buffers are placed first, each at the lowest place that is free for its whole life.
package struct MemoryPlan {
    /// The size of each buffer.
    package let byteCounts: [Int]
    /// For each buffer the first and the last step that touch it.
    package let lifetimes: [ClosedRange<Int>]
    /// The place of each buffer, a multiple of 64.
    package let offsets: [Int]
    /// The size of the arena.
    package let byteCount: Int

    /// - Parameters:
    ///   - byteCounts: The size of each buffer.
    ///   - lifetimes: For each buffer the first and the last step that touch it.
    package init(byteCounts: [Int], lifetimes: [ClosedRange<Int>]) {
        precondition(byteCounts.count == lifetimes.count, "a lifetime for each buffer")
        var offsets = [Int](repeating: 0, count: byteCounts.count)
        var placed: [(range: Range<Int>, lifetime: ClosedRange<Int>)] = []
        var end = 0
        let order = byteCounts.indices.sorted {
            (byteCounts[$1], $0) < (byteCounts[$0], $1)
        }
        for buffer in order {
            let size = (byteCounts[buffer] + 63) & ~63
            let neighbours =
                placed
                .filter { $0.lifetime.overlaps(lifetimes[buffer]) }
                .sorted { $0.range.lowerBound < $1.range.lowerBound }
            var offset = 0
            for neighbour in neighbours where neighbour.range.upperBound > offset {
                if neighbour.range.lowerBound >= offset + size { break }
                offset = neighbour.range.upperBound
            }
            offsets[buffer] = offset
            placed.append((offset..<(offset + size), lifetimes[buffer]))
            end = max(end, offset + size)
        }
        self.byteCounts = byteCounts
        self.lifetimes = lifetimes
        self.offsets = offsets
        byteCount = end
    }
}
