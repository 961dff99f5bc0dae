/// Kernels of the backward pass and of the optimiser, beside oneDNN's.
///
/// Activations and planes are arranged as CKernels.h says. A gradient has the type and the arrangement of what it is
/// the gradient of. Arithmetic is float32 unless said otherwise.
#pragma once

#include "CKernels.h"

/// The sum of `termCount` arrays; where `rectified`, the result of a relu, is given, zero wherever that is not positive.
void training_sum(
    const void *const *terms, long termCount, const void *rectified, void *output, kernel_type type, long count);

/// One plane filled with a number for each of its channels.
void training_fill(const float *values, void *output, kernel_type type, long area, long block);

/// One plane of scale * input + offset where the lanes of the plane are channels first...first + count of an input
/// with `channels` channels, counted modulo that; `planes` are all input planes of one picture. Zero behind `count`.
void training_scale_lanes(
    const void *planes, kernel_type type, const float *scale, const float *offset, void *output, long first,
    long count, long channels, long area, long block);

/// Sums over one plane of the products of two, block of them.
void training_dot(const void *first, const void *second, kernel_type type, float *output, long area, long block);

/// The same for lanes: `plane` holds channels first...first + count, and its lane c is multiplied with channel
/// (first + c) modulo `channels` of the picture whose planes are `planes`.
void training_dot_lanes(
    const void *plane, const void *planes, kernel_type type, float *output, long first, long count, long channels,
    long area, long block);

/// One plane of the gradient of a blur, gathered: the gradient at row y is the sum over i in
/// rowStarts[y]..<rowStarts[y + 1] of rowWeights[i] times the output's row rowPlaces[i]; columns alike.
void training_blur(
    const void *gradient, void *output, kernel_type type, const int32_t *rowStarts, const int32_t *rowPlaces,
    const float *rowWeights, const int32_t *columnStarts, const int32_t *columnPlaces, const float *columnWeights,
    long height, long width, long gradientWidth, long block);

/// One plane of the gradient of a doubling: sums over two by two pixels. Height and width are the result's.
void training_upsample(const void *gradient, void *output, kernel_type type, long height, long width, long block);

/// One plane of the gradient of a generalised mean: x * x * factor inside 1e-6...1e12, else zero.
void training_generalized_mean(
    const void *input, kernel_type type, const float *factors, void *output, long area, long block);

/// input * mask, rectified if asked for.
void training_mask(
    const void *input, kernel_type type, const float *mask, void *output, long count, int isRectified);

/// gradient * mask, zero wherever `rectified`, if given, is not positive.
void training_mask_gradient(
    const void *gradient, kernel_type type, const float *mask, const void *rectified, void *output, long count);

/// Batch norm of `rows` vectors. With `isFixed`, mean and variance are read, else the batch's are written to them.
void training_rows_norm(
    const float *input, const float *gamma, const float *beta, float *mean, float *variance, float *output,
    long rows, long columns, double epsilon, int isFixed, int isRectified);

/// The gradient of that. `rectified` is the output if a relu ended it, else null.
void training_rows_norm_gradient(
    const float *input, const float *gamma, const float *mean, const float *variance, const float *gradient,
    const float *rectified, float *output, float *gammaGradient, float *betaGradient, long rows, long columns,
    double epsilon, int isFixed);

/// gradient * y * (1 - y) for y = sigmoid(x).
void training_sigmoid(const float *gradient, const float *result, float *output, long count);

/// The sum of the squares, in float64.
double training_square_sum(const float *values, long count);

/// target += source.
void training_accumulate(const float *source, float *target, long count);

/// The same for bfloat16, added in float32.
void training_accumulate_rounded(const uint16_t *source, float *target, long count);

/// target = source, rounded to bfloat16.
void training_round(const float *source, uint16_t *target, long count);

/// target = source, of bfloat16.
void training_widen(const uint16_t *source, float *target, long count);

/// One step of gradient descent with momentum, as TensorFlow's MomentumOptimizer takes it: with
/// g = gradient * scale + decay * values, velocity = momentum * velocity + g, and values -= rate * velocity, or
/// values -= rate * (g + momentum * velocity) with Nesterov's look ahead.
void training_momentum(
    float *values, const float *gradient, float *velocity, long count, float rate, float momentum, float decay,
    float scale, int looksAhead);

/// average -= share * (average - value).
void training_average(const float *values, float *average, long count, float share);

/// output = weight * first + (1 - weight) * second.
void training_blend(const float *first, const float *second, float weight, float *output, long count);

/// The sum of the squares of scale * gradient + decay * values, in float64.
double training_slope_square_sum(
    const float *values, const float *gradient, long count, float decay, float scale);
