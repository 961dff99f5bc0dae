#include "CDepthwise.h"
#include "CProcessor.h"

#include <stddef.h>

/// Columns that the window slides over, zeros on both sides among them.
static long ring_width(const depthwise_layer *layer) {
    return (layer->outputWidth - 1) * layer->strideWidth + layer->windowWidth;
}

long depthwise_ring_count(const depthwise_layer *layer) {
    return layer->windowHeight * ring_width(layer) * pixel_group;
}

#define BODY "DepthwiseRows.h"
#include "EachVector.h"

int depthwise_suits(long block) { return VARIANT(rows, block) != NULL; }

void depthwise_rows(
    const depthwise_layer *layer, const float *input, const float *matrix, const float *matrixBias, const float *kernel,
    const float *bias, float *output, float *rings, long picture, long group, long first, long end) {
    VARIANT(rows, layer->block)(
        layer, input, matrix, matrixBias, kernel, bias, output, rings, picture, group, first, end);
}
