#include "CLayers.h"

#include "Elements.h"

#include <math.h>

// Sums run in so many lanes, and these are summed up in the end: the same order on every processor.
enum { LANES = 16 };

#define REDUCTION(NAME, START, COMBINED) \
    INLINE float reduce_row_##NAME(const float *row, long count) { \
        float lanes[LANES]; \
        for (long k = 0; k < LANES; ++k) lanes[k] = START; \
        long i = 0; \
        for (; i + LANES <= count; i += LANES) \
            for (long k = 0; k < LANES; ++k) { \
                float a = lanes[k], b = row[i + k]; \
                lanes[k] = COMBINED; \
            } \
        for (long k = 0; i < count; ++i, ++k) { \
            float a = lanes[k], b = row[i]; \
            lanes[k] = COMBINED; \
        } \
        for (long half = LANES / 2; half > 0; half /= 2) \
            for (long k = 0; k < half; ++k) { \
                float a = lanes[k], b = lanes[half + k]; \
                lanes[k] = COMBINED; \
            } \
        return lanes[0]; \
    }
REDUCTION(sum, 0, a + b)
REDUCTION(maximum, -INFINITY, a > b || a != a ? a : b)
REDUCTION(minimum, INFINITY, a < b || a != a ? a : b)

INLINE float reduce_row(kernel_reduction function, const float *row, long count) {
    switch (function) {
    case kernel_reduce_mean: return reduce_row_sum(row, count) / (float)count;
    case kernel_reduce_sum: return reduce_row_sum(row, count);
    case kernel_reduce_maximum: return reduce_row_maximum(row, count);
    default: return reduce_row_minimum(row, count);
    }
}

FOR_EACH_GENERATION(
    void, kernel_reduce_channels,
    (kernel_reduction function, kernel_picture input, kernel_picture output, long first, long count, float *row),
    (function, input, output, first, count, row)) {
    for (long pixel = first; pixel < first + count; ++pixel) {
        kernel_read_pixel(input, pixel, row);
        float value = reduce_row(function, row, input.channels);
        kernel_write_pixel(output, pixel, &value);
    }
}

#define REDUCE_SPACE(FROM, NAME, START, COMBINED) \
    INLINE void reduce_space_##NAME##_##FROM(const FROM *restrict input, float *restrict output, long area, long block) { \
        BLOCKED(B, { \
            float lanes[4][B]; \
            for (long k = 0; k < 4; ++k) \
                for (long c = 0; c < B; ++c) lanes[k][c] = START; \
            for (long i = 0; i < area; ++i) \
                for (long c = 0; c < B; ++c) { \
                    float a = lanes[i % 4][c]; \
                    float b = load_##FROM(input[i * B + c]); \
                    lanes[i % 4][c] = COMBINED; \
                } \
            for (long half = 2; half > 0; half /= 2) \
                for (long k = 0; k < half; ++k) \
                    for (long c = 0; c < B; ++c) { \
                        float a = lanes[k][c]; \
                        float b = lanes[half + k][c]; \
                        lanes[k][c] = COMBINED; \
                    } \
            for (long c = 0; c < B; ++c) output[c] = lanes[0][c]; \
        }) \
    }
#define REDUCE_SPACES(FROM) \
    REDUCE_SPACE(FROM, sum, 0, a + b) \
    REDUCE_SPACE(FROM, maximum, -INFINITY, a > b || a != a ? a : b) \
    REDUCE_SPACE(FROM, minimum, INFINITY, a < b || a != a ? a : b)
EACH_TYPE(REDUCE_SPACES)

FOR_EACH_GENERATION(
    void, kernel_reduce_space,
    (kernel_reduction function, const void *input, kernel_type from, float *output, long area, long block),
    (function, input, from, output, area, block)) {
    switch (function) {
    case kernel_reduce_maximum: PICK_TYPE(reduce_space_maximum, from, input, output, area, block); return;
    case kernel_reduce_minimum: PICK_TYPE(reduce_space_minimum, from, input, output, area, block); return;
    default: PICK_TYPE(reduce_space_sum, from, input, output, area, block);
    }
    if (function == kernel_reduce_mean)
        for (long c = 0; c < block; ++c) output[c] /= (float)area;
}

/// exp(x) for x at most 0, to a few parts in ten million: 2^n times a polynomial of what is left.
INLINE float exponential(float x) {
    float n = x * 1.44269504f;
    n = n < -150 ? -150 : n;
    n = (n + 12582912.0f) - 12582912.0f;
    float rest = (x - n * 0.693359375f) + n * 2.12194440e-4f;
    float value = 1.3888889e-3f;
    value = value * rest + 8.3333333e-3f;
    value = value * rest + 4.1666667e-2f;
    value = value * rest + 1.6666667e-1f;
    value = value * rest + 0.5f;
    value = value * rest * rest + rest + 1;
    // In two halves, since 2^n may be no normal number.
    int32_t upper = (int32_t)n / 2, lower = (int32_t)n - upper;
    uint32_t bits[2] = {(uint32_t)(upper + 127) << 23, (uint32_t)(lower + 127) << 23};
    float scales[2];
    memcpy(scales, bits, sizeof scales);
    return x < -104 ? 0 : value * scales[0] * scales[1];
}

FOR_EACH_GENERATION(
    void, kernel_softmax,
    (kernel_picture input, kernel_picture output, long first, long count, int isLogarithm, float *row),
    (input, output, first, count, isLogarithm, row)) {
    long channels = input.channels;
    for (long pixel = first; pixel < first + count; ++pixel) {
        kernel_read_pixel(input, pixel, row);
        float largest = reduce_row_maximum(row, channels);
        for (long c = 0; c < channels; ++c) row[c] -= largest;
        if (isLogarithm) {
            float lanes[LANES] = {0};
            for (long c = 0; c < channels; ++c) lanes[c % LANES] += exponential(row[c]);
            float logarithm = logf(reduce_row_sum(lanes, LANES));
            for (long c = 0; c < channels; ++c) row[c] -= logarithm;
        } else {
            for (long c = 0; c < channels; ++c) row[c] = exponential(row[c]);
            float sum = reduce_row_sum(row, channels);
            for (long c = 0; c < channels; ++c) row[c] /= sum;
        }
        kernel_write_pixel(output, pixel, row);
    }
}

FOR_EACH_GENERATION(
    void, kernel_layer_norm,
    (kernel_picture input, kernel_picture output, long first, long count, const float *gamma, const float *beta,
     float epsilon, float *row),
    (input, output, first, count, gamma, beta, epsilon, row)) {
    long channels = input.channels;
    for (long pixel = first; pixel < first + count; ++pixel) {
        kernel_read_pixel(input, pixel, row);
        float mean = reduce_row_sum(row, channels) / (float)channels;
        float lanes[LANES] = {0};
        long c = 0;
        for (; c + LANES <= channels; c += LANES)
            for (long k = 0; k < LANES; ++k) {
                row[c + k] -= mean;
                lanes[k] += row[c + k] * row[c + k];
            }
        for (long k = 0; c < channels; ++c, ++k) {
            row[c] -= mean;
            lanes[k] += row[c] * row[c];
        }
        float scale = 1 / sqrtf(reduce_row_sum(lanes, LANES) / (float)channels + epsilon);
        for (c = 0; c < channels; ++c) row[c] *= scale;
        if (gamma)
            for (c = 0; c < channels; ++c) row[c] *= gamma[c];
        if (beta)
            for (c = 0; c < channels; ++c) row[c] += beta[c];
        kernel_write_pixel(output, pixel, row);
    }
}

FOR_EACH_GENERATION(
    void, kernel_local_response_norm,
    (kernel_picture input, kernel_picture output, long first, long count, long radius, float bias, float alpha,
     float beta, float *row),
    (input, output, first, count, radius, bias, alpha, beta, row)) {
    long channels = input.channels;
    float *sums = row + channels;
    for (long pixel = first; pixel < first + count; ++pixel) {
        kernel_read_pixel(input, pixel, row);
        // Summed anew for each channel: a running sum would lose what it subtracts.
        for (long c = 0; c < channels; ++c) {
            long low = c > radius ? c - radius : 0, high = channels - 1 - c > radius ? c + radius : channels - 1;
            float sum = 0;
            for (long k = low; k <= high; ++k) sum += row[k] * row[k];
            sums[c] = bias + alpha * sum;
        }
        if (beta == 0.5f)
            for (long c = 0; c < channels; ++c) row[c] /= sqrtf(sums[c]);
        else if (beta == 0.75f)
            for (long c = 0; c < channels; ++c) row[c] /= sqrtf(sums[c]) * sqrtf(sqrtf(sums[c]));
        else if (beta == 1)
            for (long c = 0; c < channels; ++c) row[c] /= sums[c];
        else
            for (long c = 0; c < channels; ++c) row[c] /= powf(sums[c], beta);
        kernel_write_pixel(output, pixel, row);
    }
}
