/// Depthwise convolutions, each channel with a window of its own, of what becomes of an input row by row.
///
/// What the window slides over is made a few rows at a time, in a ring of as many rows as the window has, and never lies in
/// memory whole: the input as it is, the input rectified, or the input multiplied by a matrix (a convolution 1x1, the
/// expansion of mobile networks). What is computed for a pixel, and in which order, depends on the layer's shape and on
/// nothing else.
///
/// Activations are float32 in blocks of channels, as CKernels.h says. Zeros lie around what the window slides over.
#pragma once

#include "CPixelProducts.h"

typedef enum {
    depthwise_as_it_is,
    depthwise_rectified,
    depthwise_expanded,
} depthwise_preparation;

/// Rows that a window may have.
enum { depthwise_largest_window = 32 };

typedef struct {
    /// Channels in a block: 8 or 16.
    long block;
    /// Blocks of channels of the input, and of the output.
    long inputBlocks, outputBlocks;
    long height, width;
    long outputHeight, outputWidth;
    long windowHeight, windowWidth;
    long strideHeight, strideWidth;
    /// Zeros above and left; as many as it takes are right and below.
    long top, left;
    depthwise_preparation preparation;
    /// What becomes of expanded values, and of the result's.
    pixel_function expandedFunction, function;
} depthwise_layer;

/// Whether there is code for this processor and blocks of so many channels.
int depthwise_suits(long block);

/// Floats of the rings of rows of a group of output blocks.
long depthwise_ring_count(const depthwise_layer *layer);

/// Computes rows `first..<end` of one picture's group of `pixel_group` output channels.
///
/// `matrix`, as `pixel_arrange` leaves it, and `matrixBias` are those of an expansion, or NULL; `kernel` is [row][column][output]. A bias holds a number
/// for each output channel, or is NULL. `rings` is memory of the caller's.
void depthwise_rows(
    const depthwise_layer *layer, const float *input, const float *matrix, const float *matrixBias, const float *kernel,
    const float *bias, float *output, float *rings, long picture, long group, long first, long end);
