package import Base
internal import CKernels

/// Sums over all ranks of many numbers, added in the order of the ranks, so that they are the same to the bit as one
/// process's that adds up as many parts.
///
/// The numbers are cut into blocks, and each block into a slice for each rank. A rank receives its slice from all others,
/// adds them up, and sends the sum to all: each sends and receives twice its numbers, less what is its own, whatever the
/// number of ranks. A sum may go over several rounds, each of a part of every rank; what was added before is kept.
@safe
package final class OrderedSum {
    /// The numbers: this rank's parts go in, and the sums come out.
    package let values: Storage
    private let ranks: any Communicator
    private let count: Int
    /// The sums of this rank's slices, one behind the other.
    private let sums: Storage
    /// A slice of every rank.
    private let received: Storage
    private let slice: Int
    /// How many rounds have been added.
    private var rounds = 0

    /// Numbers of a slice: large enough for the network, small beside a model.
    package static let usualSlice = 1 << 18

    /// A sum of so many numbers.
    package init(count: Int, _ ranks: any Communicator, slice: Int = OrderedSum.usualSlice) {
        self.ranks = ranks
        self.count = count
        let even = (count + ranks.count - 1) / max(ranks.count, 1)
        self.slice = max(min(slice, (even + 15) / 16 * 16), 16)
        let width = MemoryLayout<Float>.stride
        values = Storage(byteCount: count * width)
        let blocks = (count + self.slice * ranks.count - 1) / (self.slice * ranks.count)
        sums = Storage(byteCount: blocks * self.slice * width)
        received = Storage(byteCount: ranks.count * self.slice * width)
    }

    /// Forgets what was added.
    package func clear() { rounds = 0 }

    /// Adds what all ranks have put into ``values``, in the order of the ranks.
    package func add() {
        if rounds == 0 { unsafe sums.floats.update(repeating: 0) }
        rounds += 1
        for (index, block) in blocks.enumerated() {
            let own = range(of: ranks.rank, in: block)
            unsafe ranks.exchange(
                others.compactMap { rank in
                    let range = range(of: rank, in: block)
                    return range.isEmpty ? nil : unsafe (rank, UnsafeRawBufferPointer(bytes(range)))
                },
                own.isEmpty ? [] : others.map { unsafe ($0, place(of: $0, own.count)) }
            )
            guard !own.isEmpty else { continue }
            let sum = unsafe UnsafeMutableBufferPointer(
                rebasing: sums.floats[index * slice..<index * slice + own.count]
            )
            unsafe accumulate(own, into: sum)
        }
    }

    /// Puts the sums into ``values`` of every rank, and begins anew.
    package func finish() {
        precondition(rounds > 0, "a sum of nothing")
        rounds = 0
        for (index, block) in blocks.enumerated() {
            let own = range(of: ranks.rank, in: block)
            let start = index * slice
            if !own.isEmpty {
                let source = unsafe UnsafeBufferPointer(
                    rebasing: sums.floats[start..<start + own.count]
                )
                let target = unsafe UnsafeMutableBufferPointer(rebasing: values.floats[own])
                _ = unsafe target.update(fromContentsOf: source)
            }
            unsafe ranks.exchange(
                own.isEmpty ? [] : others.map { unsafe ($0, UnsafeRawBufferPointer(bytes(own))) },
                others.compactMap { rank in
                    let range = range(of: rank, in: block)
                    return range.isEmpty ? nil : unsafe (rank, bytes(range))
                }
            )
        }
    }

    /// Adds every rank's slice, each piece of it on a thread of its own.
    private func accumulate(_ own: Range<Int>, into sum: UnsafeMutableBufferPointer<Float>) {
        let piece = 1 << 14
        let pieces = (own.count + piece - 1) / piece
        var sources: [UnsafePointer<Float>?] = unsafe []
        for rank in 0..<ranks.count {
            let isOwn = rank == ranks.rank
            let start = isOwn ? own.lowerBound : rank * slice
            let place = unsafe (isOwn ? values : received).floats.baseAddress
            unsafe sources.append(UnsafePointer(place.map { unsafe $0 + start }))
        }
        parallel(pieces) { index in
            let start = index * piece
            let count = min(piece, own.count - start)
            for rank in 0..<self.ranks.count {
                guard let source = unsafe sources[rank], let target = sum.baseAddress else {
                    continue
                }
                unsafe training_accumulate(source + start, target + start, count)
            }
        }
    }

    private var others: [Int] { (0..<ranks.count).filter { $0 != ranks.rank } }

    private var blocks: [Range<Int>] {
        stride(from: 0, to: count, by: slice * ranks.count).map {
            $0..<min($0 + slice * ranks.count, count)
        }
    }

    /// A rank's slice of a block; the last block is divided evenly too.
    private func range(of rank: Int, in block: Range<Int>) -> Range<Int> {
        let even = (block.count + ranks.count - 1) / ranks.count
        let start = min(block.lowerBound + rank * even, block.upperBound)
        return start..<min(start + even, block.upperBound)
    }

    private func bytes(_ range: Range<Int>) -> UnsafeMutableRawBufferPointer {
        unsafe UnsafeMutableRawBufferPointer(
            UnsafeMutableBufferPointer(rebasing: values.floats[range])
        )
    }

    private func place(of rank: Int, _ count: Int) -> UnsafeMutableRawBufferPointer {
        unsafe UnsafeMutableRawBufferPointer(
            UnsafeMutableBufferPointer(
                rebasing: received.floats[rank * slice..<rank * slice + count]
            )
        )
    }
}
