/// Kernels beside oneDNN's, and the one pool of threads that both run on.
///
/// Blocked activations are [batch][channels / block][height][width][block] with block 8 or 16; the channels that
/// fill up the last block hold zeros. A plane is the [height][width][block] of one batch item and one block. Elements
/// are float32 or bfloat16; arithmetic is float32 and rounds to the nearest, ties to even, when it is written.
#pragma once

#include <stddef.h>
#include <stdint.h>

typedef enum { kernel_float32 = 0, kernel_bfloat16 = 1 } kernel_type;

/// Runs body(context, index) for every index in 0..<count on oneDNN's own OpenMP threads.
void kernel_parallel(long count, void (*body)(void *context, long index), void *context);

/// Threads that parallel work of the calling thread uses from now on.
void kernel_set_threads(int count);
int kernel_threads(void);

/// The calling thread's place among those that run the parallel work that it is called from, below kernel_threads().
int kernel_thread(void);

/// Changes the type.
void kernel_convert(const void *input, kernel_type from, void *output, kernel_type to, long count);

/// One plane of a blur with a stride: rows[y * size + i] and columns[x * size + j] are the input's places for output
/// (y, x) and tap (i, j); taps are size * size weights.
void kernel_blur(
    const void *input, kernel_type from, void *output, kernel_type to, const int32_t *rows, const int32_t *columns,
    const float *taps, long size, long inputWidth, long outputHeight, long outputWidth, long block);

/// One plane times scale[block] plus offset[block], rectified if asked for. May be in place.
void kernel_scale_shift(
    const void *input, kernel_type from, void *output, kernel_type to, const float *scale, const float *offset,
    long area, long block, int isRectified);

/// first + second, all of one type, rectified if asked for. May be in place.
void kernel_add(
    const void *first, const void *second, void *output, kernel_type type, long count, int isRectified);

/// max(input, 0). May be in place.
void kernel_relu(const void *input, void *output, kernel_type type, long count);

/// 1 / (1 + exp(-input)). May be in place.
void kernel_sigmoid(const float *input, float *output, long count);

/// One plane doubled in height and width by repetition.
void kernel_upsample(const void *input, void *output, kernel_type type, long height, long width, long block);

/// Means over one plane, block of them.
void kernel_mean(const void *input, kernel_type from, float *output, long area, long block);

/// Generalised means with exponent 3 over one plane, block of them.
void kernel_generalized_mean(const void *input, kernel_type from, float *output, long area, long block);

/// One output plane of a branch mix: first * weights[0...] + second * weights[block...].
void kernel_mix(
    const void *first, const void *second, kernel_type from, const float *weights, void *output, kernel_type to,
    long area, long block);

/// The same where the branches are not whole blocks: `planes` are all input planes of one batch item, and lane c of
/// the output is channel first + c mixed with channel second + c, for c < count, and zero behind.
void kernel_mix_lanes(
    const void *planes, kernel_type from, const float *weights, void *output, kernel_type to, long first, long second,
    long count, long area, long block);

/// Multiplies each of `rows` rows of `columns` values by the scale of its column, in float64, rounded once.
void kernel_scale_columns(float *values, const double *scale, long rows, long columns);

/// Zero bytes straight from the system, at a multiple of 2 MiB and in huge pages where the system has them; NULL where
/// there is no room. `start` and `length` are for kernel_unmap_pages.
void *kernel_map_pages(size_t count, void **start, size_t *length);
void kernel_unmap_pages(void *start, size_t length);

enum { kernel_tile = 16 };

/// Packs a [depth][columns] matrix as tiles of `kernel_tile` columns, each [depth][kernel_tile], zeros behind the last column.
void kernel_pack_tiles(const float *matrix, float *tiles, long depth, long columns);

/// One tile of columns of input[rows][depth] * matrix[depth][columns] + bias[columns], rectified if asked for: columns
/// tile * kernel_tile and on of output[rows][columns]. `bias` may be NULL. A row's values depend on nothing but that row.
void kernel_multiply_tile(
    const float *input, const float *tiles, const float *bias, float *output, long rows, long depth, long columns,
    long tile, int isRectified);
