internal import Base
internal import CKernels

/// A piece of work of our own kernels of pixels.
struct PixelGroup {
    /// Which picture, or which of all pictures' matrices.
    let plane: Int
    /// Which of its groups of channels.
    let group: Int
    /// Rows, or pixels where a kernel counts those.
    let rows: Range<Int>
}

extension Planner {
    /// Appends a step that runs work for pieces of each picture's groups of channels, or of those of each of its `matrices`.
    ///
    /// There are as many pieces as keep all threads busy, if each then has so many rows at least. `work` is given the arena
    /// and makes the work for a piece and so many floats of scratch memory.
    func appendGroups(
        _ node: Node,
        implementation: String,
        operations: Int,
        reads: [Activation],
        keptByteCount: Int = 0,
        writes result: Activation,
        matrices: Int = 1,
        rows: Int,
        least: Int,
        scratchCount: Int,
        work:
            @escaping (Arena) -> (PixelGroup, _ scratch: UnsafeMutablePointer<Float>) -> Void
    ) {
        let threads = ThreadCount.current
        reserveScratchpad(byteCount: threads * scratchCount * MemoryLayout<Float>.stride)
        let groups = (result.storedChannels + pixel_group - 1) / pixel_group
        let count = batch * matrices * groups
        let pieces = max(1, min((4 * threads + count - 1) / count, rows / least))
        append(
            node,
            implementation: implementation,
            operations: operations,
            reads: reads,
            keptByteCount: keptByteCount,
            writes: result
        ) { arena in
            let work = unsafe work(arena)
            let scratchpad = unsafe arena.scratchpadBytes.assumingMemoryBound(to: Float.self)
            return {
                precondition(
                    ThreadCount.current <= threads,
                    "\(ThreadCount.current) threads, and memory for \(threads)"
                )
                parallel(count * pieces) { index in
                    let (part, piece) = (index / pieces, index % pieces)
                    unsafe work(
                        PixelGroup(
                            plane: part / groups,
                            group: part % groups,
                            rows: rows * piece / pieces..<rows * (piece + 1) / pieces
                        ),
                        scratchpad + ThreadCount.place * scratchCount
                    )
                }
            }
        }
    }
}
