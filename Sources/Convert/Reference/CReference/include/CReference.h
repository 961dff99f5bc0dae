#ifndef CREFERENCE_H
#define CREFERENCE_H

// Plain arithmetic for the proof of exported graphs: no library, one algorithm for each operation, float32.
// Activations are [batch, height, width, channel]. Padding is zeros that are not stored.

typedef struct {
    long batch, height, width, channels;
    long output_height, output_width;
    long window_height, window_width;
    long stride_height, stride_width;
    long dilation_height, dilation_width;
    long top, left;
} reference_window;

/// The output channels that are computed together.
enum { reference_lanes = 16 };

/// One row of a convolution's output, all channels: `row` counts rows of all pictures.
///
/// `kernel` is [outputs / 16, window_height, window_width, channels, 16], filled up with zeros; `zeros` has one zero for
/// each channel.
void reference_convolution_row(const reference_window *window, const float *input, const float *kernel,
                               const float *zeros, long outputs, float *output, long row);

/// One row of a convolution of each channel by itself; `kernel` is [window_height, window_width, channels].
void reference_depthwise_row(const reference_window *window, const float *input, const float *kernel, float *output,
                             long row);

/// One row of the largest values of windows; cells outside do not count.
void reference_maximum_row(const reference_window *window, const float *input, float *output, long row);

/// One row of the means of windows, over `cells` cells, or over those inside where `cells` is 0.
void reference_mean_row(const reference_window *window, const float *input, long cells, float *output, long row);

#endif
