#include "JPEGTransform.h"

#include "JPEGCosine.h"

typedef uint8_t Byte8 __attribute__((vector_size(8)));
typedef int16_t Short8 __attribute__((vector_size(16)));
typedef uint16_t Unsigned8 __attribute__((vector_size(16)));
typedef float Single8 __attribute__((vector_size(32)));

enum { block = 8, macroblock = 16, fixed_bits = 16 };

/// A factor of a colour conversion in fixed point.
#define FIXED(factor) ((int32_t)((factor) * (1 << fixed_bits) + 0.5))

/// The factors of the two variants differ in their last digits.
typedef struct {
    int32_t blue_red, blue_green, red_green, red_blue;
    int32_t to_red, to_blue, green_blue, green_red;
} Colours;

static const Colours colours_of[2] = {
    [PicturesJPEGTurbo] = {FIXED(0.16874), FIXED(0.33126), FIXED(0.41869), FIXED(0.08131), FIXED(1.40200), FIXED(1.77200),
                           FIXED(0.34414), FIXED(0.71414)},
    [PicturesJPEGNine] = {FIXED(0.168735892), FIXED(0.331264108), FIXED(0.418687589), FIXED(0.081312411), FIXED(1.402),
                          FIXED(1.772), FIXED(0.344136286), FIXED(0.714136286)},
};

static const uint16_t luma_base[64] = {
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55,
    14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
    18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92,
    49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
};
static const uint16_t colour_base[64] = {
    17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99,
    24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
    99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
};

void pictures_jpeg_set_quality(PicturesJPEG *jpeg, int quality) {
    int scale = quality < 50 ? 5000 / quality : 200 - 2 * quality;
    for (int i = 0; i < 64; i++) {
        int luma = (luma_base[i] * scale + 50) / 100, colour = (colour_base[i] * scale + 50) / 100;
        jpeg->luma_steps[i] = (uint16_t)(luma < 1 ? 1 : luma > 255 ? 255 : luma);
        jpeg->colour_steps[i] = (uint16_t)(colour < 1 ? 1 : colour > 255 ? 255 : colour);
    }
}

static size_t rounded_up(size_t count, size_t unit) { return (count + unit - 1) / unit * unit; }

static size_t blocks_of(size_t count, size_t unit) { return (count + unit - 1) / unit; }

static PicturesJPEGPlane luma_of(const PicturesJPEG *jpeg) {
    return (PicturesJPEGPlane){blocks_of(jpeg->width, block), blocks_of(jpeg->height, block), false, false};
}

static PicturesJPEGPlane colour_of(const PicturesJPEG *jpeg) {
    bool is_doubled = jpeg->variant == PicturesJPEGNine;
    return (PicturesJPEGPlane){blocks_of(jpeg->width, macroblock), blocks_of(jpeg->height, macroblock), is_doubled,
                               is_doubled};
}

static size_t coefficients_of(PicturesJPEGPlane plane) { return 64 * plane.blocks_across * plane.blocks_down; }

size_t pictures_jpeg_coefficients(const PicturesJPEG *jpeg) {
    return coefficients_of(luma_of(jpeg)) + 2 * coefficients_of(colour_of(jpeg));
}

size_t pictures_jpeg_scratch(const PicturesJPEG *jpeg) {
    return 6 * rounded_up(jpeg->width, macroblock) * rounded_up(jpeg->height, macroblock);
}

GENERATION_INLINE void split_row(const Colours *c, const uint8_t *restrict pixels, size_t width, uint8_t *restrict luma,
                                 uint8_t *restrict blue, uint8_t *restrict red) {
    const int32_t half = 1 << (fixed_bits - 1), middle = (128 << fixed_bits) + half - 1;
    int32_t from_red = c->blue_red, from_green = c->blue_green, green = c->red_green, from_blue = c->red_blue;
    for (size_t x = 0; x < width; x++) {
        int32_t r = pixels[3 * x], g = pixels[3 * x + 1], b = pixels[3 * x + 2];
        luma[x] = (uint8_t)((FIXED(0.299) * r + FIXED(0.587) * g + FIXED(0.114) * b + half) >> fixed_bits);
        blue[x] = (uint8_t)((FIXED(0.5) * b - from_red * r - from_green * g + middle) >> fixed_bits);
        red[x] = (uint8_t)((FIXED(0.5) * r - green * g - from_blue * b + middle) >> fixed_bits);
    }
}

/// To luma and colour, the right and lower edges repeated up to whole macroblocks.
FOR_EACH_GENERATION_STATIC(
    void, split,
    (const Colours *c, const uint8_t *pixels, size_t width, size_t height, uint8_t *planes),
    (c, pixels, width, height, planes)) {
    size_t stride = rounded_up(width, macroblock), rows = rounded_up(height, macroblock), plane = stride * rows;
    for (size_t y = 0; y < rows; y++) {
        uint8_t *row = planes + y * stride;
        if (y < height) {
            split_row(c, pixels + 3 * width * y, width, row, row + plane, row + 2 * plane);
        }
        for (int channel = 0; channel < 3; channel++) {
            uint8_t *start = row + (size_t)channel * plane;
            if (y < height) {
                memset(start + width, start[width - 1], stride - width);
            } else {
                memcpy(start, start - stride, stride);
            }
        }
    }
}

/// Means of four pixels each, rounded down and up in turn. Rows below the last are those of the last.
FOR_EACH_GENERATION_STATIC(
    void, halve,
    (const uint8_t *restrict input, size_t stride, size_t height, size_t rows, uint8_t *restrict output),
    (input, stride, height, rows, output)) {
    size_t half = stride / 2, last = (height + 1) / 2 - 1;
    for (size_t y = 0; y < rows / 2; y++) {
        const uint8_t *upper = input + 2 * (y < last ? y : last) * stride, *lower = upper + stride;
        for (size_t x = 0; x < half; x++) {
            int32_t sum = upper[2 * x] + upper[2 * x + 1] + lower[2 * x] + lower[2 * x + 1];
            output[y * half + x] = (uint8_t)((sum + 1 + (int32_t)(x & 1)) >> 2);
        }
    }
}

GENERATION_INLINE void load_samples(const uint8_t *samples, Word8 *values) {
    Byte8 bytes;
    memcpy(&bytes, samples, sizeof bytes);
    *values = __builtin_convertvector(bytes, Word8) - 128;
}

GENERATION_INLINE void load_steps(const uint16_t *quantization, Word8 *steps) {
    Unsigned8 values;
    memcpy(&values, quantization, sizeof values);
    *steps = __builtin_convertvector(values, Word8);
}

/// Quotients rounded to the nearest, halves away from zero. Dividend and divisor are below 2^24, where the quotient of
/// float32 never reaches the next whole number by rounding.
GENERATION_INLINE void quantize(const Word8 *values, const uint16_t *quantization, int16_t *output) {
    Word8 step;
    load_steps(quantization, &step);
    step <<= 3;
    Int8 value = (Int8)*values, sign = value >> 31, size = ((value ^ sign) - sign) + (Int8)(step >> 1);
    Single8 quotient = __builtin_convertvector(size, Single8) / __builtin_convertvector((Int8)step, Single8);
    Short8 level = __builtin_convertvector((__builtin_convertvector(quotient, Int8) ^ sign) - sign, Short8);
    memcpy(output, &level, sizeof level);
}

FOR_EACH_GENERATION_STATIC(
    void, analyze_plane,
    (const PicturesJPEGPlane *plane, const uint16_t *steps, const uint8_t *samples, size_t stride,
     int16_t *coefficients),
    (plane, steps, samples, stride, coefficients)) {
    for (size_t i = 0; i < plane->blocks_down; i++) {
        for (size_t j = 0; j < plane->blocks_across; j++) {
            Word8 m[block];
            for (size_t k = 0; k < block; k++) load_samples(samples + (block * i + k) * stride + block * j, m + k);
            transpose(m);
            forward(cosines_of_8[0], 4, m, scale_bits - spare_bits, m);
            transpose(m);
            forward(cosines_of_8[0], 4, m, scale_bits + spare_bits, m);
            int16_t *output = coefficients + 64 * (i * plane->blocks_across + j);
            for (size_t k = 0; k < block; k++) quantize(m + k, steps + 8 * k, output + 8 * k);
        }
    }
}

/// Blocks of 16 by 16 samples.
FOR_EACH_GENERATION_STATIC(
    void, analyze_doubled,
    (const PicturesJPEGPlane *plane, const uint16_t *steps, const uint8_t *samples, size_t stride,
     int16_t *coefficients),
    (plane, steps, samples, stride, coefficients)) {
    for (size_t i = 0; i < plane->blocks_down; i++) {
        for (size_t j = 0; j < plane->blocks_across; j++) {
            Word8 rows[macroblock];
            for (size_t part = 0; part < 2; part++) {
                const uint8_t *start = samples + (macroblock * i + block * part) * stride + macroblock * j;
                Word8 m[macroblock];
                for (size_t k = 0; k < block; k++) {
                    load_samples(start + k * stride, m + k);
                    load_samples(start + k * stride + block, m + block + k);
                }
                transpose(m);
                transpose(m + block);
                forward(cosines_from_16[0], 8, m, scale_bits - spare_bits, rows + block * part);
                transpose(rows + block * part);
            }
            Word8 m[block];
            forward(cosines_from_16[0], 8, rows, scale_bits + spare_bits + 2, m);
            int16_t *output = coefficients + 64 * (i * plane->blocks_across + j);
            for (size_t k = 0; k < block; k++) quantize(m + k, steps + 8 * k, output + 8 * k);
        }
    }
}

void pictures_jpeg_analyze(const PicturesJPEG *jpeg, const uint8_t *pixels, int16_t *coefficients, uint8_t *scratch) {
    size_t stride = rounded_up(jpeg->width, macroblock), rows = rounded_up(jpeg->height, macroblock);
    PicturesJPEGPlane luma = luma_of(jpeg), colour = colour_of(jpeg);
    split(&colours_of[jpeg->variant], pixels, jpeg->width, jpeg->height, scratch);
    analyze_plane(&luma, jpeg->luma_steps, scratch, stride, coefficients);
    coefficients += coefficients_of(luma);
    for (size_t channel = 1; channel < 3; channel++, coefficients += coefficients_of(colour)) {
        const uint8_t *samples = scratch + channel * stride * rows;
        if (jpeg->variant == PicturesJPEGNine) {
            analyze_doubled(&colour, jpeg->colour_steps, samples, stride, coefficients);
        } else {
            uint8_t *half = scratch + 3 * stride * rows;
            halve(samples, stride, jpeg->height, rows, half);
            analyze_plane(&colour, jpeg->colour_steps, half, stride / 2, coefficients);
        }
    }
}

GENERATION_INLINE void store_samples(const Word8 *values, uint8_t *output) {
    Int8 samples = (Int8)*values + 128;
    samples &= samples > 0;
    samples |= samples > 255;
    Byte8 bytes = __builtin_convertvector(samples & 255, Byte8);
    memcpy(output, &bytes, sizeof bytes);
}

/// One block: `2 * half` samples each way, `half` and the matrix chosen for each of the two.
GENERATION_INLINE void inverse_block(const int16_t *coefficients, const uint16_t *steps_of, int half_across,
                                     int half_down, size_t stride, uint8_t *output) {
    const int32_t *across = half_across == 4 ? cosines_of_8[0] : cosines_to_16[0];
    const int32_t *down = half_down == 4 ? cosines_of_8[0] : cosines_to_16[0];
    Word8 m[block], columns[macroblock];
    for (size_t k = 0; k < block; k++) {
        Short8 values;
        Word8 steps;
        memcpy(&values, coefficients + 8 * k, sizeof values);
        load_steps(steps_of + 8 * k, &steps);
        m[k] = (Word8)__builtin_convertvector(values, Int8) * steps;
    }
    backward(down, half_down, m, scale_bits - spare_bits, columns);
    for (int part = 0; part < half_down / 4; part++) {
        Word8 result[macroblock];
        transpose(columns + block * part);
        backward(across, half_across, columns + block * part, scale_bits + spare_bits + 3, result);
        for (int half = 0; half < half_across / 4; half++) {
            transpose(result + block * half);
            uint8_t *start = output + (size_t)(block * part) * stride + (size_t)(block * half);
            for (size_t k = 0; k < block; k++) store_samples(result + block * half + (int)k, start + k * stride);
        }
    }
}

GENERATION_INLINE void inverse_plane(const PicturesJPEGPlane *plane, const int16_t *coefficients, const uint16_t *steps,
                                     int half_across, int half_down, uint8_t *output) {
    size_t width = (size_t)(2 * half_across), height = (size_t)(2 * half_down), stride = plane->blocks_across * width;
    for (size_t i = 0; i < plane->blocks_down; i++) {
        for (size_t j = 0; j < plane->blocks_across; j++, coefficients += 64) {
            inverse_block(coefficients, steps, half_across, half_down, stride, output + i * height * stride + j * width);
        }
    }
}

FOR_EACH_GENERATION(
    void, pictures_jpeg_inverse,
    (const PicturesJPEGPlane *plane, const int16_t *coefficients, const uint16_t *steps, uint8_t *output),
    (plane, coefficients, steps, output)) {
    if (plane->is_doubled_across) {
        if (plane->is_doubled_down) {
            inverse_plane(plane, coefficients, steps, 8, 8, output);
        } else {
            inverse_plane(plane, coefficients, steps, 8, 4, output);
        }
    } else if (plane->is_doubled_down) {
        inverse_plane(plane, coefficients, steps, 4, 8, output);
    } else {
        inverse_plane(plane, coefficients, steps, 4, 4, output);
    }
}

/// Doubles a plane both ways by weights of 9, 3, 3 and 1 sixteenths.
FOR_EACH_GENERATION_STATIC(
    void, interpolate,
    (const uint8_t *input, size_t input_stride, size_t width, size_t height, size_t stride, uint16_t *line,
     uint8_t *output),
    (input, input_stride, width, height, stride, line, output)) {
    size_t half = (width + 1) / 2, rows = (height + 1) / 2;
    for (size_t y = 0; y < height; y++) {
        size_t near = y / 2, far = y % 2 == 0 ? (near > 0 ? near - 1 : 0) : (near + 1 < rows ? near + 1 : near);
        const uint8_t *first = input + near * input_stride, *second = input + far * input_stride;
        uint16_t *sums = line + 1;
        for (size_t x = 0; x < half; x++) sums[x] = (uint16_t)(3 * first[x] + second[x]);
        sums[-1] = sums[0], sums[half] = sums[half - 1];
        uint8_t *row = output + y * stride;
        for (size_t x = 0; x < half; x++) {
            row[2 * x] = (uint8_t)((3 * sums[x] + sums[(ptrdiff_t)x - 1] + 8) >> 4);
            row[2 * x + 1] = (uint8_t)((3 * sums[x] + sums[x + 1] + 7) >> 4);
        }
    }
}

FOR_EACH_GENERATION_STATIC(
    void, join,
    (const Colours *c, const uint8_t *luma, const uint8_t *blue, const uint8_t *red, size_t stride, size_t width,
     size_t height, uint8_t *restrict pixels),
    (c, luma, blue, red, stride, width, height, pixels)) {
    const int32_t half = 1 << (fixed_bits - 1);
    int32_t to_red = c->to_red, to_blue = c->to_blue, green_blue = c->green_blue, green_red = c->green_red;
    for (size_t y = 0; y < height; y++) {
        const uint8_t *restrict l = luma + y * stride, *restrict u = blue + y * stride, *restrict v = red + y * stride;
        uint8_t *restrict row = pixels + 3 * width * y;
        for (size_t x = 0; x < width; x++) {
            int32_t value = l[x], b = u[x] - 128, r = v[x] - 128;
            int32_t rgb[3] = {
                value + ((to_red * r + half) >> fixed_bits),
                value + ((half - green_blue * b - green_red * r) >> fixed_bits),
                value + ((to_blue * b + half) >> fixed_bits),
            };
            for (size_t channel = 0; channel < 3; channel++) {
                row[3 * x + channel] = (uint8_t)(rgb[channel] < 0 ? 0 : rgb[channel] > 255 ? 255 : rgb[channel]);
            }
        }
    }
}

void pictures_jpeg_colour(const uint8_t *luma, const uint8_t *blue, const uint8_t *red, size_t stride, size_t width,
                          size_t height, uint8_t *pixels) {
    join(&colours_of[PicturesJPEGNine], luma, blue, red, stride, width, height, pixels);
}

void pictures_jpeg_synthesize(const PicturesJPEG *jpeg, const int16_t *coefficients, uint8_t *pixels, uint8_t *scratch) {
    size_t stride = rounded_up(jpeg->width, macroblock), area = stride * rounded_up(jpeg->height, macroblock);
    PicturesJPEGPlane luma = luma_of(jpeg), colour = colour_of(jpeg);
    pictures_jpeg_inverse(&luma, coefficients, jpeg->luma_steps, scratch);
    // The luma may be narrower than the colour by a block.
    size_t luma_stride = block * luma.blocks_across;
    if (luma_stride != stride) {
        for (size_t y = jpeg->height; y-- > 0;) memmove(scratch + y * stride, scratch + y * luma_stride, jpeg->width);
    }
    coefficients += coefficients_of(luma);
    for (size_t channel = 1; channel < 3; channel++, coefficients += coefficients_of(colour)) {
        uint8_t *samples = scratch + channel * area;
        if (jpeg->variant == PicturesJPEGNine) {
            pictures_jpeg_inverse(&colour, coefficients, jpeg->colour_steps, samples);
        } else {
            uint8_t *half = scratch + 3 * area;
            pictures_jpeg_inverse(&colour, coefficients, jpeg->colour_steps, half);
            interpolate(half, stride / 2, jpeg->width, jpeg->height, stride, (uint16_t *)(scratch + 5 * area), samples);
        }
    }
    join(&colours_of[jpeg->variant], scratch, scratch + area, scratch + 2 * area, stride, jpeg->width, jpeg->height,
         pixels);
}
