internal import Base
internal import CKernels

/// Swift's names for what the kernel offers, tiles and blocks as ranges.
extension winograd_layer {
    /// What a profile calls it.
    var name: String { "winograd \(extent)x\(extent)" }

    /// Multiplications and additions of the tiles' products, without the transforms.
    func operationCount(batch: Int) -> Int {
        var layer = self
        return unsafe Planner.product(
            2,
            batch,
            winograd_tiles(&layer),
            points,
            inputBlocks * block,
            outputBlocks * block
        )
    }

    /// Points at which tiles are multiplied.
    var points: Int {
        var layer = self
        return unsafe winograd_points(&layer)
    }

    /// Floats of a transformed kernel.
    var kernelCount: Int {
        var layer = self
        return unsafe winograd_kernel_count(&layer)
    }

    /// The first float in a transformed kernel of a block of output channels, which is the first of a pair.
    func kernelStart(block: Int) -> Int {
        var layer = self
        return unsafe winograd_kernel_start(&layer, block / Int(winograd_pair))
    }

    /// Floats of so many transformed tiles.
    func inputCount(tiles: Int) -> Int {
        var layer = self
        return unsafe winograd_input_count(&layer, tiles)
    }

    /// Floats of the products of so many tiles with the kernels of so many blocks.
    func productCount(tiles: Int, blocks: Int) -> Int {
        var layer = self
        return unsafe winograd_product_count(&layer, tiles, blocks)
    }

    /// The blocks of output channels of one of the chunks of `size` blocks.
    func chunk(_ index: Int, of size: Int) -> winograd_chunk {
        winograd_chunk(first: index * size, blocks: min(size, outputBlocks - index * size))
    }

    /// Transforms what of a kernel belongs to blocks of output channels, on all threads; the first is even.
    func transform(
        _ kernel: winograd_kernel,
        blocks: Range<Int>,
        into transformed: UnsafeMutablePointer<Float>
    ) {
        let first = blocks.lowerBound / Int(winograd_pair)
        let pairs = (blocks.count + Int(winograd_pair) - 1) / Int(winograd_pair)
        let start = kernelStart(block: blocks.lowerBound)
        var (layer, kernel) = unsafe (self, kernel)
        unsafe withUnsafePointer(to: &layer) { layer in
            unsafe withUnsafePointer(to: &kernel) { kernel in
                parallel(pairs) { index in
                    let pair = first + index
                    let place = unsafe winograd_kernel_start(layer, pair) - start
                    unsafe winograd_transform_kernel(layer, kernel, transformed + place, pair)
                }
            }
        }
    }

    /// Transforms one block of input channels of tiles.
    func transform(
        _ input: UnsafePointer<Float>,
        _ tiles: Range<Int>,
        block: Int,
        into transformed: UnsafeMutablePointer<Float>
    ) {
        var layer = self
        unsafe winograd_transform_input(
            &layer,
            input,
            transformed,
            tiles.lowerBound,
            tiles.count,
            block
        )
    }

    /// Multiplies transformed tiles at one point with the kernels of blocks of a chunk, counted from its first.
    func multiply(
        _ transformed: UnsafePointer<Float>,
        _ kernel: UnsafePointer<Float>,
        into products: UnsafeMutablePointer<Float>,
        tiles: Int,
        _ chunk: winograd_chunk,
        point: Int,
        blocks: Range<Int>
    ) {
        var (layer, chunk) = (self, chunk)
        unsafe winograd_multiply(
            &layer,
            transformed,
            kernel,
            products,
            tiles,
            &chunk,
            point,
            blocks.lowerBound,
            blocks.upperBound
        )
    }

    /// Brings the products of tiles to their places in one block of a chunk.
    func write(
        _ products: UnsafePointer<Float>,
        _ bias: UnsafePointer<Float>?,
        into output: UnsafeMutablePointer<Float>,
        _ tiles: Range<Int>,
        _ chunk: winograd_chunk,
        block: Int
    ) {
        var (layer, chunk) = (self, chunk)
        unsafe winograd_write_output(
            &layer,
            products,
            bias,
            output,
            tiles.lowerBound,
            tiles.count,
            &chunk,
            block
        )
    }
}
