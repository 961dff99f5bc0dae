internal import Base
internal import CKernels

/// In which pieces, and on which threads, a convolution by Winograd's algorithm is computed.
///
/// The tiles of all pictures of a batch are cut into groups, whose transformed inputs stay in the processor's caches
/// while they are multiplied with the kernels of a chunk of output channels after the other. Where there are groups
/// enough, each is a thread's own; else all threads transform the input first, and share the groups' chunks then.
/// Nothing of this changes a value.
///
/// A kernel that changes from run to run is transformed in each. Where it is large beside the tiles, each thread does that
/// for a pair of blocks of output channels at a time, and multiplies all tiles with it while it lies in the caches.
struct WinogradSchedule {
    private let layer: winograd_layer
    /// Tiles of all pictures.
    private let tiles: Int
    /// Tiles that are multiplied at once; groups are multiples.
    private let rows: Int
    private let groups: Int
    /// Blocks of output channels in a chunk.
    private let chunk: Int
    private let threads: Int
    /// Whether all threads work on every group.
    private let isShared: Bool
    /// Whether the kernel is transformed at each run.
    private let transformsKernel: Bool
    /// Whether that is done chunk after chunk, for all groups.
    private let isKernelByChunks: Bool

    /// A kernel, as it lies in memory, which outlives the run.
    @safe
    enum Kernel {
        /// Transformed, once for many runs.
        case transformed(UnsafePointer<Float>)
        /// As it is trained.
        case plain(winograd_kernel)
    }

    init(_ layer: winograd_layer, batch: Int, threads: Int, transformsKernel: Bool = false) {
        self.transformsKernel = transformsKernel
        var layer = layer
        self.layer = layer
        self.threads = threads
        tiles = unsafe batch * winograd_tiles(&layer)
        rows = winograd_rows(layer.block)
        let channels = layer.block * layer.block * layer.inputBlocks * layer.outputBlocks
        // A group is a passage through the kernel: the larger that is, the more tiles it has to serve. Measured.
        let wanted = 14 * min(max(channels >> 14, 2), 8)
        let most = (tiles + rows - 1) / rows
        var groups = min((tiles + wanted - 1) / wanted, most)
        var chunk = min(Self.chunkChannels / layer.block, layer.outputBlocks)
        let pairs = (layer.outputBlocks + Int(winograd_pair) - 1) / Int(winograd_pair)
        let kernelCount = layer.kernelCount
        let inputCount = unsafe winograd_input_count(&layer, tiles)
        isKernelByChunks =
            transformsKernel && pairs >= 2 * threads && kernelCount >= Self.largeKernel
            && inputCount <= 2 * kernelCount
        isShared = isKernelByChunks || threads > 1 && groups < 2 * threads
        if isKernelByChunks {
            chunk = Int(winograd_pair)
        } else if isShared {
            let pair = Int(winograd_pair)
            func chunks() -> Int { (layer.outputBlocks + chunk - 1) / chunk }
            while chunk > pair, groups * chunks() < 4 * threads {
                chunk = (chunk / 2 + pair - 1) / pair * pair
            }
            groups = max(groups, min(most, 2 * threads / chunks()))
        } else {
            groups = min((groups + threads - 1) / threads * threads, most)
        }
        self.groups = groups
        self.chunk = chunk
    }

    /// Output channels whose products lie in the caches together.
    private static let chunkChannels = 128
    /// Floats of a transformed kernel that lies in no cache of a processor's own.
    private static let largeKernel = 1 << 19

    /// The first tile of a group, and of the one behind the last.
    private func start(of group: Int) -> Int {
        let pieces = (tiles + rows - 1) / rows
        return min(pieces * group / groups * rows, tiles)
    }

    /// Tiles in the largest group, or more.
    private var largest: Int {
        let pieces = (tiles + rows - 1) / rows
        return (pieces + groups - 1) / groups * rows
    }

    /// Floats of a group's transformed input.
    private var inputCount: Int {
        var layer = layer
        return unsafe winograd_input_count(&layer, largest)
    }

    /// Floats of a group's products with a chunk's kernels.
    private var productCount: Int {
        var layer = layer
        return unsafe winograd_product_count(&layer, largest, chunk)
    }

    /// Floats of the transformed kernels that a run makes.
    private var kernelCount: Int {
        guard transformsKernel else { return 0 }
        var layer = layer
        return unsafe isKernelByChunks
            ? threads * winograd_kernel_start(&layer, 1) : layer.kernelCount
    }

    /// Bytes that ``run(_:kernel:bias:into:scratchpad:)`` needs.
    var scratchpadByteCount: Int {
        ((isShared ? groups : threads) * inputCount + threads * productCount + kernelCount)
            * MemoryLayout<Float>.stride
    }

    /// Computes the convolution.
    ///
    /// - Precondition: no more threads than were told of.
    func run(
        _ input: UnsafePointer<Float>,
        kernel: Kernel,
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
        let products = unsafe inputs + (isShared ? groups : threads) * inputCount
        let kernels = unsafe products + threads * productCount
        var transformed = unsafe UnsafePointer(kernels)
        var plain = unsafe winograd_kernel()
        switch kernel {
        case .transformed(let values): unsafe transformed = values
        case .plain(let kernel):
            precondition(transformsKernel, "a kernel that is not transformed")
            unsafe plain = kernel
            if !isKernelByChunks { unsafe self.layer.transform(kernel, into: kernels) }
        }
        var layer = layer
        unsafe withUnsafePointer(to: &layer) { layer in
            func transform(_ group: Int, block: Int, in place: Int) {
                let first = start(of: group)
                unsafe winograd_transform_input(
                    layer,
                    input,
                    inputs + place * inputCount,
                    first,
                    start(of: group + 1) - first,
                    block
                )
            }
            func multiply(
                _ group: Int,
                chunk index: Int,
                in place: Int,
                by part: UnsafePointer<Float>? = nil
            ) {
                let first = self.start(of: group)
                let block = index * chunk
                let start = unsafe winograd_kernel_start(layer, block / Int(winograd_pair))
                unsafe winograd_multiply(
                    layer,
                    inputs + place * inputCount,
                    part ?? transformed + start,
                    bias,
                    products + ThreadCount.place * productCount,
                    output,
                    first,
                    self.start(of: group + 1) - first,
                    block,
                    min(chunk, layer.pointee.outputBlocks - block)
                )
            }
            let blocks = unsafe layer.pointee.inputBlocks
            let chunks = unsafe (layer.pointee.outputBlocks + chunk - 1) / chunk
            if isShared {
                parallel(groups * blocks) { index in
                    transform(index / blocks, block: index % blocks, in: index / blocks)
                }
                if isKernelByChunks {
                    let count = unsafe winograd_kernel_start(layer, 1)
                    unsafe withUnsafePointer(to: &plain) { plain in
                        parallel(chunks) { index in
                            let part = unsafe kernels + ThreadCount.place * count
                            unsafe winograd_transform_kernel(layer, plain, part, index)
                            for group in 0..<groups {
                                unsafe multiply(group, chunk: index, in: group, by: part)
                            }
                        }
                    }
                    return
                }
                // Groups innermost: threads that work at the same time share a chunk's kernel.
                parallel(chunks * groups) { index in
                    multiply(index % groups, chunk: index / groups, in: index % groups)
                }
            } else {
                parallel(groups) { group in
                    let place = ThreadCount.place
                    for block in 0..<blocks { transform(group, block: block, in: place) }
                    for index in 0..<chunks { multiply(group, chunk: index, in: place) }
                }
            }
        }
    }
}
