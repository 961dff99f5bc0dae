/// A buffer that lies inside of another, so that what it holds need not be copied there.
package struct BufferPart {
    package let buffer: Int
    package let whole: Int
    /// Where it begins in the whole, in bytes.
    package let offset: Int
    /// The step that copies it, if it does not lie there.
    package let step: Int
}

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
    ///   - parts: By their buffers, those that lie inside of other buffers, which live as long as any of them.
    package init(
        byteCounts: [Int],
        lifetimes: [ClosedRange<Int>],
        parts: [Int: BufferPart] = [:]
    ) {
        precondition(byteCounts.count == lifetimes.count, "a lifetime for each buffer")
        /// The buffer that a buffer lies in at last, and where.
        func home(_ buffer: Int) -> (buffer: Int, offset: Int) {
            var home = (buffer: buffer, offset: 0)
            while let part = parts[home.buffer] {
                home = (part.whole, home.offset + part.offset)
            }
            return home
        }
        var lives = lifetimes
        for buffer in parts.keys {
            let whole = home(buffer).buffer
            let (own, others) = (lifetimes[buffer], lives[whole])
            lives[whole] =
                min(own.lowerBound, others.lowerBound)...max(own.upperBound, others.upperBound)
        }
        var offsets = [Int](repeating: 0, count: byteCounts.count)
        var placed: [(range: Range<Int>, lifetime: ClosedRange<Int>)] = []
        var end = 0
        let order = byteCounts.indices.filter { parts[$0] == nil }.sorted {
            (byteCounts[$1], $0) < (byteCounts[$0], $1)
        }
        for buffer in order {
            let size = (byteCounts[buffer] + 63) & ~63
            let neighbours =
                placed
                .filter { $0.lifetime.overlaps(lives[buffer]) }
                .sorted { $0.range.lowerBound < $1.range.lowerBound }
            var offset = 0
            for neighbour in neighbours where neighbour.range.upperBound > offset {
                if neighbour.range.lowerBound >= offset + size { break }
                offset = neighbour.range.upperBound
            }
            offsets[buffer] = offset
            placed.append((offset..<(offset + size), lives[buffer]))
            end = max(end, offset + size)
        }
        for buffer in parts.keys {
            let home = home(buffer)
            offsets[buffer] = offsets[home.buffer] + home.offset
        }
        self.byteCounts = byteCounts
        self.lifetimes = lifetimes
        self.offsets = offsets
        byteCount = end
    }
}
