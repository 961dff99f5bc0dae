#include "Bytes.h"
#include "Corruptions.h"

enum { samples_at_once = 1024 };

FOR_EACH_GENERATION_STATIC(
    void, add,
    (uint8_t *restrict pixels, const double *restrict noise, double scale, bool is_multiplied, size_t count),
    (pixels, noise, scale, is_multiplied, count)) {
    for (size_t i = 0; i < count; i++) {
        double value = pixels[i] / 255.0, change = scale * noise[i];
        pixels[i] = byte_of(value + (is_multiplied ? value * change : change));
    }
}

void pictures_add_normal(uint8_t *pixels, size_t count, double scale, bool is_multiplied, PicturesRandom *random) {
    double noise[samples_at_once];
    while (count > 0) {
        size_t part = count < samples_at_once ? count : samples_at_once;
        pictures_random_normals(random, noise, part);
        add(pixels, noise, scale, is_multiplied, part);
        pixels += part, count -= part;
    }
}

void pictures_shot_noise(uint8_t *pixels, size_t count, double scale, int32_t *events, PicturesRandom *random) {
    enum { most = 256 };
    uint8_t levels[most];
    for (int number = 0; number < most; number++) levels[number] = byte_of(number / scale);
    pictures_random_counts(&random->twister, pixels, scale, events, count);
    for (size_t i = 0; i < count; i++) pixels[i] = events[i] < most ? levels[events[i]] : 255;
}

FOR_EACH_GENERATION_STATIC(
    void, below,
    (const double *restrict uniform, double bound, uint8_t *restrict output, size_t count),
    (uniform, bound, output, count)) {
    for (size_t i = 0; i < count; i++) output[i] = uniform[i] < bound ? 255 : 0;
}

FOR_EACH_GENERATION_STATIC(
    void, flip,
    (uint8_t *restrict pixels, const uint8_t *restrict flipped, const uint8_t *restrict salt, size_t count),
    (pixels, flipped, salt, count)) {
    for (size_t i = 0; i < count; i++) pixels[i] = (pixels[i] & ~flipped[i]) | (salt[i] & flipped[i]);
}

static void draw_choices(PicturesRandom *random, double chance, uint8_t *output, size_t count) {
    double uniform[samples_at_once];
    while (count > 0) {
        size_t part = count < samples_at_once ? count : samples_at_once;
        pictures_random_doubles(&random->twister, uniform, part);
        below(uniform, chance, output, part);
        output += part, count -= part;
    }
}

void pictures_impulse_noise(uint8_t *pixels, size_t count, double chance, uint8_t *flipped, PicturesRandom *random) {
    draw_choices(random, chance, flipped, count);
    uint8_t salt[samples_at_once];
    while (count > 0) {
        size_t part = count < samples_at_once ? count : samples_at_once;
        draw_choices(random, 0.5, salt, part);
        flip(pixels, flipped, salt, part);
        pixels += part, flipped += part, count -= part;
    }
}
