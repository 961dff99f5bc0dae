#include "CLayers.h"

#include "Elements.h"

#define PICK_PIXELS(TYPE) \
    INLINE void pick_pixels_##TYPE( \
        const TYPE *restrict input, TYPE *restrict output, const int32_t *rows, const int32_t *columns, \
        const TYPE *restrict fill, long inputWidth, long outputHeight, long outputWidth, long block) { \
        BLOCKED(B, { \
            for (long y = 0; y < outputHeight; ++y) { \
                const TYPE *row = input + (long)rows[y] * inputWidth * B; \
                for (long x = 0; x < outputWidth; ++x, output += B) { \
                    const TYPE *pixel = rows[y] < 0 || columns[x] < 0 ? fill : row + (long)columns[x] * B; \
                    memcpy(output, pixel, B * sizeof *output); \
                } \
            } \
        }) \
    }
EACH_TYPE(PICK_PIXELS)

FOR_EACH_GENERATION(
    void, kernel_pick_pixels,
    (const void *input, void *output, kernel_type type, const int32_t *rows, const int32_t *columns, const void *fill,
     long inputWidth, long outputHeight, long outputWidth, long block),
    (input, output, type, rows, columns, fill, inputWidth, outputHeight, outputWidth, block)) {
    PICK_TYPE(
        pick_pixels, type, input, output, rows, columns, fill, inputWidth, outputHeight, outputWidth, block);
}

#define INTERLEAVE(TYPE) \
    INLINE void interleave_##TYPE( \
        const kernel_phase *phases, long tall, long wide, TYPE *output, long first, long end, long width, long block) { \
        BLOCKED(B, { \
            for (long y = first; y < end; ++y) \
                for (long place = 0; place < wide && place < width; ++place) { \
                    const kernel_phase *phase = phases + y % tall * wide + place; \
                    const TYPE *source = phase->pixels; \
                    TYPE *target = output + (y * width + place) * B; \
                    TYPE *behind = output + (y + 1) * width * B; \
                    if (!source) { \
                        for (; target < behind; target += wide * B) memset(target, 0, B * sizeof *target); \
                        continue; \
                    } \
                    source += ((y / tall + phase->row) * phase->width + phase->column) * B; \
                    if (!phase->lanes) { \
                        for (; target < behind; target += wide * B, source += B) \
                            memcpy(target, source, B * sizeof *target); \
                        continue; \
                    } \
                    for (; target < behind; target += wide * B, source += B) \
                        for (long c = 0; c < B; ++c) target[c] = phase->lanes[c] < 0 ? 0 : source[phase->lanes[c]]; \
                } \
        }) \
    }
EACH_TYPE(INTERLEAVE)

FOR_EACH_GENERATION(
    void, kernel_interleave,
    (const kernel_phase *phases, long tall, long wide, void *output, kernel_type type, long first, long end, long width,
     long block),
    (phases, tall, wide, output, type, first, end, width, block)) {
    PICK_TYPE(interleave, type, phases, tall, wide, output, first, end, width, block);
}

// Reads whole blocks, shifted, and keeps the lanes that it wants; the first and the last pixel are read lane by lane, since
// a shifted block would begin before the plane, or end behind it.
#define JOIN_LANES(TYPE) \
    INLINE void join_lanes_##TYPE( \
        const kernel_lanes *parts, const void *const *planes, long count, const TYPE *fill, TYPE *output, long area, \
        long block) { \
        BLOCKED(B, { \
            for (long part = 0; part < count; ++part) { \
                const TYPE *source = planes[part]; \
                long first = parts[part].first, end = first + parts[part].count, shift = parts[part].shift; \
                if (first == 0 && end == B) { \
                    memcpy(output, source, area * B * sizeof *output); \
                    continue; \
                } \
                int isFirst = part == 0; \
                for (long i = 0; i < area; ++i) { \
                    TYPE *target = output + i * B; \
                    const TYPE *base = isFirst ? fill : target; \
                    if (i == 0 || i == area - 1) { \
                        for (long c = 0; c < B; ++c) \
                            target[c] = c >= first && c < end ? source[i * B + c + shift] : base[c]; \
                        continue; \
                    } \
                    TYPE taken[B]; \
                    TYPE others[B]; \
                    memcpy(taken, source + i * B + shift, sizeof taken); \
                    memcpy(others, base, sizeof others); \
                    for (long c = 0; c < B; ++c) target[c] = c >= first && c < end ? taken[c] : others[c]; \
                } \
            } \
            if (count == 0) \
                for (long i = 0; i < area; ++i) memcpy(output + i * B, fill, B * sizeof *output); \
        }) \
    }
EACH_TYPE(JOIN_LANES)

FOR_EACH_GENERATION(
    void, kernel_join_lanes,
    (const kernel_lanes *parts, const void *const *planes, long count, const void *fill, void *output,
     kernel_type type, long area, long block),
    (parts, planes, count, fill, output, type, area, block)) {
    PICK_TYPE(join_lanes, type, parts, planes, count, fill, output, area, block);
}

void kernel_zero_lanes(void *plane, kernel_type type, long first, long area, long block) {
    size_t size = type == kernel_float32 ? 4 : 2;
    for (long i = 0; i < area; ++i)
        memset((char *)plane + (i * block + first) * size, 0, (block - first) * size);
}

#define READ_PIXEL(TYPE) \
    INLINE void read_pixel_##TYPE(kernel_picture picture, long pixel, float *restrict row) { \
        long block = picture.block; \
        for (long first = 0; first < picture.channels; first += block) { \
            const TYPE *source = (const TYPE *)picture.planes + first * picture.area + pixel * block; \
            long count = picture.channels - first < block ? picture.channels - first : block; \
            for (long c = 0; c < count; ++c) row[first + c] = load_##TYPE(source[c]); \
        } \
    }
EACH_TYPE(READ_PIXEL)

FOR_EACH_GENERATION(
    void, kernel_read_pixel, (kernel_picture picture, long pixel, float *row), (picture, pixel, row)) {
    PICK_TYPE(read_pixel, picture.type, picture, pixel, row);
}

#define WRITE_PIXEL(TYPE) \
    INLINE void write_pixel_##TYPE(kernel_picture picture, long pixel, const float *restrict row) { \
        long block = picture.block; \
        for (long first = 0; first < picture.channels; first += block) { \
            TYPE *target = (TYPE *)picture.planes + first * picture.area + pixel * block; \
            long count = picture.channels - first < block ? picture.channels - first : block; \
            for (long c = 0; c < count; ++c) target[c] = store_##TYPE(row[first + c]); \
            for (long c = count; c < block; ++c) target[c] = 0; \
        } \
    }
EACH_TYPE(WRITE_PIXEL)

FOR_EACH_GENERATION(
    void, kernel_write_pixel, (kernel_picture picture, long pixel, const float *row), (picture, pixel, row)) {
    PICK_TYPE(write_pixel, picture.type, picture, pixel, row);
}
