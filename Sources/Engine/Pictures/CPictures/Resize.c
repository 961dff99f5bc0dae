#include "CPictures.h"
#include "CProcessor.h"

#include <string.h>

#pragma STDC FP_CONTRACT OFF

typedef float Float4 __attribute__((vector_size(16)));
typedef uint8_t Byte4 __attribute__((vector_size(4)));

/// The three channels at a place, and one value more that is of no use.
GENERATION_INLINE Float4 load(const uint8_t *pixel, float scale) {
    Byte4 bytes;
    memcpy(&bytes, pixel, sizeof bytes);
    return __builtin_convertvector(bytes, Float4) * scale;
}

GENERATION_INLINE Float4 sample(const PicturesResize *r, const uint8_t *row, size_t x) {
    Float4 left = load(row + r->left[x], r->scale);
    Float4 right = load(row + r->right[x], r->scale);
    return left + (right - left) * r->x_weight[x];
}

/// One source row interpolated along x, channels side by side. Writes one float beyond the last.
GENERATION_INLINE void interleaved_row(const PicturesResize *r, const uint8_t *row, float *result) {
    for (size_t x = 0; x < r->width; x++) {
        Float4 value = sample(r, row, x);
        memcpy(result + 3 * x, &value, sizeof value);
    }
}

/// One source row interpolated along x, as three rows of one channel each.
GENERATION_INLINE void planar_row(const PicturesResize *r, const uint8_t *row, float *result) {
    size_t width = r->width, x = 0;
    for (; x + 4 <= width; x += 4) {
        Float4 a = sample(r, row, x), b = sample(r, row, x + 1);
        Float4 c = sample(r, row, x + 2), d = sample(r, row, x + 3);
        Float4 ab = __builtin_shufflevector(a, b, 0, 4, 1, 5), cd = __builtin_shufflevector(c, d, 0, 4, 1, 5);
        Float4 red = __builtin_shufflevector(ab, cd, 0, 1, 4, 5);
        Float4 green = __builtin_shufflevector(ab, cd, 2, 3, 6, 7);
        Float4 blue = __builtin_shufflevector(__builtin_shufflevector(a, b, 2, 6, 2, 6),
                                              __builtin_shufflevector(c, d, 2, 6, 2, 6), 0, 1, 4, 5);
        memcpy(result + x, &red, sizeof red);
        memcpy(result + width + x, &green, sizeof green);
        memcpy(result + 2 * width + x, &blue, sizeof blue);
    }
    for (; x < width; x++) {
        Float4 value = sample(r, row, x);
        for (size_t channel = 0; channel < 3; channel++) result[channel * width + x] = value[channel];
    }
}

GENERATION_INLINE void source_row(const PicturesResize *r, int32_t y, float *result) {
    const uint8_t *row = r->pixels + (size_t)y * r->stride;
    if (r->planar) {
        planar_row(r, row, result);
    } else {
        interleaved_row(r, row, result);
    }
}

GENERATION_INLINE void blend(const float *restrict top, const float *restrict bottom, float weight, float mean,
                             size_t count, float *restrict output) {
    for (size_t i = 0; i < count; i++) output[i] = top[i] + (bottom[i] - top[i]) * weight - mean;
}

GENERATION_INLINE void blend_pixels(const float *restrict top, const float *restrict bottom, float weight,
                                    const float *means, size_t count, float *restrict output) {
    float red = means[0], green = means[1], blue = means[2];
    for (size_t i = 0; i < count; i++) {
        output[3 * i] = top[3 * i] + (bottom[3 * i] - top[3 * i]) * weight - red;
        output[3 * i + 1] = top[3 * i + 1] + (bottom[3 * i + 1] - top[3 * i + 1]) * weight - green;
        output[3 * i + 2] = top[3 * i + 2] + (bottom[3 * i + 2] - top[3 * i + 2]) * weight - blue;
    }
}

size_t pictures_scratch_row(size_t width) { return (3 * width + 1 + 15) / 16 * 16; }

FOR_EACH_GENERATION(void, pictures_resize, (const PicturesResize *r), (r)) {
    float *slots[2] = {r->scratch, r->scratch + pictures_scratch_row(r->width)};
    int32_t held[2] = {-1, -1};
    size_t plane = r->width * r->height;
    for (size_t y = 0; y < r->height; y++) {
        int32_t wanted[2] = {r->top[y], r->bottom[y]};
        if (held[1] == wanted[0]) {
            float *slot = slots[0];
            slots[0] = slots[1], slots[1] = slot;
            held[1] = held[0], held[0] = wanted[0];
        }
        for (int i = 0; i < 2; i++) {
            if (held[i] == wanted[i]) continue;
            source_row(r, wanted[i], slots[i]);
            held[i] = wanted[i];
        }
        if (r->planar) {
            for (size_t channel = 0; channel < 3; channel++) {
                blend(slots[0] + channel * r->width, slots[1] + channel * r->width, r->y_weight[y],
                      r->means[channel], r->width, r->output + channel * plane + y * r->width);
            }
        } else {
            blend_pixels(slots[0], slots[1], r->y_weight[y], r->means, r->width, r->output + y * r->width * 3);
        }
    }
}
