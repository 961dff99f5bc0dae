/// Convolutions 3x3 with stride 1 by Winograd's algorithm, which multiplies tiles after a transform.
///
/// A tile of `extent` by `extent` outputs takes (extent + 2)^2 products for each pair of channels, and not
/// 9 * extent^2. Tiles are counted through the pictures of a batch: row after row in a picture, one picture after the
/// other. What is computed for a tile, and in which order its products are summed up, depends on the layer's shape and
/// on nothing else, so that a picture's values are the same bits in any batch.
///
/// Activations are float32 in blocks of channels, as CKernels.h says, all counted channels there. Memory that is named
/// here without a size comes from the caller, with as many floats as the function of that name says.
///
/// Andrew Lavin, Scott Gray: Fast Algorithms for Convolutional Neural Networks, <https://arxiv.org/abs/1509.09308>.
#pragma once

typedef struct {
    /// Outputs on an edge of a tile: 2 or 4.
    long extent;
    /// Channels in a block: 8 or 16.
    long block;
    /// Blocks of channels.
    long inputBlocks, outputBlocks;
    long height, width;
    long outputHeight, outputWidth;
    /// Zeros above and left of a picture; as many as it takes are right and below.
    long top, left;
    /// Whether the result is added to what lies at its place, and rectified then.
    int adds, isRectified;
} winograd_layer;

/// Whether there is code for this processor and blocks of so many channels.
int winograd_suits(long block);

/// Rows of tiles that this processor multiplies at once; groups of tiles are best some of them large.
long winograd_rows(long block);

/// Points at which tiles are multiplied: (extent + 2)^2.
long winograd_points(const winograd_layer *layer);

/// Tiles of one picture.
long winograd_tiles(const winograd_layer *layer);

/// Blocks of output channels whose transformed kernels lie together.
enum { winograd_pair = 2 };

/// Floats of a transformed kernel.
long winograd_kernel_count(const winograd_layer *layer);

/// The first float of a pair of blocks of output channels in it.
long winograd_kernel_start(const winograd_layer *layer, long pair);

/// A kernel in the order HWIO, with as many channels as it has.
typedef struct {
    const float *values;
    long inputs, outputs;
    /// Whether it stands on its head with its channels exchanged: with such a kernel a convolution of the slope is the
    /// gradient with respect to the input.
    int isTurned;
} winograd_kernel;

/// Transforms what of a kernel belongs to one pair of blocks of output channels, to its place; channels that the kernel
/// has not are zero.
void winograd_transform_kernel(
    const winograd_layer *layer, const winograd_kernel *kernel, float *transformed, long pair);

/// Floats of `tiles` transformed tiles of the input.
long winograd_input_count(const winograd_layer *layer, long tiles);

/// Transforms one block of input channels of the tiles `first` and on.
void winograd_transform_input(
    const winograd_layer *layer, const float *input, float *transformed, long first, long tiles, long block);

/// Blocks of output channels that are computed together; the first is even.
typedef struct {
    long first, blocks;
} winograd_chunk;

/// Floats of the products of `tiles` tiles with the kernels of `blocks` blocks of output channels.
long winograd_product_count(const winograd_layer *layer, long tiles, long blocks);

/// Multiplies what transformed tiles have at one point with the kernels of blocks of a chunk: those from `begin`, which is
/// even, to `end`, counted from the chunk's first one. `kernel` is the transformed one from the chunk on.
void winograd_multiply(
    const winograd_layer *layer, const float *transformed, const float *kernel, float *products, long tiles,
    const winograd_chunk *chunk, long point, long begin, long end);

/// Brings the products of the tiles `first` and on to their places in one block of a chunk, when all points are multiplied;
/// `bias` holds a number for each of the layer's output channels, or is NULL.
void winograd_write_output(
    const winograd_layer *layer, const float *products, const float *bias, float *output, long first, long tiles,
    const winograd_chunk *chunk, long block);

// The gradient with respect to the kernel, from the input and the slope, which is the gradient with respect to the
// output. The layer is the forward pass's.

/// Blocks of channels whose weights are found together.
typedef struct {
    long firstInput, inputBlocks;
    long firstOutput, outputBlocks;
} winograd_part;

/// Floats of `tiles` transformed tiles of the slope.
long winograd_slope_count(const winograd_layer *layer, long tiles);

/// Transforms one block of channels of the slope's tiles `first` and on.
void winograd_transform_slope(
    const winograd_layer *layer, const float *slope, float *transformed, long first, long tiles, long block);

/// Floats of a part's sums.
long winograd_sum_count(const winograd_layer *layer, const winograd_part *part);

/// Adds the products of transformed tiles of the input and of the slope to a part's sums, or begins them.
void winograd_accumulate(
    const winograd_layer *layer, const float *inputs, const float *slopes, float *sums, long tiles,
    const winograd_part *part, int isFirst);

/// Writes a part of the gradient in the order HWIO, as far as there are channels.
void winograd_write_weights(
    const winograd_layer *layer, const float *sums, float *gradient, long inputs, long outputs,
    const winograd_part *part);
