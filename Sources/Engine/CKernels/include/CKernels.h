/// Kernels beside oneDNN's, and the one pool of threads that both run on.
///
/// Blocked activations are [batch][channels / block][height][width][block] with block 8 or 16; the channels that
/// fill up the last block hold zeros. A plane is the [height][width][block] of one batch item and one block.
#pragma once

#include <stdint.h>

/// Runs body(context, index) for every index in 0..<count on oneDNN's own OpenMP threads.
void kernel_parallel(long count, void (*body)(void *context, long index), void *context);

/// Threads that parallel work of the calling thread uses from now on.
void kernel_set_threads(int count);
int kernel_threads(void);

/// One plane of a blur with a stride: rows[y * size + i] and columns[x * size + j] are the input's places for output
/// (y, x) and tap (i, j); taps are size * size weights.
void kernel_blur(
    const float *input, float *output, const int32_t *rows, const int32_t *columns, const float *taps, long size,
    long inputWidth, long outputHeight, long outputWidth, long block);

/// One plane times scale[block] plus offset[block], rectified if asked for. May be in place.
void kernel_scale_shift(
    const float *input, float *output, const float *scale, const float *offset, long area, long block,
    int isRectified);

/// first + second, rectified if asked for. May be in place.
void kernel_add(const float *first, const float *second, float *output, long count, int isRectified);

/// max(input, 0). May be in place.
void kernel_relu(const float *input, float *output, long count);

/// 1 / (1 + exp(-input)). May be in place.
void kernel_sigmoid(const float *input, float *output, long count);

/// One plane doubled in height and width by repetition.
void kernel_upsample(const float *input, float *output, long height, long width, long block);

/// Means over one plane, block of them.
void kernel_mean(const float *input, float *output, long area, long block);

/// Generalised means with exponent 3 over one plane, block of them.
void kernel_generalized_mean(const float *input, float *output, long area, long block);

/// One output plane of a branch mix: first * weights[0...] + second * weights[block...].
void kernel_mix(
    const float *first, const float *second, const float *weights, float *output, long area, long block);

/// Multiplies each of `rows` rows of `columns` values by the scale of its column, in float64, rounded once.
void kernel_scale_columns(float *values, const double *scale, long rows, long columns);
