#include "CTraining.h"

#include "Elements.h"

#include <math.h>

enum { CHUNK = 512 };

#define SUM(TYPE) \
    INLINE void sum_##TYPE( \
        const void *const *terms, long termCount, const TYPE *rectified, TYPE *output, long count) { \
        for (long start = 0; start < count; start += CHUNK) { \
            long length = count - start < CHUNK ? count - start : CHUNK; \
            float sum[CHUNK]; \
            const TYPE *first = (const TYPE *)terms[0] + start; \
            for (long i = 0; i < length; ++i) sum[i] = load_##TYPE(first[i]); \
            for (long t = 1; t < termCount; ++t) { \
                const TYPE *term = (const TYPE *)terms[t] + start; \
                for (long i = 0; i < length; ++i) sum[i] += load_##TYPE(term[i]); \
            } \
            TYPE *target = output + start; \
            if (rectified) { \
                const TYPE *result = rectified + start; \
                for (long i = 0; i < length; ++i) \
                    target[i] = store_##TYPE(load_##TYPE(result[i]) > 0 ? sum[i] : 0); \
            } else { \
                for (long i = 0; i < length; ++i) target[i] = store_##TYPE(sum[i]); \
            } \
        } \
    }
EACH_TYPE(SUM)

FOR_EACH_GENERATION(
    void, training_sum,
    (const void *const *terms, long termCount, const void *rectified, void *output, kernel_type type, long count),
    (terms, termCount, rectified, output, type, count)) {
    PICK_TYPE(sum, type, terms, termCount, rectified, output, count);
}

#define FILL(TYPE) \
    INLINE void fill_##TYPE(const float *restrict values, TYPE *restrict output, long area, long block) { \
        BLOCKED(B, { \
            TYPE row[B]; \
            for (long c = 0; c < B; ++c) row[c] = store_##TYPE(values[c]); \
            for (long i = 0; i < area; ++i) \
                for (long c = 0; c < B; ++c) output[i * B + c] = row[c]; \
        }) \
    }
EACH_TYPE(FILL)

FOR_EACH_GENERATION(
    void, training_fill,
    (const float *values, void *output, kernel_type type, long area, long block),
    (values, output, type, area, block)) {
    PICK_TYPE(fill, type, values, output, area, block);
}

#define SCALE_LANES(TYPE) \
    INLINE void scale_lanes_##TYPE( \
        const TYPE *restrict planes, const float *restrict scale, const float *restrict offset, \
        TYPE *restrict output, long first, long count, long channels, long area, long block) { \
        for (long c = 0; c < block; ++c) { \
            if (c >= count) { \
                for (long i = 0; i < area; ++i) output[i * block + c] = 0; \
                continue; \
            } \
            long channel = (first + c) % channels; \
            const TYPE *lane = planes + channel / block * area * block + channel % block; \
            for (long i = 0; i < area; ++i) \
                output[i * block + c] = store_##TYPE(load_##TYPE(lane[i * block]) * scale[c] + offset[c]); \
        } \
    }
EACH_TYPE(SCALE_LANES)

FOR_EACH_GENERATION(
    void, training_scale_lanes,
    (const void *planes, kernel_type type, const float *scale, const float *offset, void *output, long first, long
     count, long channels, long area, long block),
    (planes, type, scale, offset, output, first, count, channels, area, block)) {
    PICK_TYPE(scale_lanes, type, planes, scale, offset, output, first, count, channels, area, block);
}

#define DOT(TYPE) \
    INLINE void dot_##TYPE( \
        const TYPE *restrict first, const TYPE *restrict second, float *restrict output, long area, long block) { \
        BLOCKED(B, { \
            float sum[4][B] = {{0}}; \
            long i = 0; \
            for (; i + 4 <= area; i += 4) \
                for (long k = 0; k < 4; ++k) \
                    for (long c = 0; c < B; ++c) \
                        sum[k][c] += load_##TYPE(first[(i + k) * B + c]) * load_##TYPE(second[(i + k) * B + c]); \
            for (; i < area; ++i) \
                for (long c = 0; c < B; ++c) \
                    sum[0][c] += load_##TYPE(first[i * B + c]) * load_##TYPE(second[i * B + c]); \
            for (long c = 0; c < B; ++c) output[c] = (sum[0][c] + sum[1][c]) + (sum[2][c] + sum[3][c]); \
        }) \
    }
EACH_TYPE(DOT)

FOR_EACH_GENERATION(
    void, training_dot,
    (const void *first, const void *second, kernel_type type, float *output, long area, long block),
    (first, second, type, output, area, block)) {
    PICK_TYPE(dot, type, first, second, output, area, block);
}

#define DOT_LANES(TYPE) \
    INLINE void dot_lanes_##TYPE( \
        const TYPE *restrict plane, const TYPE *restrict planes, float *restrict output, long first, long count, \
        long channels, long area, long block) { \
        for (long c = 0; c < count; ++c) { \
            long channel = (first + c) % channels; \
            const TYPE *lane = planes + channel / block * area * block + channel % block; \
            float sum = 0; \
            for (long i = 0; i < area; ++i) \
                sum += load_##TYPE(plane[i * block + c]) * load_##TYPE(lane[i * block]); \
            output[c] = sum; \
        } \
    }
EACH_TYPE(DOT_LANES)

FOR_EACH_GENERATION(
    void, training_dot_lanes,
    (const void *plane, const void *planes, kernel_type type, float *output, long first, long count, long channels,
     long area, long block),
    (plane, planes, type, output, first, count, channels, area, block)) {
    PICK_TYPE(dot_lanes, type, plane, planes, output, first, count, channels, area, block);
}

#define BLUR(TYPE) \
    INLINE void blur_##TYPE( \
        const TYPE *restrict gradient, TYPE *restrict output, const int32_t *rowStarts, const int32_t *rowPlaces, \
        const float *rowWeights, const int32_t *columnStarts, const int32_t *columnPlaces, \
        const float *columnWeights, long height, long width, long gradientWidth, long block) { \
        BLOCKED(B, { \
            for (long y = 0; y < height; ++y) { \
                for (long x = 0; x < width; ++x) { \
                    float sum[B] = {0}; \
                    for (long i = rowStarts[y]; i < rowStarts[y + 1]; ++i) { \
                        const TYPE *row = gradient + (long)rowPlaces[i] * gradientWidth * B; \
                        for (long j = columnStarts[x]; j < columnStarts[x + 1]; ++j) { \
                            const TYPE *pixel = row + (long)columnPlaces[j] * B; \
                            float weight = rowWeights[i] * columnWeights[j]; \
                            for (long c = 0; c < B; ++c) sum[c] += weight * load_##TYPE(pixel[c]); \
                        } \
                    } \
                    TYPE *target = output + (y * width + x) * B; \
                    for (long c = 0; c < B; ++c) target[c] = store_##TYPE(sum[c]); \
                } \
            } \
        }) \
    }
EACH_TYPE(BLUR)

FOR_EACH_GENERATION(
    void, training_blur,
    (const void *gradient, void *output, kernel_type type, const int32_t *rowStarts, const int32_t *rowPlaces, const
     float *rowWeights, const int32_t *columnStarts, const int32_t *columnPlaces, const float *columnWeights, long
     height, long width, long gradientWidth, long block),
    (gradient, output, type, rowStarts, rowPlaces, rowWeights, columnStarts, columnPlaces, columnWeights, height,
     width, gradientWidth, block)) {
    PICK_TYPE(
        blur, type, gradient, output, rowStarts, rowPlaces, rowWeights, columnStarts, columnPlaces, columnWeights,
        height, width, gradientWidth, block);
}

#define UPSAMPLE(TYPE) \
    INLINE void upsample_##TYPE( \
        const TYPE *restrict gradient, TYPE *restrict output, long height, long width, long block) { \
        BLOCKED(B, { \
            for (long y = 0; y < height; ++y) { \
                const TYPE *upper = gradient + 4 * y * width * B; \
                const TYPE *lower = upper + 2 * width * B; \
                for (long x = 0; x < width; ++x) \
                    for (long c = 0; c < B; ++c) \
                        output[(y * width + x) * B + c] = store_##TYPE( \
                            load_##TYPE(upper[2 * x * B + c]) + load_##TYPE(upper[(2 * x + 1) * B + c]) \
                            + load_##TYPE(lower[2 * x * B + c]) + load_##TYPE(lower[(2 * x + 1) * B + c])); \
            } \
        }) \
    }
EACH_TYPE(UPSAMPLE)

FOR_EACH_GENERATION(
    void, training_upsample,
    (const void *gradient, void *output, kernel_type type, long height, long width, long block),
    (gradient, output, type, height, width, block)) {
    PICK_TYPE(upsample, type, gradient, output, height, width, block);
}

#define GENERALIZED_MEAN(TYPE) \
    INLINE void generalized_mean_##TYPE( \
        const TYPE *restrict input, const float *restrict factors, TYPE *restrict output, long area, long block) { \
        BLOCKED(B, { \
            for (long i = 0; i < area; ++i) \
                for (long c = 0; c < B; ++c) { \
                    float value = load_##TYPE(input[i * B + c]); \
                    float slope = value * value * factors[c]; \
                    output[i * B + c] = store_##TYPE(value >= 1e-6f && value <= 1e12f ? slope : 0); \
                } \
        }) \
    }
EACH_TYPE(GENERALIZED_MEAN)

FOR_EACH_GENERATION(
    void, training_generalized_mean,
    (const void *input, kernel_type type, const float *factors, void *output, long area, long block),
    (input, type, factors, output, area, block)) {
    PICK_TYPE(generalized_mean, type, input, factors, output, area, block);
}

#define MASK(TYPE) \
    INLINE void mask_##TYPE( \
        const TYPE *restrict input, const float *restrict mask, TYPE *restrict output, long count, \
        int isRectified) { \
        float low = isRectified ? 0 : -INFINITY; \
        for (long i = 0; i < count; ++i) { \
            float value = load_##TYPE(input[i]) * mask[i]; \
            output[i] = store_##TYPE(value < low ? low : value); \
        } \
    }
EACH_TYPE(MASK)

FOR_EACH_GENERATION(
    void, training_mask,
    (const void *input, kernel_type type, const float *mask, void *output, long count, int isRectified),
    (input, type, mask, output, count, isRectified)) {
    PICK_TYPE(mask, type, input, mask, output, count, isRectified);
}

#define MASK_GRADIENT(TYPE) \
    INLINE void mask_gradient_##TYPE( \
        const TYPE *restrict gradient, const float *restrict mask, const TYPE *restrict rectified, \
        TYPE *restrict output, long count) { \
        if (rectified) { \
            for (long i = 0; i < count; ++i) \
                output[i] = \
                    store_##TYPE(load_##TYPE(rectified[i]) > 0 ? load_##TYPE(gradient[i]) * mask[i] : 0); \
        } else { \
            for (long i = 0; i < count; ++i) output[i] = store_##TYPE(load_##TYPE(gradient[i]) * mask[i]); \
        } \
    }
EACH_TYPE(MASK_GRADIENT)

FOR_EACH_GENERATION(
    void, training_mask_gradient,
    (const void *gradient, kernel_type type, const float *mask, const void *rectified, void *output, long count),
    (gradient, type, mask, rectified, output, count)) {
    PICK_TYPE(mask_gradient, type, gradient, mask, rectified, output, count);
}

void training_rows_norm(
    const float *input, const float *gamma, const float *beta, float *mean, float *variance, float *output,
    long rows, long columns, double epsilon, int isFixed, int isRectified) {
    for (long c = 0; c < columns; ++c) {
        if (!isFixed) {
            double sum = 0;
            for (long r = 0; r < rows; ++r) sum += input[r * columns + c];
            double average = sum / (double)rows;
            double square = 0;
            for (long r = 0; r < rows; ++r) {
                double distance = input[r * columns + c] - average;
                square += distance * distance;
            }
            mean[c] = (float)average;
            variance[c] = (float)(square / (double)rows);
        }
        double factor = gamma[c] / sqrt((double)variance[c] + epsilon);
        for (long r = 0; r < rows; ++r) {
            float value = (float)((input[r * columns + c] - (double)mean[c]) * factor + beta[c]);
            output[r * columns + c] = isRectified && value < 0 ? 0 : value;
        }
    }
}

void training_rows_norm_gradient(
    const float *input, const float *gamma, const float *mean, const float *variance, const float *gradient,
    const float *rectified, float *output, float *gammaGradient, float *betaGradient, long rows, long columns,
    double epsilon, int isFixed) {
    for (long c = 0; c < columns; ++c) {
        double inverse = 1 / sqrt((double)variance[c] + epsilon);
        double sum = 0;
        double product = 0;
        for (long r = 0; r < rows; ++r) {
            long i = r * columns + c;
            double slope = rectified && !(rectified[i] > 0) ? 0 : gradient[i];
            sum += slope;
            product += slope * (input[i] - (double)mean[c]) * inverse;
        }
        gammaGradient[c] = (float)product;
        betaGradient[c] = (float)sum;
        double shift = isFixed ? 0 : sum / (double)rows;
        double tilt = isFixed ? 0 : product / (double)rows;
        for (long r = 0; r < rows; ++r) {
            long i = r * columns + c;
            double slope = rectified && !(rectified[i] > 0) ? 0 : gradient[i];
            double normal = (input[i] - (double)mean[c]) * inverse;
            output[i] = (float)(gamma[c] * inverse * (slope - shift - normal * tilt));
        }
    }
}

FOR_EACH_GENERATION(
    void, training_sigmoid,
    (const float *gradient, const float *result, float *output, long count),
    (gradient, result, output, count)) {
    for (long i = 0; i < count; ++i) output[i] = gradient[i] * result[i] * (1 - result[i]);
}

FOR_EACH_GENERATION(double, training_square_sum, (const float *values, long count), (values, count)) {
    double sums[16] = {0};
    long i = 0;
    for (; i + 16 <= count; i += 16)
        for (long k = 0; k < 16; ++k) sums[k] += (double)values[i + k] * values[i + k];
    double sum = 0;
    for (; i < count; ++i) sum += (double)values[i] * values[i];
    for (long k = 0; k < 16; ++k) sum += sums[k];
    return sum;
}

FOR_EACH_GENERATION(
    void, training_accumulate,
    (const float *restrict source, float *restrict target, long count),
    (source, target, count)) {
    for (long i = 0; i < count; ++i) target[i] += source[i];
}

FOR_EACH_GENERATION(
    void, training_accumulate_rounded,
    (const uint16_t *restrict source, float *restrict target, long count),
    (source, target, count)) {
    for (long i = 0; i < count; ++i) target[i] += load_bfloat16(source[i]);
}

FOR_EACH_GENERATION(
    void, training_round,
    (const float *restrict source, uint16_t *restrict target, long count),
    (source, target, count)) {
    for (long i = 0; i < count; ++i) target[i] = store_bfloat16(source[i]);
}

FOR_EACH_GENERATION(
    void, training_widen,
    (const uint16_t *restrict source, float *restrict target, long count),
    (source, target, count)) {
    for (long i = 0; i < count; ++i) target[i] = load_bfloat16(source[i]);
}

FOR_EACH_GENERATION(
    void, training_momentum,
    (float *restrict values, const float *restrict gradient, float *restrict velocity, long count, float rate, float
     momentum, float decay, float scale, int looksAhead),
    (values, gradient, velocity, count, rate, momentum, decay, scale, looksAhead)) {
    for (long i = 0; i < count; ++i) {
        float slope = gradient[i] * scale + decay * values[i];
        float speed = velocity[i] * momentum + slope;
        velocity[i] = speed;
        values[i] -= rate * (looksAhead ? slope + momentum * speed : speed);
    }
}

FOR_EACH_GENERATION(
    void, training_average,
    (const float *restrict values, float *restrict average, long count, float share),
    (values, average, count, share)) {
    for (long i = 0; i < count; ++i) average[i] -= share * (average[i] - values[i]);
}

FOR_EACH_GENERATION(
    void, training_blend,
    (const float *first, const float *second, float weight, float *output, long count),
    (first, second, weight, output, count)) {
    float other = 1 - weight;
    for (long i = 0; i < count; ++i) output[i] = weight * first[i] + other * second[i];
}

FOR_EACH_GENERATION(
    double, training_slope_square_sum,
    (const float *restrict values, const float *restrict gradient, long count, float decay, float scale),
    (values, gradient, count, decay, scale)) {
    double sums[16] = {0};
    double sum = 0;
    long i = 0;
    for (; i + 16 <= count; i += 16)
        for (long k = 0; k < 16; ++k) {
            double slope = gradient[i + k] * scale + decay * values[i + k];
            sums[k] += slope * slope;
        }
    for (; i < count; ++i) {
        double slope = gradient[i] * scale + decay * values[i];
        sum += slope * slope;
    }
    for (long k = 0; k < 16; ++k) sum += sums[k];
    return sum;
}
