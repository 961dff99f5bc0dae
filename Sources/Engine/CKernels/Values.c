#include "CLayers.h"

#include "Elements.h"

#include <math.h>

#define MAP(TYPE, NAME, RESULT) \
    INLINE void NAME##_##TYPE(const TYPE *input, TYPE *output, long count) { \
        for (long i = 0; i < count; ++i) { \
            float x = load_##TYPE(input[i]); \
            output[i] = store_##TYPE(RESULT); \
        } \
    }
#define MAPS(TYPE) \
    MAP(TYPE, softsign, x / (1 + fabsf(x))) \
    MAP(TYPE, square, x *x) \
    MAP(TYPE, root, __builtin_sqrtf(x)) \
    MAP(TYPE, inverse_root, 1 / __builtin_sqrtf(x)) \
    MAP(TYPE, reciprocal, 1 / x) \
    MAP(TYPE, absolute, fabsf(x)) \
    MAP(TYPE, negate, -x)
EACH_TYPE(MAPS)

FOR_EACH_GENERATION(
    void, kernel_map, (kernel_function function, const void *input, void *output, kernel_type type, long count),
    (function, input, output, type, count)) {
    switch (function) {
    case kernel_softsign: PICK_TYPE(softsign, type, input, output, count); break;
    case kernel_square: PICK_TYPE(square, type, input, output, count); break;
    case kernel_sqrt: PICK_TYPE(root, type, input, output, count); break;
    case kernel_rsqrt: PICK_TYPE(inverse_root, type, input, output, count); break;
    case kernel_reciprocal: PICK_TYPE(reciprocal, type, input, output, count); break;
    case kernel_abs: PICK_TYPE(absolute, type, input, output, count); break;
    case kernel_negate: PICK_TYPE(negate, type, input, output, count); break;
    }
}

#define LINEAR(TYPE) \
    INLINE void linear_##TYPE(const TYPE *input, TYPE *output, float slope, float offset, long count) { \
        for (long i = 0; i < count; ++i) output[i] = store_##TYPE(load_##TYPE(input[i]) * slope + offset); \
    }
EACH_TYPE(LINEAR)

FOR_EACH_GENERATION(
    void, kernel_linear,
    (const void *input, void *output, kernel_type type, float slope, float offset, long count),
    (input, output, type, slope, offset, count)) {
    PICK_TYPE(linear, type, input, output, slope, offset, count);
}

#define POWER(TYPE) \
    static void power_##TYPE(const TYPE *input, TYPE *output, float exponent, long count) { \
        for (long i = 0; i < count; ++i) output[i] = store_##TYPE(powf(load_##TYPE(input[i]), exponent)); \
    }
EACH_TYPE(POWER)

void kernel_power(const void *input, void *output, kernel_type type, float exponent, long count) {
    PICK_TYPE(power, type, input, output, exponent, count);
}

INLINE float add(float a, float b) { return a + b; }
INLINE float subtract(float a, float b) { return a - b; }
INLINE float multiply(float a, float b) { return a * b; }
INLINE float divide(float a, float b) { return a / b; }
// What is no number stays none.
INLINE float maximum(float a, float b) { return a > b || a != a ? a : b; }
INLINE float minimum(float a, float b) { return a < b || a != a ? a : b; }
INLINE float squared_difference(float a, float b) { return (a - b) * (a - b); }
INLINE float power(float a, float b) { return powf(a, b); }

#define BINARY_AS(TYPE, NAME, A, B_) \
    switch (operand) { \
    case kernel_each: \
        for (long i = 0; i < area * B; ++i) { \
            float x = load_##TYPE(first[i]), y = load_##TYPE(((const TYPE *)second)[i]); \
            output[i] = store_##TYPE(NAME(A, B_)); \
        } \
        break; \
    case kernel_each_lane: \
        for (long i = 0; i < area; ++i) \
            for (long c = 0; c < B; ++c) { \
                float x = load_##TYPE(first[i * B + c]), y = ((const float *)second)[c]; \
                output[i * B + c] = store_##TYPE(NAME(A, B_)); \
            } \
        break; \
    case kernel_each_pixel: \
        for (long i = 0; i < area; ++i) { \
            float y = load_##TYPE(((const TYPE *)second)[i * B]); \
            for (long c = 0; c < B; ++c) { \
                float x = load_##TYPE(first[i * B + c]); \
                output[i * B + c] = store_##TYPE(NAME(A, B_)); \
            } \
        } \
    }

#define BINARY(TYPE, NAME) \
    INLINE void binary_##NAME##_##TYPE( \
        const TYPE *first, const void *second, kernel_operand operand, int isSwapped, TYPE *output, long area, \
        long block) { \
        BLOCKED(B, { \
            if (isSwapped) { \
                BINARY_AS(TYPE, NAME, y, x) \
            } else { \
                BINARY_AS(TYPE, NAME, x, y) \
            } \
        }) \
    }
#define BINARIES(TYPE) \
    BINARY(TYPE, add) \
    BINARY(TYPE, subtract) \
    BINARY(TYPE, multiply) \
    BINARY(TYPE, divide) \
    BINARY(TYPE, maximum) \
    BINARY(TYPE, minimum) \
    BINARY(TYPE, squared_difference) \
    BINARY(TYPE, power)
EACH_TYPE(BINARIES)

FOR_EACH_GENERATION(
    void, kernel_binary,
    (kernel_binary_function function, const void *first, const void *second, kernel_operand operand, int isSwapped,
     void *output, kernel_type type, long area, long block),
    (function, first, second, operand, isSwapped, output, type, area, block)) {
#define CASE(NAME) \
    case kernel_binary_##NAME: \
        PICK_TYPE(binary_##NAME, type, first, second, operand, isSwapped, output, area, block); \
        break;
    switch (function) {
        CASE(add)
        CASE(subtract)
        CASE(multiply)
        CASE(divide)
        CASE(maximum)
        CASE(minimum)
        CASE(squared_difference)
        CASE(power)
    }
}

void kernel_binary_row(
    kernel_binary_function function, const float *first, const float *second, int isOne, int isSwapped, float *output,
    long count) {
    enum { BLOCK = 16 };
    for (long start = 0; start < count; start += BLOCK) {
        long lanes = count - start < BLOCK ? count - start : BLOCK;
        float one[BLOCK] = {0}, two[BLOCK] = {0};
        memcpy(one, first + start, lanes * sizeof *one);
        for (long c = 0; c < lanes; ++c) two[c] = second[isOne ? 0 : start + c];
        kernel_binary(function, one, two, kernel_each_lane, isSwapped, one, kernel_float32, 1, BLOCK);
        memcpy(output + start, one, lanes * sizeof *one);
    }
}

#define BILINEAR(FROM, TO) \
    INLINE void bilinear_##FROM##_##TO( \
        const FROM *restrict input, TO *restrict output, const int32_t *rows, const float *rowShares, \
        const int32_t *columns, const float *columnShares, long inputWidth, long outputHeight, long outputWidth, \
        long block) { \
        BLOCKED(B, { \
            for (long y = 0; y < outputHeight; ++y) { \
                const FROM *upper = input + (long)rows[2 * y] * inputWidth * B; \
                const FROM *lower = input + (long)rows[2 * y + 1] * inputWidth * B; \
                float down = rowShares[y]; \
                for (long x = 0; x < outputWidth; ++x, output += B) { \
                    long left = (long)columns[2 * x] * B; \
                    long right = (long)columns[2 * x + 1] * B; \
                    float across = columnShares[x]; \
                    for (long c = 0; c < B; ++c) { \
                        float a = load_##FROM(upper[left + c]); \
                        float b = load_##FROM(upper[right + c]); \
                        float d = load_##FROM(lower[left + c]); \
                        float e = load_##FROM(lower[right + c]); \
                        float top = a + (b - a) * across; \
                        float bottom = d + (e - d) * across; \
                        output[c] = store_##TO(top + (bottom - top) * down); \
                    } \
                } \
            } \
        }) \
    }
BILINEAR(float, float)
BILINEAR(float, bfloat16)
BILINEAR(bfloat16, float)
BILINEAR(bfloat16, bfloat16)

FOR_EACH_GENERATION(
    void, kernel_bilinear,
    (const void *input, kernel_type from, void *output, kernel_type to, const int32_t *rows, const float *rowShares,
     const int32_t *columns, const float *columnShares, long inputWidth, long outputHeight, long outputWidth,
     long block),
    (input, from, output, to, rows, rowShares, columns, columnShares, inputWidth, outputHeight, outputWidth, block)) {
#define BILINEAR_AS(FROM, TO) \
    bilinear_##FROM##_##TO( \
        input, output, rows, rowShares, columns, columnShares, inputWidth, outputHeight, outputWidth, block)
    if (from == kernel_float32) {
        if (to == kernel_float32) BILINEAR_AS(float, float);
        else BILINEAR_AS(float, bfloat16);
    } else {
        if (to == kernel_float32) BILINEAR_AS(bfloat16, float);
        else BILINEAR_AS(bfloat16, bfloat16);
    }
}
