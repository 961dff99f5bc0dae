#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "Corruptions.h"
#include "JPEGTransform.h"
#include "Random.h"

/// A bilinear resize of 8-bit RGB rows to float32, its sampling places worked out beforehand.
///
/// Plain float32 in the order of TensorFlow 1's kernel (first along x, then along y, no fused multiply-add), so
/// results are equal to its bits whatever the vector width.
typedef struct {
    /// RGB rows; four bytes are read at every sampled pixel, so one byte beyond the last must be readable.
    const uint8_t *pixels;
    size_t stride;

    /// Of the result.
    size_t width, height;

    /// For each result column: where in a row its two pixels begin, in bytes, and the weight of the second.
    const int32_t *left, *right;
    const float *x_weight;

    /// For each result row: its two source rows, and the weight of the second.
    const int32_t *top, *bottom;
    const float *y_weight;

    /// Multiplies each source value before interpolation.
    float scale;

    /// Subtracted from the result, by channel.
    float means[3];

    /// Room for 2 * pictures_scratch_row(width) floats.
    float *scratch;

    /// Planes of channels (CHW) where true, channels side by side (HWC) where false.
    bool planar;

    /// 3 * width * height floats.
    float *output;
} PicturesResize;

/// The floats that one interpolated row of `width` pixels takes in the scratch.
size_t pictures_scratch_row(size_t width);

/// Resizes.
void pictures_resize(const PicturesResize *resize);
