internal import Base
internal import CKernels

/// In which pieces, and on which threads, a convolution by Winograd's algorithm is computed with a transformed kernel.
///
/// The tiles of all pictures of a batch are cut into groups, whose transformed inputs stay in the processor's caches
/// while they are multiplied with the kernels of a chunk of output channels after the other. Where there are groups
/// enough, each is a thread's own; else all threads transform the input first, and share the groups' chunks then.
/// Nothing of this changes a value.
struct WinogradSchedule {
    private let layer: winograd_layer
    private let tiles: WinogradTileGroups
    /// Blocks of output channels in a chunk.
    private let chunk: Int
    private let threads: Int
    /// Whether all threads work on every group.
    private let isShared: Bool

    init(_ layer: winograd_layer, batch: Int, threads: Int) {
        self.layer = layer
        self.threads = threads
        var tiles = WinogradTileGroups(layer, batch: batch)
        var chunk = min(Self.chunkChannels / layer.block, layer.outputBlocks)
        isShared = threads > 1 && tiles.count < 2 * threads
        if isShared {
            let pair = Int(winograd_pair)
            func chunks() -> Int { (layer.outputBlocks + chunk - 1) / chunk }
            while chunk > pair, tiles.count * chunks() < 4 * threads {
                chunk = (chunk / 2 + pair - 1) / pair * pair
            }
            tiles.cut(into: max(tiles.count, 2 * threads / chunks()))
        } else {
            tiles.cut(into: (tiles.count + threads - 1) / threads * threads)
        }
        self.tiles = tiles
        self.chunk = chunk
    }

    /// Output channels whose products lie in the caches together.
    private static let chunkChannels = 128

    /// Floats of a group's transformed input.
    private var inputCount: Int { layer.inputCount(tiles: tiles.largest) }

    /// Floats of a group's products with a chunk's kernels.
    private var productCount: Int { layer.productCount(tiles: tiles.largest, blocks: chunk) }

    /// Bytes that ``run(_:kernel:bias:into:scratchpad:)`` needs.
    var scratchpadByteCount: Int {
        ((isShared ? tiles.count : threads) * inputCount + threads * productCount)
            * MemoryLayout<Float>.stride
    }

    /// Computes the convolution with a transformed kernel.
    ///
    /// - Precondition: no more threads than were told of.
    func run(
        _ input: UnsafePointer<Float>,
        kernel: UnsafePointer<Float>,
        bias: UnsafePointer<Float>?,
        into output: UnsafeMutablePointer<Float>,
        scratchpad: UnsafeMutableRawPointer
    ) {
        precondition(
            ThreadCount.current <= threads,
            "\(ThreadCount.current) threads, and memory for \(threads)"
        )
        let (inputCount, productCount) = (inputCount, productCount)
        let inputs = unsafe scratchpad.assumingMemoryBound(to: Float.self)
        let products = unsafe inputs + (isShared ? tiles.count : threads) * inputCount
        let (blocks, chunks) = (layer.inputBlocks, (layer.outputBlocks + chunk - 1) / chunk)
        func transform(_ group: Int, block: Int, in place: Int) {
            unsafe layer.transform(
                input,
                tiles[group],
                block: block,
                into: inputs + place * inputCount
            )
        }
        func multiply(_ group: Int, chunk index: Int, in place: Int) {
            let part = layer.chunk(index, of: chunk)
            let own = unsafe products + ThreadCount.place * productCount
            for point in 0..<layer.points {
                unsafe layer.multiply(
                    inputs + place * inputCount,
                    kernel + layer.kernelStart(block: part.first),
                    into: own,
                    tiles: tiles[group].count,
                    part,
                    point: point,
                    blocks: 0..<part.blocks
                )
            }
            for block in 0..<part.blocks {
                unsafe layer.write(own, bias, into: output, tiles[group], part, block: block)
            }
        }
        if isShared {
            parallel(tiles.count * blocks) { index in
                transform(index / blocks, block: index % blocks, in: index / blocks)
            }
            // Groups innermost: threads that work at the same time share a chunk's kernel.
            parallel(chunks * tiles.count) { index in
                let group = index % tiles.count
                multiply(group, chunk: index / tiles.count, in: group)
            }
        } else {
            parallel(tiles.count) { group in
                let place = ThreadCount.place
                for block in 0..<blocks { transform(group, block: block, in: place) }
                for index in 0..<chunks { multiply(group, chunk: index, in: place) }
            }
        }
    }
}
