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

void pictures_spatter_layer(double *values, size_t count, double threshold) {
    for (size_t i = 0; i < count; i++) values[i] = values[i] < threshold ? 0 : values[i];
}

void pictures_spatter_bytes(const double *values, size_t count, uint8_t *output) {
    for (size_t i = 0; i < count; i++) output[i] = (uint8_t)(int32_t)(values[i] * 255.0);
}

/// Horizontal and vertical slopes (Sobel), the borders repeated.
static void find_slopes(const uint8_t *input, size_t width, size_t height, int16_t *across, int16_t *down) {
    for (size_t y = 0; y < height; y++) {
        const uint8_t *rows[3];
        for (ptrdiff_t i = 0; i < 3; i++) rows[i] = input + width * clamped((ptrdiff_t)y + i - 1, height);
        for (size_t x = 0; x < width; x++) {
            size_t left = x > 0 ? x - 1 : 0, right = x + 1 < width ? x + 1 : x;
            int a = rows[0][left], b = rows[0][x], c = rows[0][right], d = rows[1][left], f = rows[1][right];
            int g = rows[2][left], h = rows[2][x], i = rows[2][right];
            across[y * width + x] = (int16_t)((c + 2 * f + i) - (a + 2 * d + g));
            down[y * width + x] = (int16_t)((g + 2 * h + i) - (a + 2 * b + c));
        }
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
    find_slopes(input, width, height, across, down);
    memset(steepness, 0, (size_t)stride * (height + 2) * sizeof *steepness);
    for (size_t y = 0; y < height; y++) {
        int32_t *row = steepness + stride * (ptrdiff_t)(y + 1) + 1;
        for (size_t x = 0; x < width; x++) {
            int a = across[y * width + x], b = down[y * width + x];
            row[x] = (a < 0 ? -a : a) + (b < 0 ? -b : b);
        }
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

static int32_t nearer(int32_t distance, const int32_t *neighbour, int32_t step) {
    return *neighbour + step < distance ? *neighbour + step : distance;
}

/// The distance by way of the neighbours on one side: those above and to the left, or, seen from the other end.
static int32_t from_side(int32_t distance, const int32_t *place, ptrdiff_t stride, ptrdiff_t direction) {
    const ptrdiff_t up = -stride * direction, left = -direction;
    distance = nearer(distance, place + 2 * up + left, knight);
    distance = nearer(distance, place + 2 * up - left, knight);
    distance = nearer(distance, place + up + 2 * left, knight);
    distance = nearer(distance, place + up + left, diagonal);
    distance = nearer(distance, place + up, side);
    distance = nearer(distance, place + up - left, diagonal);
    distance = nearer(distance, place + up - 2 * left, knight);
    return nearer(distance, place + left, side);
}

void pictures_spatter_distances(const uint8_t *edges, size_t width, size_t height, int32_t *scratch, float *output) {
    ptrdiff_t stride = (ptrdiff_t)width + 4;
    for (ptrdiff_t i = 0; i < stride * (ptrdiff_t)(height + 4); i++) scratch[i] = far_away;
    for (size_t y = 0; y < height; y++) {
        int32_t *row = scratch + stride * (ptrdiff_t)(y + 2) + 2;
        for (size_t x = 0; x < width; x++) {
            row[x] = edges[y * width + x] ? 0 : from_side(INT32_MAX, row + x, stride, 1);
        }
    }
    for (size_t y = height; y-- > 0;) {
        int32_t *row = scratch + stride * (ptrdiff_t)(y + 2) + 2;
        for (size_t x = width; x-- > 0;) {
            if (row[x] > side) row[x] = from_side(row[x], row + x, stride, -1);
            output[y * width + x] = (float)row[x] * 0x1p-16f;
        }
    }
}

void pictures_spatter_near(const float *distances, size_t width, size_t height, float most, uint8_t *output) {
    for (size_t y = 0; y < height; y++) {
        for (size_t x = 0; x < width; x++) {
            double sum = 0;
            for (ptrdiff_t i = -1; i <= 1; i++) {
                const float *row = distances + width * mirrored((ptrdiff_t)y + i, height);
                for (ptrdiff_t j = -1; j <= 1; j++) {
                    float distance = row[mirrored((ptrdiff_t)x + j, width)];
                    sum += (double)(distance < most ? distance : most);
                }
            }
            output[y * width + x] = (uint8_t)(int32_t)(float)(sum * (1.0 / 9.0));
        }
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

void pictures_spatter_emboss(const uint8_t *input, size_t width, size_t height, uint8_t *output) {
    static const int kernel[3][3] = {{-2, -1, 0}, {-1, 1, 1}, {0, 1, 2}};
    for (size_t y = 0; y < height; y++) {
        for (size_t x = 0; x < width; x++) {
            int sum = 0;
            for (ptrdiff_t i = 0; i < 3; i++) {
                const uint8_t *row = input + width * mirrored((ptrdiff_t)y + i - 1, height);
                for (ptrdiff_t j = 0; j < 3; j++) sum += kernel[i][j] * row[mirrored((ptrdiff_t)x + j - 1, width)];
            }
            output[y * width + x] = (uint8_t)(sum < 0 ? 0 : sum > 255 ? 255 : sum);
        }
    }
}

void pictures_spatter_smooth(const uint8_t *input, size_t width, size_t height, uint8_t *output) {
    for (size_t y = 0; y < height; y++) {
        for (size_t x = 0; x < width; x++) {
            int sum = 0;
            for (ptrdiff_t i = -1; i <= 1; i++) {
                const uint8_t *row = input + width * mirrored((ptrdiff_t)y + i, height);
                for (ptrdiff_t j = -1; j <= 1; j++) sum += row[mirrored((ptrdiff_t)x + j, width)];
            }
            output[y * width + x] = (uint8_t)((sum + 4) / 9);
        }
    }
}

void pictures_spatter_water(uint8_t *pixels, size_t count, const uint8_t *layer, const uint8_t *relief, float factor) {
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

void pictures_spatter_mud(uint8_t *pixels, size_t count, const double *mask) {
    static const float colour[3] = {(float)(63 / 255.0), (float)(42 / 255.0), (float)(20 / 255.0)};
    for (size_t i = 0; i < count; i++) {
        float depth = (float)mask[i];
        for (size_t channel = 0; channel < 3; channel++) {
            float value = (float)(pixels[3 * i + channel] / 255.0);
            pixels[3 * i + channel] = byte_of_float(value * (1.0f - depth) + depth * colour[channel]);
        }
    }
}
