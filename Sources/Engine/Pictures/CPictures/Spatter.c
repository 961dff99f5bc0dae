#include <math.h>
#include <string.h>

#include "Bytes.h"
#include "Corruptions.h"

static size_t clamped(ptrdiff_t place, size_t count) {
    return place < 0 ? 0 : place >= (ptrdiff_t)count ? count - 1 : (size_t)place;
}

/// Where a place one beyond the ends is taken from: the edge itself is not repeated.
static size_t mirrored(ptrdiff_t place, size_t count) {
    if (place < 0) return (size_t)-place;
    return place < (ptrdiff_t)count ? (size_t)place : 2 * count - 2 - (size_t)place;
}

FOR_EACH_GENERATION(
    void, pictures_spatter_layer,
    (double *values, size_t count, double threshold),
    (values, count, threshold)) {
    for (size_t i = 0; i < count; i++) values[i] = values[i] < threshold ? 0 : values[i];
}

FOR_EACH_GENERATION(
    void, pictures_spatter_bytes,
    (const double *restrict values, size_t count, uint8_t *restrict output),
    (values, count, output)) {
    for (size_t i = 0; i < count; i++) output[i] = (uint8_t)(int32_t)(values[i] * 255.0);
}

/// The three rows around one, the borders repeated.
static void rows_around(const uint8_t *input, size_t width, size_t height, size_t y, const uint8_t *rows[3]) {
    for (ptrdiff_t i = 0; i < 3; i++) rows[i] = input + width * clamped((ptrdiff_t)y + i - 1, height);
}

/// Horizontal and vertical slopes (Sobel) of a row, between columns that may be one and the same at the edges.
GENERATION_INLINE void slope(const uint8_t *const rows[3], size_t left, size_t x, size_t right,
                             int16_t *restrict across, int16_t *restrict down) {
    int a = rows[0][left], b = rows[0][x], c = rows[0][right], d = rows[1][left], f = rows[1][right];
    int g = rows[2][left], h = rows[2][x], i = rows[2][right];
    across[x] = (int16_t)((c + 2 * f + i) - (a + 2 * d + g));
    down[x] = (int16_t)((g + 2 * h + i) - (a + 2 * b + c));
}

FOR_EACH_GENERATION_STATIC(
    void, slope_row,
    (const uint8_t *const rows[3], size_t width, int16_t *restrict across, int16_t *restrict down,
     int32_t *restrict steepness),
    (rows, width, across, down, steepness)) {
    const uint8_t *three[3] = {rows[0], rows[1], rows[2]};
    slope(three, 0, 0, 1, across, down);
    for (size_t x = 1; x + 1 < width; x++) slope(three, x - 1, x, x + 1, across, down);
    slope(three, width - 2, width - 1, width - 1, across, down);
    for (size_t x = 0; x < width; x++) {
        steepness[x] = (across[x] < 0 ? -across[x] : across[x]) + (down[x] < 0 ? -down[x] : down[x]);
    }
}

enum { weak_edge = 50, strong_edge = 150, tangent_of_22_5 = 13573, tangent_bits = 15 };

/// Whether the slope is the steepest of its direction.
static bool is_ridge(const int32_t *slope, ptrdiff_t stride, int across, int down) {
    int32_t wide = across < 0 ? -across : across, tall = (down < 0 ? -down : down) << tangent_bits;
    int32_t flat = wide * tangent_of_22_5;
    if (tall < flat) return *slope > slope[-1] && *slope >= slope[1];
    if (tall > flat + (wide << (tangent_bits + 1))) return *slope > slope[-stride] && *slope >= slope[stride];
    ptrdiff_t lean = (across ^ down) < 0 ? -1 : 1;
    return *slope > slope[-stride - lean] && *slope > slope[stride + lean];
}

void pictures_spatter_edges(const uint8_t *input, size_t width, size_t height, int16_t *slopes, int32_t *steepness,
                            uint32_t *stack, uint8_t *output) {
    size_t count = width * height;
    ptrdiff_t stride = (ptrdiff_t)width + 2;
    int16_t *across = slopes, *down = across + count;
    memset(steepness, 0, (size_t)stride * (height + 2) * sizeof *steepness);
    for (size_t y = 0; y < height; y++) {
        const uint8_t *rows[3];
        rows_around(input, width, height, y, rows);
        slope_row(rows, width, across + y * width, down + y * width, steepness + stride * (ptrdiff_t)(y + 1) + 1);
    }
    // 1: a ridge that counts where it hangs together with a strong one; 255: an edge.
    size_t waiting = 0;
    for (size_t y = 0; y < height; y++) {
        const int32_t *row = steepness + stride * (ptrdiff_t)(y + 1) + 1;
        for (size_t x = 0; x < width; x++) {
            size_t place = y * width + x;
            output[place] = 0;
            if (row[x] <= weak_edge || !is_ridge(row + x, stride, across[place], down[place])) continue;
            output[place] = row[x] > strong_edge ? 255 : 1;
            if (row[x] > strong_edge) stack[waiting++] = (uint32_t)place;
        }
    }
    while (waiting > 0) {
        size_t place = stack[--waiting], x = place % width, y = place / width;
        for (size_t row = y > 0 ? y - 1 : 0; row <= y + 1 && row < height; row++) {
            for (size_t column = x > 0 ? x - 1 : 0; column <= x + 1 && column < width; column++) {
                size_t neighbour = row * width + column;
                if (output[neighbour] != 1) continue;
                output[neighbour] = 255;
                stack[waiting++] = (uint32_t)neighbour;
            }
        }
    }
    for (size_t i = 0; i < count; i++) output[i] = output[i] == 255 ? 255 : 0;
}

enum { side = 65536, diagonal = 91750, knight = 143976, far_away = (1 << 29) - 1 };

GENERATION_INLINE int32_t nearer(int32_t distance, int32_t neighbour, int32_t step) {
    return neighbour + step < distance ? neighbour + step : distance;
}

/// The distances of a row by way of the two rows beyond it.
FOR_EACH_GENERATION_STATIC(
    void, reach_over,
    (const int32_t *restrict near, const int32_t *restrict far, size_t width, int32_t *restrict output),
    (near, far, width, output)) {
    for (size_t x = 2; x < width + 2; x++) {
        int32_t distance = near[x] + side;
        distance = nearer(distance, near[x - 1], diagonal);
        distance = nearer(distance, near[x + 1], diagonal);
        distance = nearer(distance, near[x - 2], knight);
        distance = nearer(distance, near[x + 2], knight);
        distance = nearer(distance, far[x - 1], knight);
        output[x] = nearer(distance, far[x + 1], knight);
    }
}

void pictures_spatter_distances(const uint8_t *edges, size_t width, size_t height, int32_t *scratch, float *output) {
    size_t stride = width + 4;
    int32_t *reached = scratch + stride * (height + 4);
    for (size_t i = 0; i < stride * (height + 4); i++) scratch[i] = far_away;
    for (size_t y = 2; y < height + 2; y++) {
        int32_t *row = scratch + stride * y;
        const uint8_t *edge = edges + (y - 2) * width;
        reach_over(row - stride, row - 2 * stride, width, reached);
        for (size_t x = 2; x < width + 2; x++) row[x] = edge[x - 2] ? 0 : nearer(reached[x], row[x - 1], side);
    }
    for (size_t y = height + 1; y >= 2; y--) {
        int32_t *row = scratch + stride * y;
        reach_over(row + stride, row + 2 * stride, width, reached);
        for (size_t x = width + 1; x >= 2; x--) {
            if (row[x] > side) {
                int32_t distance = reached[x] < row[x] ? reached[x] : row[x];
                row[x] = nearer(distance, row[x + 1], side);
            }
        }
        for (size_t x = 0; x < width; x++) output[(y - 2) * width + x] = (float)row[x + 2] * 0x1p-16f;
    }
}

/// The three rows around one, the picture mirrored without its edge's repetition.
static void mirrored_rows(const void *input, size_t row_bytes, size_t height, size_t y, const void *rows[3]) {
    for (ptrdiff_t i = 0; i < 3; i++) {
        rows[i] = (const uint8_t *)input + row_bytes * mirrored((ptrdiff_t)y + i - 1, height);
    }
}

/// Sums of three values in a row; those at the ends are mirrored.
GENERATION_INLINE void sum_threes(const float *restrict values, size_t width, float *restrict sums) {
    sums[0] = values[0] + 2 * values[1];
    for (size_t x = 1; x + 1 < width; x++) sums[x] = values[x - 1] + values[x] + values[x + 1];
    sums[width - 1] = values[width - 1] + 2 * values[width - 2];
}

// The distances are multiples of 2^-16 up to 20, so that float32 holds the sums of nine, whatever their order.
FOR_EACH_GENERATION_STATIC(
    void, near_row,
    (const float *a, const float *b, const float *c, size_t width, float most, float *restrict column,
     float *restrict sums, uint8_t *restrict output),
    (a, b, c, width, most, column, sums, output)) {
    for (size_t x = 0; x < width; x++) {
        column[x] = (a[x] < most ? a[x] : most) + (b[x] < most ? b[x] : most) + (c[x] < most ? c[x] : most);
    }
    sum_threes(column, width, sums);
    for (size_t x = 0; x < width; x++) output[x] = (uint8_t)(int32_t)(float)((double)sums[x] * (1.0 / 9.0));
}

void pictures_spatter_near(const float *distances, size_t width, size_t height, float most, float *scratch,
                           uint8_t *output) {
    for (size_t y = 0; y < height; y++) {
        const void *rows[3];
        mirrored_rows(distances, width * sizeof *distances, height, y, rows);
        near_row(rows[0], rows[1], rows[2], width, most, scratch, scratch + width, output + y * width);
    }
}

void pictures_spatter_equalize(uint8_t *values, size_t count) {
    uint32_t histogram[256] = {0};
    for (size_t i = 0; i < count; i++) histogram[values[i]]++;
    int first = 0;
    while (histogram[first] == 0) first++;
    if (histogram[first] == count) return;
    float scale = 255.0f / (float)(count - histogram[first]);
    uint8_t table[256] = {0};
    uint32_t sum = 0;
    for (int level = first + 1; level < 256; level++) {
        sum += histogram[level];
        table[level] = (uint8_t)lrintf((float)sum * scale);
    }
    for (size_t i = 0; i < count; i++) values[i] = table[values[i]];
}

GENERATION_INLINE uint8_t embossed(const uint8_t *a, const uint8_t *b, const uint8_t *c, size_t left, size_t x,
                                   size_t right) {
    int sum = -2 * a[left] - a[x] - b[left] + b[x] + b[right] + c[x] + 2 * c[right];
    return (uint8_t)(sum < 0 ? 0 : sum > 255 ? 255 : sum);
}

FOR_EACH_GENERATION_STATIC(
    void, emboss_row,
    (const uint8_t *a, const uint8_t *b, const uint8_t *c, size_t width, uint8_t *restrict output),
    (a, b, c, width, output)) {
    output[0] = embossed(a, b, c, 1, 0, 1);
    for (size_t x = 1; x + 1 < width; x++) output[x] = embossed(a, b, c, x - 1, x, x + 1);
    output[width - 1] = embossed(a, b, c, width - 2, width - 1, width - 2);
}

void pictures_spatter_emboss(const uint8_t *input, size_t width, size_t height, uint8_t *output) {
    for (size_t y = 0; y < height; y++) {
        const void *rows[3];
        mirrored_rows(input, width, height, y, rows);
        emboss_row(rows[0], rows[1], rows[2], width, output + y * width);
    }
}

GENERATION_INLINE uint8_t smoothed(const uint8_t *a, const uint8_t *b, const uint8_t *c, size_t left, size_t x,
                                   size_t right) {
    int sum = a[left] + a[x] + a[right] + b[left] + b[x] + b[right] + c[left] + c[x] + c[right];
    return (uint8_t)((sum + 4) / 9);
}

FOR_EACH_GENERATION_STATIC(
    void, smooth_row,
    (const uint8_t *a, const uint8_t *b, const uint8_t *c, size_t width, uint8_t *restrict output),
    (a, b, c, width, output)) {
    output[0] = smoothed(a, b, c, 1, 0, 1);
    for (size_t x = 1; x + 1 < width; x++) output[x] = smoothed(a, b, c, x - 1, x, x + 1);
    output[width - 1] = smoothed(a, b, c, width - 2, width - 1, width - 2);
}

void pictures_spatter_smooth(const uint8_t *input, size_t width, size_t height, uint8_t *output) {
    for (size_t y = 0; y < height; y++) {
        const void *rows[3];
        mirrored_rows(input, width, height, y, rows);
        smooth_row(rows[0], rows[1], rows[2], width, output + y * width);
    }
}

FOR_EACH_GENERATION(
    void, pictures_spatter_water,
    (uint8_t *restrict pixels, size_t count, const uint8_t *restrict layer, const uint8_t *restrict relief,
     float factor),
    (pixels, count, layer, relief, factor)) {
    static const float colour[3] = {(float)(175 / 255.0), (float)(238 / 255.0), (float)(238 / 255.0)};
    float most = 0;
    for (size_t i = 0; i < count; i++) {
        float depth = (float)layer[i] * (float)relief[i];
        most = depth > most ? depth : most;
    }
    for (size_t i = 0; i < count; i++) {
        float depth = (float)layer[i] * (float)relief[i] / most * factor;
        for (size_t channel = 0; channel < 3; channel++) {
            float value = (float)(pixels[3 * i + channel] / 255.0);
            pixels[3 * i + channel] = byte_of_float(value + depth * colour[channel]);
        }
    }
}

FOR_EACH_GENERATION(
    void, pictures_spatter_mud,
    (uint8_t *restrict pixels, size_t count, const double *restrict mask),
    (pixels, count, mask)) {
    static const float colour[3] = {(float)(63 / 255.0), (float)(42 / 255.0), (float)(20 / 255.0)};
    for (size_t i = 0; i < count; i++) {
        float depth = (float)mask[i];
        for (size_t channel = 0; channel < 3; channel++) {
            float value = (float)(pixels[3 * i + channel] / 255.0);
            pixels[3 * i + channel] = byte_of_float(value * (1.0f - depth) + depth * colour[channel]);
        }
    }
}
