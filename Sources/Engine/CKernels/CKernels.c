#include "CKernels.h"

#include "Elements.h"

#include <math.h>

// Instantiates a kernel for every pair of types and picks one of them.
#define PAIRS(KERNEL) KERNEL(float, float) KERNEL(float, bfloat16) KERNEL(bfloat16, float) KERNEL(bfloat16, bfloat16)
#define PICK(name, from, to, ...) \
    (from == kernel_float32 \
         ? to == kernel_float32 ? name##_float_float(__VA_ARGS__) : name##_float_bfloat16(__VA_ARGS__) \
         : to == kernel_float32 ? name##_bfloat16_float(__VA_ARGS__) : name##_bfloat16_bfloat16(__VA_ARGS__))

#define CONVERT(FROM, TO) \
    INLINE void convert_##FROM##_##TO(const FROM *restrict input, TO *restrict output, long count) { \
        for (long i = 0; i < count; ++i) output[i] = store_##TO(load_##FROM(input[i])); \
    }
PAIRS(CONVERT)

FOR_EACH_GENERATION(
    void, kernel_convert,
    (const void *input, kernel_type from, void *output, kernel_type to, long count),
    (input, from, output, to, count)) {
    PICK(convert, from, to, input, output, count);
}

#define BLUR(FROM, TO) \
    INLINE void blur_##FROM##_##TO( \
        const FROM *restrict input, TO *restrict output, const int32_t *rows, const int32_t *columns, \
        const float *taps, long size, long inputWidth, long outputHeight, long outputWidth, long block) { \
        BLOCKED(B, { \
            for (long y = 0; y < outputHeight; ++y) { \
                for (long x = 0; x < outputWidth; ++x) { \
                    float sum[B] = {0}; \
                    for (long i = 0; i < size; ++i) { \
                        const FROM *row = input + (long)rows[y * size + i] * inputWidth * B; \
                        for (long j = 0; j < size; ++j) { \
                            const FROM *pixel = row + (long)columns[x * size + j] * B; \
                            float tap = taps[i * size + j]; \
                            for (long c = 0; c < B; ++c) sum[c] += tap * load_##FROM(pixel[c]); \
                        } \
                    } \
                    TO *target = output + (y * outputWidth + x) * B; \
                    for (long c = 0; c < B; ++c) target[c] = store_##TO(sum[c]); \
                } \
            } \
        }) \
    }
PAIRS(BLUR)

FOR_EACH_GENERATION(
    void, kernel_blur,
    (const void *input, kernel_type from, void *output, kernel_type to, const int32_t *rows, const int32_t *columns,
     const float *taps, long size, long inputWidth, long outputHeight, long outputWidth, long block),
    (input, from, output, to, rows, columns, taps, size, inputWidth, outputHeight, outputWidth, block)) {
    PICK(
        blur, from, to, input, output, rows, columns, taps, size, inputWidth, outputHeight, outputWidth, block);
}

#define SCALE_SHIFT(FROM, TO) \
    INLINE void scale_shift_##FROM##_##TO( \
        const FROM *input, TO *output, const float *scale, const float *offset, long area, long block, \
        int isRectified) { \
        float low = isRectified ? 0 : -INFINITY; \
        BLOCKED(B, { \
            for (long i = 0; i < area; ++i) { \
                for (long c = 0; c < B; ++c) { \
                    float value = load_##FROM(input[i * B + c]) * scale[c] + offset[c]; \
                    output[i * B + c] = store_##TO(value < low ? low : value); \
                } \
            } \
        }) \
    }
PAIRS(SCALE_SHIFT)

FOR_EACH_GENERATION(
    void, kernel_scale_shift,
    (const void *input, kernel_type from, void *output, kernel_type to, const float *scale, const float *offset, long
     area, long block, int isRectified),
    (input, from, output, to, scale, offset, area, block, isRectified)) {
    PICK(scale_shift, from, to, input, output, scale, offset, area, block, isRectified);
}

#define ADD(TYPE) \
    INLINE void add_##TYPE( \
        const TYPE *first, const TYPE *second, TYPE *output, long count, int isRectified) { \
        float low = isRectified ? 0 : -INFINITY; \
        for (long i = 0; i < count; ++i) { \
            float value = load_##TYPE(first[i]) + load_##TYPE(second[i]); \
            output[i] = store_##TYPE(value < low ? low : value); \
        } \
    }
EACH_TYPE(ADD)

FOR_EACH_GENERATION(
    void, kernel_add,
    (const void *first, const void *second, void *output, kernel_type type, long count, int isRectified),
    (first, second, output, type, count, isRectified)) {
    PICK_TYPE(add, type, first, second, output, count, isRectified);
}

#define RELU(TYPE) \
    INLINE void relu_##TYPE(const TYPE *input, TYPE *output, long count) { \
        for (long i = 0; i < count; ++i) { \
            float value = load_##TYPE(input[i]); \
            output[i] = store_##TYPE(value < 0 ? 0 : value); \
        } \
    }
EACH_TYPE(RELU)

FOR_EACH_GENERATION(
    void, kernel_relu,
    (const void *input, void *output, kernel_type type, long count),
    (input, output, type, count)) {
    PICK_TYPE(relu, type, input, output, count);
}

void kernel_sigmoid(const float *input, float *output, long count) {
    for (long i = 0; i < count; ++i) output[i] = 1 / (1 + expf(-input[i]));
}

#define UPSAMPLE(TYPE) \
    INLINE void upsample_##TYPE( \
        const TYPE *restrict input, TYPE *restrict output, long height, long width, long block) { \
        BLOCKED(B, { \
            for (long y = 0; y < height; ++y) { \
                const TYPE *row = input + y * width * B; \
                TYPE *upper = output + 4 * y * width * B; \
                TYPE *lower = upper + 2 * width * B; \
                for (long x = 0; x < width; ++x) { \
                    for (long c = 0; c < B; ++c) { \
                        TYPE value = row[x * B + c]; \
                        upper[2 * x * B + c] = value; \
                        upper[(2 * x + 1) * B + c] = value; \
                        lower[2 * x * B + c] = value; \
                        lower[(2 * x + 1) * B + c] = value; \
                    } \
                } \
            } \
        }) \
    }
EACH_TYPE(UPSAMPLE)

FOR_EACH_GENERATION(
    void, kernel_upsample,
    (const void *input, void *output, kernel_type type, long height, long width, long block),
    (input, output, type, height, width, block)) {
    PICK_TYPE(upsample, type, input, output, height, width, block);
}

#define MEAN(FROM) \
    INLINE void mean_##FROM(const FROM *restrict input, float *restrict output, long area, long block) { \
        BLOCKED(B, { \
            float sum[4][B] = {{0}}; \
            long i = 0; \
            for (; i + 4 <= area; i += 4) \
                for (long k = 0; k < 4; ++k) \
                    for (long c = 0; c < B; ++c) sum[k][c] += load_##FROM(input[(i + k) * B + c]); \
            for (; i < area; ++i) \
                for (long c = 0; c < B; ++c) sum[0][c] += load_##FROM(input[i * B + c]); \
            for (long c = 0; c < B; ++c) \
                output[c] = ((sum[0][c] + sum[1][c]) + (sum[2][c] + sum[3][c])) / (float)area; \
        }) \
    }
EACH_TYPE(MEAN)

FOR_EACH_GENERATION(
    void, kernel_mean,
    (const void *input, kernel_type from, float *output, long area, long block),
    (input, from, output, area, block)) {
    PICK_TYPE(mean, from, input, output, area, block);
}

#define GENERALIZED_MEAN(FROM) \
    INLINE void generalized_mean_##FROM( \
        const FROM *restrict input, float *restrict output, long area, long block) { \
        BLOCKED(B, { \
            float sum[B] = {0}; \
            for (long i = 0; i < area; ++i) { \
                for (long c = 0; c < B; ++c) { \
                    float value = load_##FROM(input[i * B + c]); \
                    value = value < 1e-6f ? 1e-6f : value > 1e12f ? 1e12f : value; \
                    sum[c] += value * value * value; \
                } \
            } \
            for (long c = 0; c < B; ++c) output[c] = cbrtf((sum[c] < 1e-6f ? 1e-6f : sum[c]) / (float)area); \
        }) \
    }
EACH_TYPE(GENERALIZED_MEAN)

FOR_EACH_GENERATION(
    void, kernel_generalized_mean,
    (const void *input, kernel_type from, float *output, long area, long block),
    (input, from, output, area, block)) {
    PICK_TYPE(generalized_mean, from, input, output, area, block);
}

#define MIX(FROM, TO) \
    INLINE void mix_##FROM##_##TO( \
        const FROM *restrict first, const FROM *restrict second, const float *restrict weights, \
        TO *restrict output, long area, long block) { \
        BLOCKED(B, { \
            for (long i = 0; i < area; ++i) \
                for (long c = 0; c < B; ++c) \
                    output[i * B + c] = store_##TO( \
                        load_##FROM(first[i * B + c]) * weights[c] \
                        + load_##FROM(second[i * B + c]) * weights[B + c]); \
        }) \
    }
PAIRS(MIX)

FOR_EACH_GENERATION(
    void, kernel_mix,
    (const void *first, const void *second, kernel_type from, const float *weights, void *output, kernel_type to,
     long area, long block),
    (first, second, from, weights, output, to, area, block)) {
    PICK(mix, from, to, first, second, weights, output, area, block);
}

#define MIX_LANES(FROM, TO) \
    static void mix_lanes_##FROM##_##TO( \
        const FROM *planes, const float *weights, TO *output, long first, long second, long count, long area, \
        long block) { \
        for (long i = 0; i < area; ++i) { \
            for (long c = 0; c < block; ++c) { \
                float value = 0; \
                if (c < count) { \
                    long one = first + c, other = second + c; \
                    value = load_##FROM(planes[(one / block * area + i) * block + one % block]) * weights[c] \
                        + load_##FROM(planes[(other / block * area + i) * block + other % block]) \
                            * weights[block + c]; \
                } \
                output[i * block + c] = store_##TO(value); \
            } \
        } \
    }
PAIRS(MIX_LANES)

FOR_EACH_GENERATION(
    void, kernel_mix_lanes,
    (const void *planes, kernel_type from, const float *weights, void *output, kernel_type to, long first, long
     second, long count, long area, long block),
    (planes, from, weights, output, to, first, second, count, area, block)) {
    PICK(mix_lanes, from, to, planes, weights, output, first, second, count, area, block);
}

FOR_EACH_GENERATION(
    void, kernel_scale_columns,
    (float *restrict values, const double *restrict scale, long rows, long columns),
    (values, scale, rows, columns)) {
    for (long i = 0; i < rows; ++i)
        for (long j = 0; j < columns; ++j)
            values[i * columns + j] = (float)((double)values[i * columns + j] * scale[j]);
}
