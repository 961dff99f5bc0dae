#include <string.h>

#include "Bytes.h"
#include "Corruptions.h"

/// Where in `0..<count` a place beyond the ends is taken from.
static size_t place_at(ptrdiff_t place, size_t count, PicturesBorder border) {
    ptrdiff_t extent = (ptrdiff_t)count;
    if (border == PicturesBorderNearest) return place < 0 ? 0 : place >= extent ? count - 1 : (size_t)place;
    ptrdiff_t period = 2 * extent, within = ((place % period) + period) % period;
    return (size_t)(within < extent ? within : period - 1 - within);
}

enum { values_at_once = 32, few_values = 8 };

/// `output[i] = centre[i] * weights[0] + Σ (left[j - 1][i] + right[j - 1][i]) * weights[j]`, the farthest first.
GENERATION_INLINE void tile(const double *centre, const double *const *left, const double *const *right,
                            const double *weights, size_t radius, size_t start, size_t count, double *restrict output) {
    double sum[values_at_once];
    for (size_t i = 0; i < count; i++) sum[i] = centre[start + i] * weights[0];
    for (size_t j = radius; j > 0; j--) {
        const double *a = left[j - 1] + start, *b = right[j - 1] + start;
        double weight = weights[j];
        for (size_t i = 0; i < count; i++) sum[i] += (a[i] + b[i]) * weight;
    }
    for (size_t i = 0; i < count; i++) output[start + i] = sum[i];
}

FOR_EACH_GENERATION_STATIC(
    void, correlate,
    (const double *centre, const double *const *left, const double *const *right, const double *weights, size_t radius,
     size_t count, double *restrict output),
    (centre, left, right, weights, radius, count, output)) {
    size_t start = 0;
    for (; start + values_at_once <= count; start += values_at_once) {
        tile(centre, left, right, weights, radius, start, values_at_once, output);
    }
    for (; start + few_values <= count; start += few_values) {
        tile(centre, left, right, weights, radius, start, few_values, output);
    }
    for (; start < count; start++) tile(centre, left, right, weights, radius, start, 1, output);
}

FOR_EACH_GENERATION_STATIC(void, round_to_float, (double *values, size_t count), (values, count)) {
    for (size_t i = 0; i < count; i++) values[i] = (double)(float)values[i];
}

// Where the kernel is long, rows begin on cache lines and the second half runs down the columns of the transposed picture,
// so that no read touches two lines. Where it is short, that would cost more than it saves.
enum { long_radius = 48, line_values = 8 };

static size_t rounded_up(size_t count) { return (count + line_values - 1) / line_values * line_values; }

static size_t plane_of(const PicturesGaussian *g) {
    size_t down = g->rows * rounded_up(g->columns * g->channels);
    size_t across = g->columns * rounded_up(g->rows * g->channels);
    return down > across ? down : across;
}

size_t pictures_gaussian_scratch(const PicturesGaussian *g) {
    if (g->radius < long_radius) return (g->columns + 2 * g->radius) * g->channels;
    return 2 * plane_of(g) + line_values;
}

/// Smooths along the columns.
static void smooth_columns(const PicturesGaussian *g, const double *input, size_t stride, size_t rows, size_t count,
                           const double *weights, double *output) {
    const double *above[pictures_largest_radius], *below[pictures_largest_radius];
    for (size_t y = 0; y < rows; y++) {
        for (size_t j = 1; j <= g->radius; j++) {
            above[j - 1] = input + stride * place_at((ptrdiff_t)y - (ptrdiff_t)j, rows, g->border);
            below[j - 1] = input + stride * place_at((ptrdiff_t)(y + j), rows, g->border);
        }
        correlate(input + stride * y, above, below, weights, g->radius, count, output + stride * y);
        if (g->rounds_to_float) round_to_float(output + stride * y, count);
    }
}

/// Rows become columns.
static void transpose(const double *input, size_t input_stride, size_t rows, size_t columns, size_t channels,
                      double *output, size_t output_stride) {
    for (size_t y = 0; y < rows; y++) {
        for (size_t x = 0; x < columns; x++) {
            memcpy(output + x * output_stride + y * channels, input + y * input_stride + x * channels,
                   channels * sizeof *output);
        }
    }
}

static void smooth_long(const PicturesGaussian *g, const double *input, const double *weights, double *scratch,
                        double *output) {
    size_t channels = g->channels, count = g->columns * channels, turned_count = g->rows * channels;
    size_t stride = rounded_up(count), turned_stride = rounded_up(turned_count), plane = plane_of(g);
    double *first = (double *)(((uintptr_t)scratch + 63) / 64 * 64), *second = first + plane;
    for (size_t y = 0; y < g->rows; y++) memcpy(first + y * stride, input + y * count, count * sizeof *first);
    smooth_columns(g, first, stride, g->rows, count, weights, second);
    transpose(second, stride, g->rows, g->columns, channels, first, turned_stride);
    smooth_columns(g, first, turned_stride, g->columns, turned_count, weights, second);
    transpose(second, turned_stride, g->columns, g->rows, channels, output, count);
}

static void smooth_short(const PicturesGaussian *g, const double *input, const double *weights, double *scratch,
                         double *output) {
    const double *left[long_radius], *right[long_radius];
    size_t radius = g->radius, channels = g->channels, count = g->columns * channels;
    double *middle = scratch + radius * channels;
    for (size_t y = 0; y < g->rows; y++) {
        for (size_t j = 1; j <= radius; j++) {
            left[j - 1] = input + count * place_at((ptrdiff_t)y - (ptrdiff_t)j, g->rows, g->border);
            right[j - 1] = input + count * place_at((ptrdiff_t)(y + j), g->rows, g->border);
        }
        correlate(input + count * y, left, right, weights, radius, count, middle);
        if (g->rounds_to_float) round_to_float(middle, count);
        for (size_t j = 1; j <= radius; j++) {
            size_t before = place_at(-(ptrdiff_t)j, g->columns, g->border);
            size_t behind = place_at((ptrdiff_t)(g->columns + j - 1), g->columns, g->border);
            memcpy(middle - j * channels, middle + before * channels, channels * sizeof *middle);
            memcpy(middle + count + (j - 1) * channels, middle + behind * channels, channels * sizeof *middle);
            left[j - 1] = middle - j * channels;
            right[j - 1] = middle + j * channels;
        }
        correlate(middle, left, right, weights, radius, count, output + count * y);
        if (g->rounds_to_float) round_to_float(output + count * y, count);
    }
}

void pictures_gaussian(const PicturesGaussian *g, const double *input, const double *weights, double *scratch,
                       double *output) {
    if (g->radius < long_radius) {
        smooth_short(g, input, weights, scratch, output);
    } else {
        smooth_long(g, input, weights, scratch, output);
    }
}

enum { draws_at_once = 512 };

void pictures_shift_pixels(uint8_t *pixels, size_t width, size_t height, size_t distance, PicturesRandom *random) {
    uint32_t drawn[2 * draws_at_once];
    size_t used = 2 * draws_at_once;
    size_t first = distance + 1, rows = height - 2 * distance, columns = width - 2 * distance;
    size_t left = 2 * rows * columns;
    for (size_t y = height - distance; y >= first; y--) {
        for (size_t x = width - distance; x >= first; x--) {
            if (used == 2 * draws_at_once) {
                size_t part = left < used ? left : used;
                pictures_random_integers(&random->twister, (uint32_t)(2 * distance - 1), drawn, part);
                left -= part, used = 0;
            }
            size_t from_x = x + drawn[used] - distance, from_y = y + drawn[used + 1] - distance;
            memcpy(pixels + 3 * (y * width + x), pixels + 3 * (from_y * width + from_x), 3);
            used += 2;
        }
    }
}
