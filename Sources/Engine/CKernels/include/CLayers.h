/// Kernels of layers that networks other than the family have.
///
/// Layouts are CKernels.h's. A matrix of vectors, one row for each picture, is read as planes of one pixel in one block of
/// all channels.
#pragma once

#include "CKernels.h"

/// Some pixels of one plane, in any order: output pixel (y, x) is pixel (rows[y], columns[x]) of the input, or `fill`, a
/// block of values, where either is negative.
void kernel_pick_pixels(
    const void *input, void *output, kernel_type type, const int32_t *rows, const int32_t *columns, const void *fill,
    long inputWidth, long outputHeight, long outputWidth, long block);

/// Where the pixels of one phase of an interleaved picture come from: pixel (y, x) of the phase is pixel
/// (y + row, x + column) of a source that is `width` wide.
typedef struct {
    /// The plane, or all planes of the picture if there are `lanes`; NULL for zeros.
    const void *pixels;
    /// For each lane of the output where it lies in the planes, or less than zero for a zero; or NULL if it is the plane's.
    const int64_t *lanes;
    long width, row, column;
} kernel_phase;

/// Rows first..<end of one plane put together of phases: pixel (y, x) is the next of phase [y % tall][x % wide].
void kernel_interleave(
    const kernel_phase *phases, long tall, long wide, void *output, kernel_type type, long first, long end, long width,
    long block);

/// Lanes of a plane that lie side by side in one plane of a source: lanes first... of the output are lanes
/// first + shift... of the source.
typedef struct {
    long source, plane;
    long first, count, shift;
} kernel_lanes;

/// One plane put together of parts, of which `planes` are the sources; lanes of no part are those of `fill`.
void kernel_join_lanes(
    const kernel_lanes *parts, const void *const *planes, long count, const void *fill, void *output, kernel_type type,
    long area, long block);

/// Zeros in the lanes from `first` on.
void kernel_zero_lanes(void *plane, kernel_type type, long first, long area, long block);

/// slope * input + offset. May be in place.
void kernel_linear(const void *input, void *output, kernel_type type, float slope, float offset, long count);

typedef enum {
    kernel_softsign,
    kernel_square,
    kernel_sqrt,
    kernel_rsqrt,
    kernel_reciprocal,
    kernel_abs,
    kernel_negate,
} kernel_function;

/// A function of each value. May be in place.
void kernel_map(kernel_function function, const void *input, void *output, kernel_type type, long count);

/// Each value to the power of a number. May be in place.
void kernel_power(const void *input, void *output, kernel_type type, float exponent, long count);

typedef enum {
    kernel_binary_add,
    kernel_binary_subtract,
    kernel_binary_multiply,
    kernel_binary_divide,
    kernel_binary_maximum,
    kernel_binary_minimum,
    kernel_binary_squared_difference,
    kernel_binary_power,
} kernel_binary_function;

/// What the second operand is beside the first.
typedef enum {
    /// A plane of the same type.
    kernel_each,
    /// A float32 for each of the plane's lanes.
    kernel_each_lane,
    /// The first lane of each pixel of a plane of the same type.
    kernel_each_pixel,
} kernel_operand;

/// One plane of first and second, or of second and first if they are swapped. May be in place.
void kernel_binary(
    kernel_binary_function function, const void *first, const void *second, kernel_operand operand, int isSwapped,
    void *output, kernel_type type, long area, long block);

/// A row of first and second, or of second and first; one number for all of the second if `isOne`. May be in place.
void kernel_binary_row(
    kernel_binary_function function, const float *first, const float *second, int isOne, int isSwapped, float *output,
    long count);

typedef enum { kernel_reduce_mean, kernel_reduce_sum, kernel_reduce_maximum, kernel_reduce_minimum } kernel_reduction;

/// One number for each lane of a plane.
void kernel_reduce_space(
    kernel_reduction function, const void *input, kernel_type from, float *output, long area, long block);

/// Channels of a picture: its planes, of which each pixel has `channels` that count.
typedef struct {
    void *planes;
    kernel_type type;
    long area, channels, block;
} kernel_picture;

/// One number for each pixel, in the first channel of the output.
void kernel_reduce_channels(
    kernel_reduction function, kernel_picture input, kernel_picture output, long first, long count, float *row);

/// The softmax of each pixel's channels, or its logarithm. `row` has room for the channels.
void kernel_softmax(
    kernel_picture input, kernel_picture output, long first, long count, int isLogarithm, float *row);

/// (x - mean) / sqrt(variance + epsilon) * gamma + beta over each pixel's channels; gamma and beta may be NULL.
void kernel_layer_norm(
    kernel_picture input, kernel_picture output, long first, long count, const float *gamma, const float *beta,
    float epsilon, float *row);

/// x / (bias + alpha * sum of the squares of the channels at most `radius` away)^beta. `row` has room for the channels twice.
void kernel_local_response_norm(
    kernel_picture input, kernel_picture output, long first, long count, long radius, float bias, float alpha,
    float beta, float *row);

/// The channels of one pixel, in float32.
void kernel_read_pixel(kernel_picture picture, long pixel, float *row);

/// Writes the channels of one pixel, and zeros in what fills up the last block.
void kernel_write_pixel(kernel_picture picture, long pixel, const float *row);

/// One plane of a bilinear resize: for each output row the two rows and the share of the second, and so for columns.
void kernel_bilinear(
    const void *input, kernel_type from, void *output, kernel_type to, const int32_t *rows, const float *rowShares,
    const int32_t *columns, const float *columnShares, long inputWidth, long outputHeight, long outputWidth,
    long block);
