#pragma once

#include <stdint.h>
#include <string.h>

#include "Processors.h"

// Cosine transforms, times 2^13, as matrices of which row k is even about the middle for even k and odd for odd k, so that
// the first half says all.

/// 8 points, both ways: IJG's accurate integer method.
static const int32_t cosines_of_8[8][4] = {
    {8192, 8192, 8192, 8192},
    {11363, 9633, 6437, 2260},
    {10703, 4433, -4433, -10703},
    {9633, -2259, -11362, -6436},
    {8192, -8192, -8192, 8192},
    {6437, -11362, 2261, 9633},
    {4433, -10704, 10704, -4433},
    {2260, -6436, 9633, -11363},
};

/// 16 points to 8 coefficients, as IJG's libjpeg 9 rounds them.
static const int32_t cosines_from_16[8][8] = {
    {8192, 8192, 8192, 8192, 8192, 8192, 8192, 8192},
    {11529, 11086, 10217, 8956, 7350, 5461, 3363, 1135},
    {11363, 9633, 6436, 2260, -2260, -6436, -9633, -11363},
    {11086, 7350, 1136, -5461, -10217, -11529, -8956, -3363},
    {10703, 4433, -4433, -10703, -10703, -4433, 4433, 10703},
    {10217, 1136, -8955, -11086, -3363, 7350, 11529, 5461},
    {9633, -2260, -11363, -6437, 6437, 11363, 2260, -9633},
    {8956, -5461, -11086, 1137, 11530, 3363, -10217, -7350},
};

/// 8 coefficients to 16 points.
static const int32_t cosines_to_16[8][8] = {
    {8192, 8192, 8192, 8192, 8192, 8192, 8192, 8192},
    {11529, 11086, 10217, 8956, 7350, 5461, 3363, 1136},
    {11363, 9633, 6437, 2260, -2260, -6437, -9633, -11363},
    {11086, 7350, 1136, -5461, -10217, -11529, -8955, -3363},
    {10703, 4433, -4433, -10703, -10703, -4433, 4433, 10703},
    {10217, 1136, -8955, -11086, -3363, 7349, 11529, 5461},
    {9632, -2260, -11363, -6436, 6436, 11363, 2260, -9632},
    {8956, -5461, -11086, 1137, 11529, 3363, -10217, -7350},
};

enum { scale_bits = 13, spare_bits = 2 };

// Sums may run over in damaged files, so they are computed without signs.
typedef uint32_t Word8 __attribute__((vector_size(32)));
typedef int32_t Int8 __attribute__((vector_size(32)));

#define DESCALED(value, bits) ((Word8)((Int8)((value) + (1u << ((bits) - 1))) >> (bits)))

/// From `2 * half` points to 8 coefficients, in each of eight lanes.
GENERATION_INLINE void forward(const int32_t *matrix, int half, const Word8 *points, int bits, Word8 *result) {
    Word8 sums[8], differences[8];
    for (int i = 0; i < half; i++) {
        sums[i] = points[i] + points[2 * half - 1 - i];
        differences[i] = points[i] - points[2 * half - 1 - i];
    }
    for (int k = 0; k < 8; k++) {
        Word8 total = {};
        for (int i = 0; i < half; i++) {
            total += (k % 2 == 0 ? sums[i] : differences[i]) * (uint32_t)matrix[k * half + i];
        }
        result[k] = DESCALED(total, bits);
    }
}

/// From 8 coefficients to `2 * half` points, in each of eight lanes.
GENERATION_INLINE void backward(const int32_t *matrix, int half, const Word8 *coefficients, int bits, Word8 *result) {
    for (int i = 0; i < half; i++) {
        Word8 even = {}, odd = {};
        for (int k = 0; k < 8; k += 2) {
            even += coefficients[k] * (uint32_t)matrix[k * half + i];
            odd += coefficients[k + 1] * (uint32_t)matrix[(k + 1) * half + i];
        }
        result[i] = DESCALED(even + odd, bits);
        result[2 * half - 1 - i] = DESCALED(even - odd, bits);
    }
}

#define LOW_HALVES(a, b) __builtin_shufflevector(a, b, 0, 1, 2, 3, 8, 9, 10, 11)
#define HIGH_HALVES(a, b) __builtin_shufflevector(a, b, 4, 5, 6, 7, 12, 13, 14, 15)
#define LOW_PAIRS(a, b) __builtin_shufflevector(a, b, 0, 1, 8, 9, 4, 5, 12, 13)
#define HIGH_PAIRS(a, b) __builtin_shufflevector(a, b, 2, 3, 10, 11, 6, 7, 14, 15)
#define EVEN_ONES(a, b) __builtin_shufflevector(a, b, 0, 8, 2, 10, 4, 12, 6, 14)
#define ODD_ONES(a, b) __builtin_shufflevector(a, b, 1, 9, 3, 11, 5, 13, 7, 15)

/// Rows become lanes.
GENERATION_INLINE void transpose(Word8 *m) {
    Word8 a[8];
    for (int i = 0; i < 4; i++) a[i] = LOW_HALVES(m[i], m[i + 4]), a[i + 4] = HIGH_HALVES(m[i], m[i + 4]);
    for (int i = 0; i < 8; i += 4) {
        for (int j = i; j < i + 2; j++) {
            Word8 low = LOW_PAIRS(a[j], a[j + 2]), high = HIGH_PAIRS(a[j], a[j + 2]);
            a[j] = low, a[j + 2] = high;
        }
    }
    for (int i = 0; i < 8; i += 2) m[i] = EVEN_ONES(a[i], a[i + 1]), m[i + 1] = ODD_ONES(a[i], a[i + 1]);
}
