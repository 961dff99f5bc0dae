#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Whose arithmetic the halved colour planes have.
typedef enum {
    /// libjpeg 6b and libjpeg-turbo: means of four pixels; interpolated when decoded.
    PicturesJPEGTurbo,
    /// IJG's libjpeg 7 to 9: halved and doubled by cosine transforms of 16 points.
    PicturesJPEGNine,
} PicturesJPEGVariant;

/// A picture as luma and two planes of colour, halved both ways.
///
/// Coefficients are quantised, 64 for each block in natural order, block rows one after the other: first the luma's, of
/// ceil(width / 8) by ceil(height / 8) blocks, then those of blue and red, of ceil(width / 16) by ceil(height / 16).
typedef struct {
    size_t width, height;
    PicturesJPEGVariant variant;

    /// The steps of luma and colour, in natural order.
    uint16_t luma_steps[64], colour_steps[64];
} PicturesJPEG;

/// Sets the steps of a quality of 1...100: the tables of T.81's annex K, scaled as IJG's library does.
void pictures_jpeg_set_quality(PicturesJPEG *jpeg, int quality);

/// How many coefficients there are.
size_t pictures_jpeg_coefficients(const PicturesJPEG *jpeg);

/// Bytes of scratch that a transform needs, aligned to 2.
size_t pictures_jpeg_scratch(const PicturesJPEG *jpeg);

/// From RGB to quantised coefficients.
void pictures_jpeg_analyze(const PicturesJPEG *jpeg, const uint8_t *pixels, int16_t *coefficients, uint8_t *scratch);

/// From quantised coefficients to RGB.
void pictures_jpeg_synthesize(const PicturesJPEG *jpeg, const int16_t *coefficients, uint8_t *pixels, uint8_t *scratch);

/// One plane of blocks.
typedef struct {
    size_t blocks_across, blocks_down;

    /// Whether a transform of 16 points doubles it.
    bool is_doubled_across, is_doubled_down;
} PicturesJPEGPlane;

/// A plane's samples from its coefficients: 8 or, doubled, 16 each way for each block.
void pictures_jpeg_inverse(const PicturesJPEGPlane *plane, const int16_t *coefficients, const uint16_t *steps,
                           uint8_t *output);

/// Luma and colour of the same size to RGB, in the arithmetic of IJG's libjpeg 9. Rows begin every `stride` samples.
void pictures_jpeg_colour(const uint8_t *luma, const uint8_t *blue, const uint8_t *red, size_t stride, size_t width,
                          size_t height, uint8_t *pixels);
