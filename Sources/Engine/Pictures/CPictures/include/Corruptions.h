#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "Random.h"

// The inner loops of the corruptions. Pixels are RGB bytes side by side, row by row; where a value of 0...1 is meant, it is
// the byte over 255. Sums are computed in the order of the libraries that the published generator calls, without fused
// multiply-add, so that results equal theirs to the bit whatever the vector width.

/// Adds normal numbers times `scale` to every sample, or, where `is_multiplied`, the sample times that.
void pictures_add_normal(uint8_t *pixels, size_t count, double scale, bool is_multiplied, PicturesRandom *random);

/// Counts of a Poisson distribution of mean `sample * scale`, over `scale`. `events` is room for `count` numbers.
void pictures_shot_noise(uint8_t *pixels, size_t count, double scale, int32_t *events, PicturesRandom *random);

/// Makes samples 0 or 1, half and half, with a chance. `flipped` is room for `count` bytes.
void pictures_impulse_noise(uint8_t *pixels, size_t count, double chance, uint8_t *flipped, PicturesRandom *random);

/// Bytes as values of 0...1, and back: cut to that and rounded towards zero.
void pictures_values(const uint8_t *bytes, size_t count, double *values);
void pictures_bytes(const double *values, size_t count, uint8_t *bytes);
void pictures_float_values(const uint8_t *bytes, size_t count, float *values);

/// `low + (high - low) * value`.
void pictures_uniform(double *values, size_t count, double low, double high);

/// `mean + deviation * value`.
void pictures_scaled(double *values, size_t count, double mean, double deviation);

/// `value * factor`, rounded to float32.
void pictures_scaled_floats(const double *values, size_t count, double factor, float *output);

/// What stands beyond the edges.
typedef enum {
    /// The edge, again and again.
    PicturesBorderNearest,
    /// The picture mirrored, the edge repeated, again and again.
    PicturesBorderReflect,
} PicturesBorder;

enum { pictures_largest_radius = 1024 };

/// A smoothing along the columns, then along the rows, by a symmetric kernel.
typedef struct {
    size_t rows, columns, channels;

    /// How many weights there are to one side of the middle, at most `pictures_largest_radius`.
    size_t radius;
    PicturesBorder border;

    /// Whether float32 holds what either half of the smoothing gives.
    bool rounds_to_float;
} PicturesGaussian;

/// Numbers of scratch that a smoothing needs.
size_t pictures_gaussian_scratch(const PicturesGaussian *gaussian);

/// Smooths. `weights` are the middle one and those to one side.
void pictures_gaussian(const PicturesGaussian *gaussian, const double *input, const double *weights, double *scratch,
                       double *output);

/// Copies to each pixel one that lies up to `distance` to the left or above, or up to one less the other way; from the last
/// pixel to the first, so that pixels wander.
void pictures_shift_pixels(uint8_t *pixels, size_t width, size_t height, size_t distance, PicturesRandom *random);

/// A part of a kernel's row whose weights are equal: from where to where in the sums.
typedef struct {
    int32_t first, end;
} PicturesRun;

/// All parts of a kernel that have one weight: single places, and runs; at most 257 pixels.
typedef struct {
    double weight;
    uint32_t single_count, run_count;
} PicturesKernelGroup;

/// A correlation with a kernel of few weights, the picture mirrored at its edges without their repetition.
typedef struct {
    size_t width, height, radius, group_count;
} PicturesDisk;

/// Samples from one row to the next, on which the places of a kernel are offsets.
size_t pictures_disk_stride(const PicturesDisk *disk);

/// Numbers of scratch that a correlation needs.
size_t pictures_disk_scratch(const PicturesDisk *disk);

/// Correlates. Each group has its share of `singles`, places of single pixels, and of `runs`.
void pictures_disk_blur(const PicturesDisk *disk, uint8_t *pixels, const PicturesKernelGroup *groups,
                        const int32_t *singles, const PicturesRun *runs, uint16_t *scratch);

/// How far a motion can lead at most, and how many places it has at most.
enum { pictures_longest_motion = 64 };

/// A blur along a line of `count` places, in 16 bits; at the edges, the edge again and again.
typedef struct {
    size_t width, height, channels, count;
} PicturesMotion;

/// Numbers of scratch that a blur needs.
size_t pictures_motion_scratch(const PicturesMotion *motion);

/// Blurs. `x` and `y` say where the line's places lie.
void pictures_motion_blur(const PicturesMotion *motion, uint8_t *pixels, const ptrdiff_t *x, const ptrdiff_t *y,
                          const double *weights, float *scratch);

/// Where an enlargement samples its source along one axis: at a place and the next one, and what the two weigh.
typedef struct {
    int32_t low;
    double low_weight, high_weight;
} PicturesZoomPlace;

/// Numbers of scratch that a blur of enlargements needs.
size_t pictures_zoom_scratch(size_t width);

/// The mean of a picture and `count` enlargements, in float32.
///
/// `columns` and `rows` hold the places of one enlargement after the other. `values` are the picture's, `sum` is room
/// for `3 * width` numbers.
void pictures_zoom_blur(uint8_t *pixels, size_t width, size_t height, const PicturesZoomPlace *columns,
                        const PicturesZoomPlace *rows, size_t count, const float *values, double *scratch, float *sum);

/// An enlargement of one channel.
void pictures_zoom(const double *input, size_t width, size_t height, const PicturesZoomPlace *columns,
                   const PicturesZoomPlace *rows, double *output);

/// Values as bytes, those below the threshold as 0.
void pictures_snow_layer(const double *values, size_t count, double threshold, uint8_t *output);

/// Pales a picture, whose share is `mix`, and adds a layer of flakes, as it is and turned round.
void pictures_snow(uint8_t *pixels, const uint8_t *layer, size_t count, double mix);

/// The weighted sum of two pictures, of `count` samples.
void pictures_frost(uint8_t *pixels, const uint8_t *frost, size_t count, double share, double frost_share);

/// A landscape of heights 0...1 by the diamond-square method, on a torus of `size` by `size`, a power of two.
///
/// `uniform` is room for a quarter as many numbers.
void pictures_plasma(double *grid, size_t size, double decay, double *uniform, PicturesRandom *random);

/// Adds heights times `strength`, then scales so that the brightest sample could keep its place.
void pictures_fog(uint8_t *pixels, size_t width, size_t height, const double *plasma, size_t plasma_size,
                  double strength);

/// Moves `count` pixels towards the mean of their channel.
void pictures_contrast(uint8_t *pixels, size_t count, double factor);

/// Adds to the value, and multiplies and adds to the saturation, of `count` pixels; both are cut to 0...1.
void pictures_change_hsv(uint8_t *pixels, size_t count, double brightness, double factor, double summand);

/// An affine warp in places of a 32nd of a pixel, mirrored at the edges without their repetition.
///
/// `matrix` leads from a place of the result to one of the source: x by the first three numbers, y by the others. One
/// number more than there are samples must be readable and writable.
void pictures_warp(const float *input, size_t width, size_t height, const double *matrix, float *output);

/// Takes each pixel from a place beside it, mirrored at the edges. One number more than there are samples must be readable.
void pictures_displace(const float *input, size_t width, size_t height, const float *x, const float *y, uint8_t *output);

/// Where a resampling takes its values for one result: the first place, and how many there are.
typedef struct {
    int32_t first, count;
} PicturesResamplePlace;

/// `rows` rows, each from `stride` bytes on, to `count` pixels. Weights are times 2^22, `taps` for each result.
void pictures_resample_rows(const uint8_t *input, size_t stride, size_t rows, const PicturesResamplePlace *places,
                            const int32_t *weights, size_t taps, size_t count, uint8_t *output);

/// Rows of `stride` samples to `count` rows.
void pictures_resample_columns(const uint8_t *input, size_t stride, const PicturesResamplePlace *places,
                               const int32_t *weights, size_t taps, size_t count, uint8_t *output);

/// Values below the threshold become 0.
void pictures_spatter_layer(double *values, size_t count, double threshold);
void pictures_spatter_bytes(const double *values, size_t count, uint8_t *output);

/// Edges by Canny's method, 255 where there is one, 0 elsewhere.
///
/// `slopes` is room for two numbers a pixel, `steepness` for `(width + 2) * (height + 2)`, `stack` for one a pixel.
void pictures_spatter_edges(const uint8_t *input, size_t width, size_t height, int16_t *slopes, int32_t *steepness,
                            uint32_t *stack, uint8_t *output);

/// How far the nearest edge is, in steps of 1, 1.4 and 2.1969. `scratch` is room for `(width + 4) * (height + 5)` numbers.
void pictures_spatter_distances(const uint8_t *edges, size_t width, size_t height, int32_t *scratch, float *output);

/// The means of nine distances, of which none counts more than `most`, at most 20, rounded towards zero. `scratch` is room for
/// two rows.
void pictures_spatter_near(const float *distances, size_t width, size_t height, float most, float *scratch,
                           uint8_t *output);

/// Spreads the levels so that each range of them has as many pixels.
void pictures_spatter_equalize(uint8_t *values, size_t count);

/// A relief lit from the upper left, and the means of its nine neighbours.
void pictures_spatter_emboss(const uint8_t *input, size_t width, size_t height, uint8_t *output);
void pictures_spatter_smooth(const uint8_t *input, size_t width, size_t height, uint8_t *output);

/// Adds `layer * relief`, over the largest, times `factor`, in the colour of water.
void pictures_spatter_water(uint8_t *pixels, size_t count, const uint8_t *layer, const uint8_t *relief, float factor);

/// Covers with the colour of mud.
void pictures_spatter_mud(uint8_t *pixels, size_t count, const double *mask);
