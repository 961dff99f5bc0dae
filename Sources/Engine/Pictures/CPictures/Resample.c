#include <string.h>

#include "Corruptions.h"
#include "Processors.h"

typedef int32_t Int4 __attribute__((vector_size(16)));
typedef uint8_t Byte4 __attribute__((vector_size(4)));

enum { precision_bits = 22, values_at_once = 32 };

GENERATION_INLINE uint8_t rounded(int32_t sum) {
    sum >>= precision_bits;
    return (uint8_t)(sum < 0 ? 0 : sum > 255 ? 255 : sum);
}

/// The three channels at a place, and a zero.
GENERATION_INLINE Int4 load(const uint8_t *pixel) {
    uint16_t start;
    memcpy(&start, pixel, sizeof start);
    uint32_t joined = (uint32_t)start | (uint32_t)pixel[2] << 16;
    Byte4 bytes;
    memcpy(&bytes, &joined, sizeof bytes);
    return __builtin_convertvector(bytes, Int4);
}

FOR_EACH_GENERATION(
    void, pictures_resample_rows,
    (const uint8_t *restrict input, size_t stride, size_t rows, const PicturesResamplePlace *places,
     const int32_t *weights, size_t taps, size_t count, uint8_t *restrict output),
    (input, stride, rows, places, weights, taps, count, output)) {
    for (size_t row = 0; row < rows; row++, input += stride) {
        for (size_t place = 0; place < count; place++, output += 3) {
            const uint8_t *pixel = input + 3 * places[place].first;
            const int32_t *weight = weights + place * taps;
            Int4 sum = {1 << (precision_bits - 1), 1 << (precision_bits - 1), 1 << (precision_bits - 1)};
            for (int32_t tap = 0; tap < places[place].count; tap++, pixel += 3) sum += load(pixel) * weight[tap];
            for (size_t channel = 0; channel < 3; channel++) output[channel] = rounded(sum[channel]);
        }
    }
}

GENERATION_INLINE void tile(const uint8_t *restrict input, size_t stride, const int32_t *weights, int32_t taps,
                            size_t count, uint8_t *restrict output) {
    int32_t sum[values_at_once];
    for (size_t i = 0; i < count; i++) sum[i] = 1 << (precision_bits - 1);
    for (int32_t tap = 0; tap < taps; tap++, input += stride) {
        for (size_t i = 0; i < count; i++) sum[i] += input[i] * weights[tap];
    }
    for (size_t i = 0; i < count; i++) output[i] = rounded(sum[i]);
}

FOR_EACH_GENERATION(
    void, pictures_resample_columns,
    (const uint8_t *restrict input, size_t stride, const PicturesResamplePlace *places, const int32_t *weights,
     size_t taps, size_t count, uint8_t *restrict output),
    (input, stride, places, weights, taps, count, output)) {
    for (size_t place = 0; place < count; place++, weights += taps, output += stride) {
        const uint8_t *rows = input + stride * (size_t)places[place].first;
        size_t start = 0;
        for (; start + values_at_once <= stride; start += values_at_once) {
            tile(rows + start, stride, weights, places[place].count, values_at_once, output + start);
        }
        tile(rows + start, stride, weights, places[place].count, stride - start, output + start);
    }
}
