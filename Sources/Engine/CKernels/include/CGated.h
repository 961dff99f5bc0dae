/// Convolutions 1x1 of channels each of which is multiplied by a number of its picture's first, a gate.
///
/// The gates go into the matrix, once for a picture and a group of outputs, and the pixels are read as they are. Activations
/// are float32 in blocks of channels, as CKernels.h says.
#pragma once

#include "CPixelProducts.h"

typedef struct {
    /// Channels in a block: 8 or 16.
    long block;
    /// Channels of the input that have gates, and blocks that hold them.
    long inputChannels, inputBlocks;
    long outputBlocks;
    /// Pixels of a picture.
    long area;
    /// Whether the result is added to what lies at its place.
    int adds;
    /// What becomes of a value at last.
    pixel_function function;
} gated_layer;

/// Whether there is code for this processor and blocks of so many channels.
int gated_suits(long block);

/// Floats of the gated matrix of a group of output blocks.
long gated_count(const gated_layer *layer);

/// Computes pixels `first..<end` of one picture's group of `pixel_group` output channels.
///
/// `gates` is [picture][channel]; `matrix` is as `pixel_arrange` leaves it; `bias` holds a number for each output channel,
/// or is NULL. `gated` is memory of the caller's.
void gated_pixels(
    const gated_layer *layer, const float *input, const float *gates, const float *matrix, const float *bias,
    float *output, float *gated, long picture, long group, long first, long end);
