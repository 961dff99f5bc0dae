internal import Base
internal import CKernels

/// In which pieces, and on which threads, a kernel's gradient by Winograd's algorithm is computed.
///
/// The tiles of all pictures of a batch are cut into groups. All threads transform some groups' inputs and slopes first,
/// and share the parts of the kernel then, for each of which they add up group after group. The groups depend on the
/// layer and the batch only, so that the sums are the same bits on any number of threads.
struct WinogradWeightsSchedule {
    private let layer: winograd_layer
    /// Tiles of all pictures.
    private let tiles: Int
    private let groups: Int
    /// Groups that are transformed at once.
    private let groupsOfWave: Int
    /// Blocks of input and of output channels in a part.
    private let (inputBlocks, outputBlocks): (Int, Int)
    private let threads: Int

    /// Sums of more tiles than this would be less exact than sums of sums.
    private static let mostTiles = 128
    /// Fewer tiles are not worth the passage through the sums.
    private static let fewestTiles = 64
    /// Bytes of a group's transformed input and slope, where the tiles are enough.
    private static let groupByteCount = 4 << 20
    /// Channels on an edge of a part, whose sums lie in a processor's own caches then.
    private static let partChannels = 64

    init(_ layer: winograd_layer, batch: Int, threads: Int) {
        var layer = layer
        self.layer = layer
        self.threads = threads
        tiles = unsafe batch * winograd_tiles(&layer)
        let tileCount = unsafe winograd_input_count(&layer, 1) + winograd_slope_count(&layer, 1)
        let wanted = Self.groupByteCount / (tileCount * MemoryLayout<Float>.stride)
        let size = min(max(wanted, Self.fewestTiles), Self.mostTiles)
        groups = (tiles + size - 1) / size
        let blocks = layer.inputBlocks + layer.outputBlocks
        groupsOfWave = min(groups, (2 * threads + blocks - 1) / blocks)
        var ins = min(Self.partChannels / layer.block, layer.inputBlocks)
        var outs = min(Self.partChannels / layer.block, layer.outputBlocks)
        func parts() -> Int {
            ((layer.inputBlocks + ins - 1) / ins) * ((layer.outputBlocks + outs - 1) / outs)
        }
        while parts() < 4 * threads, ins > 1 || outs > 2 {
            if ins >= outs || outs <= 2 { ins = (ins + 1) / 2 } else { outs = (outs + 1) / 2 }
        }
        (inputBlocks, outputBlocks) = (ins, outs)
    }

    /// The first tile of a group, and of the one behind the last.
    private func start(of group: Int) -> Int { tiles * group / groups }

    /// Floats of the largest group's transformed input.
    private var inputCount: Int {
        var layer = layer
        return unsafe winograd_input_count(&layer, (tiles + groups - 1) / groups)
    }

    /// Floats of the largest group's transformed slope.
    private var slopeCount: Int {
        var layer = layer
        return unsafe winograd_slope_count(&layer, (tiles + groups - 1) / groups)
    }

    /// Floats of the largest part's sums.
    private var sumCount: Int {
        var layer = layer
        var part = winograd_part(
            firstInput: 0,
            inputBlocks: inputBlocks,
            firstOutput: 0,
            outputBlocks: outputBlocks
        )
        return unsafe winograd_sum_count(&layer, &part)
    }

    private var rows: Int { (layer.inputBlocks + inputBlocks - 1) / inputBlocks }
    private var columns: Int { (layer.outputBlocks + outputBlocks - 1) / outputBlocks }
    /// Whether all tiles are one wave's, so that no sums have to be kept for the next.
    private var isWhole: Bool { groupsOfWave == groups }

    /// Bytes that ``run(_:slope:into:inputs:outputs:scratchpad:)`` needs.
    var scratchpadByteCount: Int {
        (groupsOfWave * (inputCount + slopeCount) + (isWhole ? threads : rows * columns) * sumCount)
            * MemoryLayout<Float>.stride
    }

    private func part(_ index: Int) -> winograd_part {
        let (row, column) = (index / columns, index % columns)
        return winograd_part(
            firstInput: row * inputBlocks,
            inputBlocks: min(inputBlocks, layer.inputBlocks - row * inputBlocks),
            firstOutput: column * outputBlocks,
            outputBlocks: min(outputBlocks, layer.outputBlocks - column * outputBlocks)
        )
    }

    /// Computes the gradient of a kernel of so many channels.
    ///
    /// - Precondition: no more threads than were told of.
    func run(
        _ input: UnsafePointer<Float>,
        slope: UnsafePointer<Float>,
        into gradient: UnsafeMutablePointer<Float>?,
        inputs: Int,
        outputs: Int,
        scratchpad: UnsafeMutableRawPointer
    ) {
        precondition(
            ThreadCount.current <= threads,
            "\(ThreadCount.current) threads, and memory for \(threads)"
        )
        let (inputCount, slopeCount, sumCount) = (inputCount, slopeCount, sumCount)
        let transformed = unsafe scratchpad.assumingMemoryBound(to: Float.self)
        let sums = unsafe transformed + groupsOfWave * (inputCount + slopeCount)
        func place(of group: Int) -> UnsafeMutablePointer<Float> {
            unsafe transformed + group % groupsOfWave * (inputCount + slopeCount)
        }
        var layer = layer
        unsafe withUnsafePointer(to: &layer) { layer in
            let inputBlocks = unsafe layer.pointee.inputBlocks
            let blocks = unsafe inputBlocks + layer.pointee.outputBlocks
            func transform(_ group: Int, _ block: Int) {
                let first = start(of: group)
                let count = start(of: group + 1) - first
                if block < inputBlocks {
                    unsafe winograd_transform_input(
                        layer,
                        input,
                        place(of: group),
                        first,
                        count,
                        block
                    )
                } else {
                    unsafe winograd_transform_slope(
                        layer,
                        slope,
                        place(of: group) + inputCount,
                        first,
                        count,
                        block - inputBlocks
                    )
                }
            }
            for wave in stride(from: 0, to: groups, by: groupsOfWave) {
                let end = min(wave + groupsOfWave, groups)
                parallel((end - wave) * blocks) { index in
                    transform(wave + index / blocks, index % blocks)
                }
                parallel(rows * columns) { index in
                    var part = part(index)
                    let sums = unsafe sums + (isWhole ? ThreadCount.place : index) * sumCount
                    for group in wave..<end {
                        unsafe winograd_accumulate(
                            layer,
                            place(of: group),
                            place(of: group) + inputCount,
                            sums,
                            start(of: group + 1) - start(of: group),
                            &part,
                            group == 0 ? 1 : 0
                        )
                    }
                    guard end == groups else { return }
                    unsafe winograd_write_weights(layer, sums, gradient, inputs, outputs, &part)
                }
            }
        }
    }
}
