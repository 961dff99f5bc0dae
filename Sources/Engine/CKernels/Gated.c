#include "CGated.h"
#include "CProcessor.h"

#include <stddef.h>

#define BODY "GatedRows.h"
#include "EachVector.h"

int gated_suits(long block) { return VARIANT(pixels, block) != NULL; }

long gated_count(const gated_layer *layer) {
    return layer->inputBlocks * layer->block * pixel_group;
}

void gated_pixels(
    const gated_layer *layer, const float *input, const float *gates, const float *matrix, const float *bias,
    float *output, float *gated, long picture, long group, long first, long end) {
    VARIANT(pixels, layer->block)(
        layer, input, gates, matrix, bias, output, gated, picture, group, first, end);
}
