#include <math.h>
#include <string.h>

#include "Bytes.h"
#include "Corruptions.h"

typedef float Float4 __attribute__((vector_size(16)));
typedef double Double4 __attribute__((vector_size(32)));

/// Where a place beyond the ends is taken from: the edge itself is not repeated.
static size_t mirrored(ptrdiff_t place, ptrdiff_t extent) {
    ptrdiff_t period = 2 * extent - 2;
    ptrdiff_t within = ((place % period) + period) % period;
    return (size_t)(within < extent ? within : period - within);
}

GENERATION_INLINE Float4 load(const float *place) {
    Float4 value;
    memcpy(&value, place, sizeof value);
    return value;
}

enum { fraction_bits = 5, extra_bits = 5, fractions = 1 << fraction_bits };

void pictures_warp(const float *input, size_t columns_count, size_t rows_count, const double *m, float *output) {
    static const int scale = 1 << (fraction_bits + extra_bits);
    ptrdiff_t width = (ptrdiff_t)columns_count, height = (ptrdiff_t)rows_count;
    for (ptrdiff_t y = 0; y < height; y++) {
        int start_x = (int)lrint((m[1] * (double)y + m[2]) * scale) + (1 << (extra_bits - 1));
        int start_y = (int)lrint((m[4] * (double)y + m[5]) * scale) + (1 << (extra_bits - 1));
        for (ptrdiff_t x = 0; x < width; x++) {
            int place_x = (start_x + (int)lrint(m[0] * (double)x * scale)) >> extra_bits;
            int place_y = (start_y + (int)lrint(m[3] * (double)x * scale)) >> extra_bits;
            ptrdiff_t left = place_x >> fraction_bits, top = place_y >> fraction_bits;
            float right_weight = (float)(place_x & (fractions - 1)) / fractions;
            float bottom_weight = (float)(place_y & (fractions - 1)) / fractions;
            float left_weight = 1.0f - right_weight, top_weight = 1.0f - bottom_weight;
            size_t columns[2], rows[2];
            if (left >= 0 && left + 1 < width && top >= 0 && top + 1 < height) {
                columns[0] = (size_t)left, columns[1] = (size_t)left + 1;
                rows[0] = (size_t)top, rows[1] = (size_t)top + 1;
            } else {
                columns[0] = mirrored(left, width), columns[1] = mirrored(left + 1, width);
                rows[0] = mirrored(top, height), rows[1] = mirrored(top + 1, height);
            }
            const float *upper = input + 3 * (size_t)width * rows[0], *lower = input + 3 * (size_t)width * rows[1];
            Float4 sum = load(upper + 3 * columns[0]) * (top_weight * left_weight)
                       + load(upper + 3 * columns[1]) * (top_weight * right_weight)
                       + load(lower + 3 * columns[0]) * (bottom_weight * left_weight)
                       + load(lower + 3 * columns[1]) * (bottom_weight * right_weight);
            memcpy(output + 3 * (y * width + x), &sum, sizeof sum);
        }
    }
}

/// A coordinate taken back into the picture, whose edge pixels are repeated.
GENERATION_INLINE double reflected(double place, double extent) {
    double period = 2 * extent;
    if (place < 0) {
        if (place < -period) place = period * (double)(int64_t)(-place / period) + place;
        return place < -extent ? place + period : -place - 1;
    }
    if (place > extent - 1) {
        place -= period * (double)(int64_t)(place / period);
        if (place >= extent) place = period - place - 1;
    }
    return place;
}

typedef struct {
    size_t low, high;
    double low_weight, high_weight;
} Place;

/// The two pixels around a coordinate. One beyond the edge is mirrored without the edge being repeated.
GENERATION_INLINE Place place_of(double coordinate, size_t extent) {
    double place = reflected(coordinate, (double)extent), low = floor(place);
    ptrdiff_t index = (ptrdiff_t)low;
    Place result = {.high_weight = place - low};
    result.low_weight = 1.0 - result.high_weight;
    result.low = index < 0 ? 1 : (size_t)index;
    result.high = (size_t)(index + 1) < extent ? (size_t)(index + 1) : extent - 2;
    return result;
}

FOR_EACH_GENERATION(
    void, pictures_displace,
    (const float *input, size_t width, size_t height, const float *across, const float *down, uint8_t *output),
    (input, width, height, across, down, output)) {
    for (size_t y = 0; y < height; y++) {
        for (size_t x = 0; x < width; x++) {
            size_t index = y * width + x;
            Place row = place_of((double)y + (double)down[index], height);
            Place column = place_of((double)x + (double)across[index], width);
            const float *upper = input + 3 * width * row.low, *lower = input + 3 * width * row.high;
            Double4 corners[4] = {
                __builtin_convertvector(load(upper + 3 * column.low), Double4),
                __builtin_convertvector(load(upper + 3 * column.high), Double4),
                __builtin_convertvector(load(lower + 3 * column.low), Double4),
                __builtin_convertvector(load(lower + 3 * column.high), Double4),
            };
            Double4 sum = corners[0] * row.low_weight * column.low_weight
                        + corners[1] * row.low_weight * column.high_weight
                        + corners[2] * row.high_weight * column.low_weight
                        + corners[3] * row.high_weight * column.high_weight;
            for (size_t channel = 0; channel < 3; channel++) {
                output[3 * index + channel] = byte_of_float((float)sum[channel]);
            }
        }
    }
}
