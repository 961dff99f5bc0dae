#include "Bytes.h"
#include "Corruptions.h"

/// Where a place up to one extent beyond the ends is taken from: the edge itself is not repeated.
GENERATION_INLINE size_t mirrored(ptrdiff_t place, ptrdiff_t extent) {
    if (place < 0) place = -place;
    return (size_t)(place < extent ? place : 2 * extent - 2 - place);
}

size_t pictures_disk_stride(const PicturesDisk *d) { return 3 * (d->width + 2 * d->radius + 1); }

size_t pictures_disk_scratch(const PicturesDisk *d) { return 2 * pictures_disk_stride(d) * (d->height + 2 * d->radius); }

/// Copies the picture with its border, and beside it the sums of each row's pixels before each place, modulo 2^16.
FOR_EACH_GENERATION_STATIC(
    void, prepare,
    (const PicturesDisk *d, const uint8_t *pixels, size_t stride, uint16_t *values, uint16_t *sums),
    (d, pixels, stride, values, sums)) {
    ptrdiff_t radius = (ptrdiff_t)d->radius, width = (ptrdiff_t)d->width, height = (ptrdiff_t)d->height;
    for (ptrdiff_t y = -radius; y < height + radius; y++) {
        const uint8_t *row = pixels + 3 * d->width * mirrored(y, height);
        uint16_t *copy = values + stride * (size_t)(y + radius), *before = sums + stride * (size_t)(y + radius);
        uint16_t red = 0, green = 0, blue = 0;
        for (ptrdiff_t x = -radius; x < width + radius; x++) {
            const uint8_t *pixel = row + 3 * mirrored(x, width);
            before[0] = red, before[1] = green, before[2] = blue;
            red += copy[0] = pixel[0];
            green += copy[1] = pixel[1];
            blue += copy[2] = pixel[2];
            copy += 3, before += 3;
        }
        before[0] = red, before[1] = green, before[2] = blue;
    }
}

enum { values_at_once = 32 };

/// A kernel's weights and the places that have them.
typedef struct {
    const PicturesKernelGroup *groups;
    size_t group_count;
    const int32_t *singles;
    const PicturesRun *runs;
} Kernel;

GENERATION_INLINE void tile(const Kernel *k, const uint16_t *values, const uint16_t *sums, size_t count,
                            uint8_t *output) {
    double result[values_at_once] = {0};
    const int32_t *single = k->singles;
    const PicturesRun *run = k->runs;
    for (size_t group = 0; group < k->group_count; group++) {
        uint16_t sum[values_at_once] = {0};
        for (size_t n = k->groups[group].single_count; n > 0; n--, single++) {
            const uint16_t *value = values + *single;
            for (size_t i = 0; i < count; i++) sum[i] += value[i];
        }
        for (size_t n = k->groups[group].run_count; n > 0; n--, run++) {
            const uint16_t *first = sums + run->first, *end = sums + run->end;
            for (size_t i = 0; i < count; i++) sum[i] += end[i] - first[i];
        }
        double weight = k->groups[group].weight;
        for (size_t i = 0; i < count; i++) result[i] += weight * sum[i];
    }
    for (size_t i = 0; i < count; i++) output[i] = byte_of(result[i] / 255.0);
}

FOR_EACH_GENERATION_STATIC(
    void, blur_row,
    (const Kernel *k, const uint16_t *values, const uint16_t *sums, size_t count, uint8_t *output),
    (k, values, sums, count, output)) {
    size_t start = 0;
    for (; start + values_at_once <= count; start += values_at_once) {
        tile(k, values + start, sums + start, values_at_once, output + start);
    }
    for (; start < count; start++) tile(k, values + start, sums + start, 1, output + start);
}

void pictures_disk_blur(const PicturesDisk *d, uint8_t *pixels, const PicturesKernelGroup *groups,
                        const int32_t *singles, const PicturesRun *runs, uint16_t *scratch) {
    Kernel kernel = {groups, d->group_count, singles, runs};
    size_t stride = pictures_disk_stride(d);
    uint16_t *values = scratch, *sums = values + stride * (d->height + 2 * d->radius);
    prepare(d, pixels, stride, values, sums);
    for (size_t y = 0; y < d->height; y++) {
        blur_row(&kernel, values + y * stride, sums + y * stride, 3 * d->width, pixels + 3 * d->width * y);
    }
}
