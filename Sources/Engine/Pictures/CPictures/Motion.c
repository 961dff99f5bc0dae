#include <math.h>
#include <string.h>

#include "Bytes.h"
#include "Corruptions.h"

GENERATION_INLINE ptrdiff_t clamped(ptrdiff_t place, size_t count) {
    return place < 0 ? 0 : place >= (ptrdiff_t)count ? (ptrdiff_t)count - 1 : place;
}

enum { values_at_once = 32, few_values = 8 };

GENERATION_INLINE void tile(const float *const *samples, const double *weights, size_t taps, size_t start, size_t count,
                            uint8_t *restrict output) {
    double sum[values_at_once] = {0};
    for (size_t tap = 0; tap < taps; tap++) {
        const float *sample = samples[tap] + start;
        double weight = weights[tap];
        for (size_t i = 0; i < count; i++) sum[i] += weight * (double)sample[i];
    }
    for (size_t i = 0; i < count; i++) output[start + i] = (uint8_t)((int32_t)(sum[i] + 0.5) / 257);
}

FOR_EACH_GENERATION_STATIC(
    void, blur_row,
    (const float *const *samples, const double *weights, size_t taps, size_t count, uint8_t *output),
    (samples, weights, taps, count, output)) {
    size_t start = 0;
    for (; start + values_at_once <= count; start += values_at_once) {
        tile(samples, weights, taps, start, values_at_once, output);
    }
    for (; start + few_values <= count; start += few_values) tile(samples, weights, taps, start, few_values, output);
    for (; start < count; start++) tile(samples, weights, taps, start, 1, output);
}

FOR_EACH_GENERATION_STATIC(
    void, widen,
    (const uint8_t *restrict bytes, size_t count, float *restrict output),
    (bytes, count, output)) {
    for (size_t i = 0; i < count; i++) output[i] = (float)(257 * (int32_t)bytes[i]);
}

static size_t stride_of(const PicturesMotion *m) { return (m->width + 2 * pictures_longest_motion) * m->channels; }

size_t pictures_motion_scratch(const PicturesMotion *m) { return stride_of(m) * m->height; }

void pictures_motion_blur(const PicturesMotion *m, uint8_t *pixels, const ptrdiff_t *x, const ptrdiff_t *y,
                          const double *weights, float *scratch) {
    size_t channels = m->channels, margin = pictures_longest_motion * channels, count = m->width * channels;
    size_t stride = stride_of(m);
    for (size_t line = 0; line < m->height; line++) {
        float *row = scratch + line * stride + margin;
        widen(pixels + line * count, count, row);
        for (size_t i = 1; i <= margin; i++) row[-(ptrdiff_t)i] = row[(channels - i % channels) % channels];
        for (size_t i = 0; i < margin; i++) row[count + i] = row[count - channels + i % channels];
    }
    const float *samples[pictures_longest_motion];
    for (size_t line = 0; line < m->height; line++) {
        for (size_t tap = 0; tap < m->count; tap++) {
            size_t row = (size_t)clamped((ptrdiff_t)line + y[tap], m->height);
            samples[tap] = scratch + row * stride + margin + x[tap] * (ptrdiff_t)channels;
        }
        blur_row(samples, weights, m->count, count, pixels + line * count);
    }
}
