#include "CProducts.h"

#include "CPixelProducts.h"
#include "CProcessor.h"

#include <stddef.h>

static long blocks_of(long count, long block) { return (count + block - 1) / block; }

#define BODY "ProductRows.h"
#include "EachVector.h"

long product_count(const product_layer *layer) {
    return blocks_of(layer->depth, layer->block) * layer->block * pixel_group;
}

/// For blocks that no vector of this processor holds.
static void rows_plain(
    const product_layer *layer, const float *first, const float *second, float *output, float *arranged, long picture,
    long matrix, long group, long start, long end) {
    (void)arranged;
    long block = layer->block, blocks = blocks_of(layer->depth, block), outBlocks = blocks_of(layer->columns, block);
    long own = layer->firstMatrices == 1 ? 0 : matrix, other = layer->secondMatrices == 1 ? 0 : matrix;
    long width = layer->turnsSecond ? layer->columns : layer->depth;
    long across = layer->turnsSecond ? layer->depth : layer->columns;
    long area = layer->secondMatrices * width, ownArea = layer->firstMatrices * layer->rows;
    long outArea = layer->matrices * layer->rows, acrossBlocks = blocks_of(across, block);
    long last = (group + 1) * pixel_group < outBlocks * block ? (group + 1) * pixel_group : outBlocks * block;
    for (long row = start; row < end; ++row)
        for (long column = group * pixel_group; column < last; ++column) {
            float sum = 0;
            for (long k = 0; column < layer->columns && k < layer->depth; ++k) {
                long pixel = layer->turnsSecond ? column : k, channel = layer->turnsSecond ? k : column;
                float left = first
                    [((picture * blocks + k / block) * ownArea + own * layer->rows + row) * block + k % block];
                float right = second
                    [((picture * acrossBlocks + channel / block) * area + other * width + pixel) * block
                     + channel % block];
                sum += left * right;
            }
            output[((picture * outBlocks + column / block) * outArea + matrix * layer->rows + row) * block
                   + column % block] = sum;
        }
}

void product_rows(
    const product_layer *layer, const float *first, const float *second, float *output, float *arranged, long picture,
    long matrix, long group, long start, long end) {
    void (*rows)(
        const product_layer *, const float *, const float *, float *, float *, long, long, long, long, long) =
        VARIANT(rows, layer->block);
    if (!rows) rows = rows_plain;
    rows(layer, first, second, output, arranged, picture, matrix, group, start, end);
}
