package import Base
internal import CKernels

/// In what type ranks send each other numbers that are added up.
public enum SumType: String, Sendable, CaseIterable {
    /// As they are.
    case float32
    /// Each part rounded to bfloat16, added up in float32, and the sum rounded again.
    case bfloat16
}

/// Sums over all ranks of many numbers, added in the order of the ranks, so that they are the same to the bit as one
/// process's that adds up as many parts.
///
/// The numbers come in buckets, which may be added up one before the other. A bucket is cut into blocks, and each block
/// into a slice for each rank. A rank receives its slice from all others, adds them up, and sends the sum to all: each
/// sends and receives twice its numbers, less what is its own, whatever the number of ranks. A sum may go over several
/// rounds, each of a part of every rank; what was added before is kept.
///
/// How the numbers are cut changes no sum: in bfloat16 a rank's own part is rounded too.
@safe
package final class OrderedSum {
    /// The numbers: this rank's parts go in, and the sums come out.
    package let values: Storage
    private let ranks: any Communicator
    private let type: SumType
    private let buckets: [[Block]]
    /// The sums of this rank's slices, one behind the other.
    private let sums: Storage
    /// A slice of every rank.
    private let received: Storage
    private let slice: Int
    /// A block of this rank's parts, its sums, and a block of all sums, as they are sent; unused in float32.
    private let short: (parts: Storage, sum: Storage, all: Storage)

    /// Numbers that are added up between two exchanges.
    private struct Block {
        let range: Range<Int>
        /// Where the sum of this rank's slice begins.
        let start: Int
    }

    /// Numbers of a slice: large enough for the network, small beside a model.
    package static let usualSlice = 1 << 18

    /// A sum of buckets of so many numbers, one behind the other.
    package init(
        buckets counts: [Int],
        _ ranks: any Communicator,
        type: SumType = .float32,
        slice: Int = OrderedSum.usualSlice
    ) {
        self.ranks = ranks
        self.type = type
        let largest = counts.max() ?? 0
        let even = (largest + ranks.count - 1) / max(ranks.count, 1)
        let slice = max(min(slice, (even + 15) / 16 * 16), 16)
        self.slice = slice
        var (begin, start) = (0, 0)
        buckets = counts.map { count in
            defer { begin += count }
            return stride(from: 0, to: count, by: slice * ranks.count).map { offset in
                let end = begin + min(offset + slice * ranks.count, count)
                defer { start += slice }
                return Block(range: begin + offset..<end, start: start)
            }
        }
        let width = MemoryLayout<Float>.stride
        values = Storage(byteCount: begin * width)
        sums = Storage(byteCount: start * width)
        received = Storage(byteCount: ranks.count * slice * width)
        let shortWidth = type == .bfloat16 ? MemoryLayout<UInt16>.stride : 0
        short = (
            Storage(byteCount: ranks.count * slice * shortWidth),
            Storage(byteCount: slice * shortWidth),
            Storage(byteCount: ranks.count * slice * shortWidth)
        )
    }

    /// Adds what all ranks have put into a bucket of ``values``, in the order of the ranks.
    ///
    /// - Parameters:
    ///   - bucket: Which one; all ranks take the buckets in the same order.
    ///   - begins: Whether nothing is kept of what was added before.
    ///   - ends: Whether the sums come into ``values`` of every rank.
    ///   - isParallel: Whether the threads of the calling thread add, or it alone.
    package func add(_ bucket: Int, begins: Bool, ends: Bool, isParallel: Bool = true) {
        let blocks = buckets[bucket]
        // The sums of a block go out together with the parts of the next one.
        var before: Block?
        for block in blocks {
            exchange(parts: block, sums: ends ? before : nil, isParallel: isParallel)
            accumulate(block, begins: begins, isParallel: isParallel)
            if ends { settle(block, isParallel: isParallel) }
            before = block
        }
        if ends, let before { exchange(parts: nil, sums: before, isParallel: isParallel) }
    }

    // MARK: Exchanging

    private func exchange(parts: Block?, sums: Block?, isParallel: Bool) {
        let isShort = type == .bfloat16
        let width = isShort ? MemoryLayout<UInt16>.stride : MemoryLayout<Float>.stride
        var sent: [(rank: Int, bytes: UnsafeRawBufferPointer)] = unsafe []
        var taken: [(rank: Int, bytes: UnsafeMutableRawBufferPointer)] = unsafe []
        func send(_ rank: Int, _ storage: Storage, _ start: Int, _ count: Int) {
            guard count > 0 else { return }
            let bytes = unsafe storage.bytes + start * width
            unsafe sent.append((rank, UnsafeRawBufferPointer(start: bytes, count: count * width)))
        }
        func take(_ rank: Int, _ storage: Storage, _ start: Int, _ count: Int) {
            guard count > 0 else { return }
            let bytes = unsafe storage.bytes + start * width
            unsafe taken.append(
                (rank, UnsafeMutableRawBufferPointer(start: bytes, count: count * width))
            )
        }
        // Where a rank's slice of a block lies, in the block as it is sent or among all values.
        func start(_ range: Range<Int>, _ block: Block) -> Int {
            isShort ? range.lowerBound - block.range.lowerBound : range.lowerBound
        }
        if let parts {
            if isShort { round(parts.range, isParallel: isParallel) }
            let own = range(of: ranks.rank, in: parts.range)
            for rank in others {
                let range = range(of: rank, in: parts.range)
                send(rank, isShort ? short.parts : values, start(range, parts), range.count)
                take(rank, received, rank * slice, own.count)
            }
        }
        if let sums {
            let own = range(of: ranks.rank, in: sums.range)
            for rank in others {
                let range = range(of: rank, in: sums.range)
                send(rank, isShort ? short.sum : values, isShort ? 0 : own.lowerBound, own.count)
                take(rank, isShort ? short.all : values, start(range, sums), range.count)
            }
        }
        if unsafe !(sent.isEmpty && taken.isEmpty) { unsafe ranks.exchange(sent, taken) }
        if isShort, let sums { widen(sums.range, isParallel: isParallel) }
    }

    /// Makes this rank's parts of a block what is sent.
    private func round(_ block: Range<Int>, isParallel: Bool) {
        spread(block.count, isParallel) { piece in
            unsafe training_round(
                self.floats(self.values) + block.lowerBound + piece.lowerBound,
                self.shorts(self.short.parts) + piece.lowerBound,
                piece.count
            )
        }
    }

    /// Puts the sums that others have sent into the values.
    private func widen(_ block: Range<Int>, isParallel: Bool) {
        for rank in others {
            let range = range(of: rank, in: block)
            spread(range.count, isParallel) { piece in
                let start = range.lowerBound + piece.lowerBound
                unsafe training_widen(
                    self.shorts(self.short.all) + start - block.lowerBound,
                    self.floats(self.values) + start,
                    piece.count
                )
            }
        }
    }

    // MARK: Adding

    /// Adds every rank's slice of a block to this rank's sums, each piece of it on a thread of its own.
    private func accumulate(_ block: Block, begins: Bool, isParallel: Bool) {
        let own = range(of: ranks.rank, in: block.range)
        spread(own.count, isParallel) { piece in
            let target = unsafe self.floats(self.sums) + block.start + piece.lowerBound
            if begins { unsafe target.update(repeating: 0, count: piece.count) }
            for rank in 0..<self.ranks.count {
                let isOwn = rank == self.ranks.rank
                let place = rank * self.slice + piece.lowerBound
                let start = own.lowerBound + piece.lowerBound
                switch self.type {
                case .float32:
                    let source =
                        unsafe isOwn
                        ? self.floats(self.values) + start : self.floats(self.received) + place
                    unsafe training_accumulate(source, target, piece.count)
                case .bfloat16:
                    let source =
                        unsafe isOwn
                        ? self.shorts(self.short.parts) + start - block.range.lowerBound
                        : self.shorts(self.received) + place
                    unsafe training_accumulate_rounded(source, target, piece.count)
                }
            }
        }
    }

    /// Puts this rank's sums of a block where they are sent from, and into the values.
    private func settle(_ block: Block, isParallel: Bool) {
        let own = range(of: ranks.rank, in: block.range)
        spread(own.count, isParallel) { piece in
            let source = unsafe self.floats(self.sums) + block.start + piece.lowerBound
            let target = unsafe self.floats(self.values) + own.lowerBound + piece.lowerBound
            switch self.type {
            case .float32: unsafe target.update(from: source, count: piece.count)
            case .bfloat16:
                let sent = unsafe self.shorts(self.short.sum) + piece.lowerBound
                unsafe training_round(source, sent, piece.count)
                unsafe training_widen(sent, target, piece.count)
            }
        }
    }

    /// Calls `body` for pieces of so many numbers, which the threads share if they are to.
    private func spread(_ count: Int, _ isParallel: Bool, _ body: (Range<Int>) -> Void) {
        let piece = 1 << 14
        let pieces = (count + piece - 1) / piece
        func work(_ index: Int) { body(index * piece..<min((index + 1) * piece, count)) }
        if isParallel { parallel(pieces, work) } else { (0..<pieces).forEach(work) }
    }

    private func floats(_ storage: Storage) -> UnsafeMutablePointer<Float> {
        unsafe storage.bytes.assumingMemoryBound(to: Float.self)
    }

    private func shorts(_ storage: Storage) -> UnsafeMutablePointer<UInt16> {
        unsafe storage.bytes.assumingMemoryBound(to: UInt16.self)
    }

    // MARK: Dividing

    private var others: [Int] { (0..<ranks.count).filter { $0 != ranks.rank } }

    /// A rank's slice of a block; the last block is divided evenly too.
    private func range(of rank: Int, in block: Range<Int>) -> Range<Int> {
        let even = (block.count + ranks.count - 1) / ranks.count
        let start = min(block.lowerBound + rank * even, block.upperBound)
        return start..<min(start + even, block.upperBound)
    }
}
