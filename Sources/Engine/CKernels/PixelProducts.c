#include "CPixelProducts.h"

void pixel_arrange(const float *matrix, float *arranged, long inputs, long outputs) {
    for (long first = 0; first < outputs; first += pixel_group) {
        long end = first + pixel_group < outputs ? first + pixel_group : outputs;
        for (long row = 0; row < inputs; ++row)
            for (long column = first; column < end; ++column) *arranged++ = matrix[row * outputs + column];
    }
}
