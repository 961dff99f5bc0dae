/// Processes that do one piece of work together, seen from one of them: which one it is, how many there are, and a way to
/// hand each other bytes.
///
/// All ranks make the same calls in the same order; each returns when this rank's part is done. A rank that fails ends all
/// of them, so no call ever returns without its result. One thread of a rank at a time makes calls.
public protocol Communicator: AnyObject, Sendable {
    /// Which one this is, from 0.
    var rank: Int { get }
    /// How many there are.
    var count: Int { get }
    /// Whether another rank wants all of them to stop.
    var isAskedToStop: Bool { get }
    /// Asks all other ranks to stop.
    func askToStop()
    /// Sends to ranks and receives from ranks, and returns when all of it is done.
    ///
    /// What one rank sends to another arrives in the order of sending; sender and receiver know how much it is.
    func exchange(
        _ sent: [(rank: Int, bytes: UnsafeRawBufferPointer)],
        _ received: [(rank: Int, bytes: UnsafeMutableRawBufferPointer)]
    )
}

/// One process that works for itself.
public final class Alone: Communicator {
    /// The only one.
    public init() {}

    /// 0.
    public var rank: Int { 0 }
    /// 1.
    public var count: Int { 1 }
    /// Nobody asks.
    public var isAskedToStop: Bool { false }
    /// There is nobody to ask.
    public func askToStop() {}

    /// Exchanges nothing.
    public func exchange(
        _ sent: [(rank: Int, bytes: UnsafeRawBufferPointer)],
        _ received: [(rank: Int, bytes: UnsafeMutableRawBufferPointer)]
    ) {
        let messages = unsafe sent.count + received.count
        precondition(messages == 0, "\(messages) messages to nobody")
    }
}

extension Communicator {
    /// Whether this is the one that writes and speaks for all.
    public var isFirst: Bool { rank == 0 }

    /// Every rank's bytes, in the order of the ranks, at every rank.
    public func gatherEverywhere(_ bytes: [UInt8]) -> [[UInt8]] {
        let others = (0..<count).filter { $0 != rank }
        return gather(bytes, from: others, to: others)
    }

    /// Every rank's bytes, in the order of the ranks, at the first rank; nothing at the others.
    public func gather(_ bytes: [UInt8]) -> [[UInt8]] {
        let all = gather(bytes, from: isFirst ? Array(1..<count) : [], to: isFirst ? [] : [0])
        return isFirst ? all : []
    }

    /// The bytes of one rank, at every rank.
    public func broadcast(_ bytes: [UInt8], from root: Int = 0) -> [UInt8] {
        let others = (0..<count).filter { $0 != root }
        guard rank == root else { return gather([], from: [root], to: [])[root] }
        _ = gather(bytes, from: [], to: others)
        return bytes
    }

    /// Returns when all ranks have come so far.
    public func barrier() {
        _ = gather([])
        _ = broadcast([])
    }

    /// Sends this rank's bytes to some ranks, and receives those of others; the result has a place for every rank.
    private func gather(_ bytes: [UInt8], from sources: [Int], to targets: [Int]) -> [[UInt8]] {
        var lengths = [Int](repeating: 0, count: count)
        let length = [bytes.count]
        unsafe lengths.withUnsafeMutableBytes { lengths in
            unsafe length.withUnsafeBytes { length in
                let width = MemoryLayout<Int>.stride
                unsafe exchange(
                    targets.map { unsafe ($0, length) },
                    sources.map { source in
                        unsafe (
                            source,
                            UnsafeMutableRawBufferPointer(
                                rebasing: lengths[source * width..<(source + 1) * width]
                            )
                        )
                    }
                )
            }
        }
        lengths[rank] = bytes.count
        let starts = lengths.indices.map { lengths[..<$0].reduce(0, +) }
        var all = [UInt8](repeating: 0, count: lengths.reduce(0, +))
        unsafe all.withUnsafeMutableBytes { all in
            unsafe bytes.withUnsafeBytes { bytes in
                unsafe exchange(
                    targets.map { unsafe ($0, bytes) },
                    sources.map { source in
                        let end = starts[source] + lengths[source]
                        return unsafe (
                            source,
                            UnsafeMutableRawBufferPointer(rebasing: all[starts[source]..<end])
                        )
                    }
                )
            }
        }
        return (0..<count).map { index in
            index == rank
                ? bytes : Array(all[starts[index]..<starts[index] + lengths[index]])
        }
    }
}
