internal import Base
internal import CKernels

/// In which pieces, and on which threads, a convolution by Winograd's algorithm is computed with a kernel that changes
/// from run to run, so that each transforms it.
///
/// A transformed kernel is four times as large. Where it would pass through memory, all threads transform what belongs to
/// a chunk of output channels, multiply all tiles with it, point by point, and write what comes of it, while it lies in
/// the caches. Nothing of this changes a value.
struct WinogradTrainedSchedule {
    private let layer: winograd_layer
    /// What computes it when the whole kernel is transformed; nil where that goes chunk by chunk.
    private let whole: WinogradSchedule?
    private let tiles: WinogradTileGroups
    /// Blocks of output channels in a chunk.
    private let chunk: Int
    private let threads: Int

    init(_ layer: winograd_layer, batch: Int, threads: Int) {
        self.layer = layer
        self.threads = threads
        tiles = WinogradTileGroups(layer, batch: batch)
        let pair = Int(winograd_pair)
        let pairs = (layer.outputBlocks + pair - 1) / pair
        let inputCount = layer.inputCount(tiles: tiles.count * tiles.largest)
        let isByChunks =
            pairs >= threads && layer.kernelCount >= Self.largeKernel
            && inputCount <= 2 * layer.kernelCount
        whole =
            isByChunks ? nil : WinogradSchedule(layer, batch: batch, threads: threads)
        chunk = min(max(Self.chunkChannels / layer.block, pair * threads), layer.outputBlocks)
    }

    /// Output channels whose transformed kernels lie in the caches together, as measured.
    private static let chunkChannels = 64
    /// Floats of a transformed kernel that lies in no cache of a processor's own.
    private static let largeKernel = 1 << 19

    /// Floats of the transformed kernel that lie in memory at a time.
    private var kernelCount: Int {
        whole == nil
            ? layer.kernelStart(block: chunk + chunk % Int(winograd_pair)) : layer.kernelCount
    }
    private var inputCount: Int { layer.inputCount(tiles: tiles.largest) }
    private var productCount: Int { layer.productCount(tiles: tiles.largest, blocks: chunk) }

    /// Bytes that ``run(_:kernel:into:scratchpad:)`` needs.
    var scratchpadByteCount: Int {
        let kernel = kernelCount * MemoryLayout<Float>.stride
        if let whole { return kernel + whole.scratchpadByteCount }
        return kernel + tiles.count * (inputCount + productCount) * MemoryLayout<Float>.stride
    }

    /// Computes the convolution.
    ///
    /// - Precondition: no more threads than were told of.
    func run(
        _ input: UnsafePointer<Float>,
        kernel: winograd_kernel,
        into output: UnsafeMutablePointer<Float>,
        scratchpad: UnsafeMutableRawPointer
    ) {
        let transformed = unsafe scratchpad.assumingMemoryBound(to: Float.self)
        let rest = unsafe transformed + kernelCount
        if let whole {
            unsafe layer.transform(kernel, blocks: 0..<layer.outputBlocks, into: transformed)
            unsafe whole.run(input, kernel: transformed, bias: nil, into: output, scratchpad: rest)
            return
        }
        precondition(
            ThreadCount.current <= threads,
            "\(ThreadCount.current) threads, and memory for \(threads)"
        )
        let (inputCount, productCount) = (inputCount, productCount)
        let products = unsafe rest + tiles.count * inputCount
        let blocks = layer.inputBlocks
        parallel(tiles.count * blocks) { index in
            let group = index / blocks
            unsafe layer.transform(
                input,
                tiles[group],
                block: index % blocks,
                into: rest + group * inputCount
            )
        }
        for index in 0..<(layer.outputBlocks + chunk - 1) / chunk {
            let part = layer.chunk(index, of: chunk)
            unsafe layer.transform(
                kernel,
                blocks: part.first..<part.first + part.blocks,
                into: transformed
            )
            // Pieces of a point's products, whose tiles stay in a processor's caches from one to the next.
            let work = tiles.count * layer.points
            let pairs = (part.blocks + 1) / Int(winograd_pair)
            let pieces = min(pairs, (4 * threads + work - 1) / work)
            parallel(work * pieces) { index in
                let (group, point) = (index / pieces / layer.points, index / pieces % layer.points)
                let piece = index % pieces
                func start(_ piece: Int) -> Int {
                    min(pairs * piece / pieces * Int(winograd_pair), part.blocks)
                }
                unsafe layer.multiply(
                    rest + group * inputCount,
                    transformed,
                    into: products + group * productCount,
                    tiles: tiles[group].count,
                    part,
                    point: point,
                    blocks: start(piece)..<start(piece + 1)
                )
            }
            parallel(tiles.count * part.blocks) { index in
                let group = index / part.blocks
                unsafe layer.write(
                    products + group * productCount,
                    nil,
                    into: output,
                    tiles[group],
                    part,
                    block: index % part.blocks
                )
            }
        }
    }
}
