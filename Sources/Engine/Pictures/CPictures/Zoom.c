#include <string.h>

#include "Bytes.h"
#include "Corruptions.h"

typedef double Double4 __attribute__((vector_size(32)));

FOR_EACH_GENERATION_STATIC(
    void, weigh,
    (const float *restrict row, double weight, size_t count, double *restrict output),
    (row, weight, count, output)) {
    for (size_t i = 0; i < count; i++) output[i] = (double)row[i] * weight;
}

GENERATION_INLINE void load(const double *place, Double4 *value) { memcpy(value, place, sizeof *value); }

/// Adds one enlargement's row, three channels and a fourth value of no use at a time.
FOR_EACH_GENERATION_STATIC(
    void, add_row,
    (const PicturesZoomPlace *columns, const double *top, const double *bottom, size_t width, float *restrict sum),
    (columns, top, bottom, width, sum)) {
    for (size_t x = 0; x < width; x++) {
        const double *a = top + 3 * columns[x].low, *b = bottom + 3 * columns[x].low;
        double left = columns[x].low_weight, right = columns[x].high_weight;
        Double4 corners[4];
        load(a, corners), load(a + 3, corners + 1), load(b, corners + 2), load(b + 3, corners + 3);
        Double4 value = corners[0] * left + corners[1] * right + corners[2] * left + corners[3] * right;
        for (size_t channel = 0; channel < 3; channel++) sum[3 * x + channel] += (float)value[channel];
    }
}

FOR_EACH_GENERATION_STATIC(
    void, average,
    (const float *restrict values, const float *restrict sum, float divisor, size_t count, uint8_t *restrict output),
    (values, sum, divisor, count, output)) {
    for (size_t i = 0; i < count; i++) output[i] = byte_of_float((values[i] + sum[i]) / divisor);
}

size_t pictures_zoom_scratch(size_t width) { return 2 * (3 * width + 4); }

void pictures_zoom_blur(uint8_t *pixels, size_t width, size_t height, const PicturesZoomPlace *columns,
                        const PicturesZoomPlace *rows, size_t factors, const float *values, double *scratch, float *sum) {
    size_t count = 3 * width;
    double *top = scratch, *bottom = top + count + 4;
    memset(top, 0, pictures_zoom_scratch(width) * sizeof *top);
    for (size_t y = 0; y < height; y++) {
        memset(sum, 0, count * sizeof *sum);
        for (size_t factor = 0; factor < factors; factor++) {
            PicturesZoomPlace place = rows[factor * height + y];
            const float *row = values + count * (size_t)place.low;
            const float *next = (size_t)place.low + 1 < height ? row + count : row;
            weigh(row, place.low_weight, count, top);
            weigh(next, place.high_weight, count, bottom);
            add_row(columns + factor * width, top, bottom, width, sum);
        }
        average(values + count * y, sum, (float)(factors + 1), count, pixels + count * y);
    }
}

void pictures_zoom(const double *input, size_t width, size_t height, const PicturesZoomPlace *columns,
                   const PicturesZoomPlace *rows, double *output) {
    for (size_t y = 0; y < height; y++) {
        const double *top = input + width * (size_t)rows[y].low;
        const double *bottom = (size_t)rows[y].low + 1 < height ? top + width : top;
        double top_weight = rows[y].low_weight, bottom_weight = rows[y].high_weight;
        for (size_t x = 0; x < width; x++) {
            size_t left = (size_t)columns[x].low, right = left + 1 < width ? left + 1 : left;
            double low = columns[x].low_weight, high = columns[x].high_weight;
            double sum = top[left] * top_weight * low + top[right] * top_weight * high;
            sum += bottom[left] * bottom_weight * low;
            output[y * width + x] = sum + bottom[right] * bottom_weight * high;
        }
    }
}
