#include "CKernels.h"
#include "CProcessor.h"

#include <string.h>

// Products are summed up in pieces of so many, and the pieces then: smaller errors than in one long sum.
enum { PIECE = 256, ROWS = 6 };

void kernel_pack_tiles(const float *matrix, float *tiles, long depth, long columns) {
    for (long first = 0; first < columns; first += kernel_tile) {
        long count = columns - first < kernel_tile ? columns - first : kernel_tile;
        for (long k = 0; k < depth; ++k, tiles += kernel_tile) {
            memcpy(tiles, matrix + k * columns + first, count * sizeof *tiles);
            memset(tiles + count, 0, (kernel_tile - count) * sizeof *tiles);
        }
    }
}

typedef float Lanes __attribute__((vector_size(4 * kernel_tile), aligned(4)));

/// `count` rows at once; the order in which a value's products are summed up does not depend on it.
GENERATION_INLINE void multiply_rows(
    const float *input, const float *tile, const float *bias, float *output, long depth, long columns, long lanes,
    int isRectified, const int count) {
    Lanes sums[ROWS], offsets = {0};
    if (bias) memcpy(&offsets, bias, lanes * sizeof *bias);
    for (int r = 0; r < count; ++r) sums[r] = offsets;
    for (long start = 0; start < depth; start += PIECE) {
        long end = start + PIECE < depth ? start + PIECE : depth;
        Lanes piece[ROWS] = {{0}};
        for (long k = start; k < end; ++k) {
            Lanes weights = *(const Lanes *)(tile + k * kernel_tile);
            for (int r = 0; r < count; ++r) piece[r] += input[r * depth + k] * weights;
        }
        for (int r = 0; r < count; ++r) sums[r] += piece[r];
    }
    for (int r = 0; r < count; ++r)
        for (long c = 0; c < lanes; ++c)
            output[r * columns + c] = isRectified && sums[r][c] < 0 ? 0 : sums[r][c];
}

FOR_EACH_GENERATION(
    void, kernel_multiply_tile,
    (const float *input, const float *tiles, const float *bias, float *output, long rows, long depth, long columns,
     long tile, int isRectified),
    (input, tiles, bias, output, rows, depth, columns, tile, isRectified)) {
    long first = tile * kernel_tile;
    long lanes = columns - first < kernel_tile ? columns - first : kernel_tile;
    const float *weights = tiles + first * depth;
    const float *offsets = bias ? bias + first : NULL;
    for (long row = 0; row < rows; row += ROWS) {
        const float *source = input + row * depth;
        float *target = output + row * columns + first;
#define MULTIPLY(COUNT) \
    multiply_rows(source, weights, offsets, target, depth, columns, lanes, isRectified, COUNT)
        switch (rows - row) {
        case 1: MULTIPLY(1); break;
        case 2: MULTIPLY(2); break;
        case 3: MULTIPLY(3); break;
        case 4: MULTIPLY(4); break;
        case 5: MULTIPLY(5); break;
        default: MULTIPLY(ROWS);
        }
    }
}
