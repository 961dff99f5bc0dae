#include "CReference.h"

#include "CProcessor.h"
#include "Reach.h"

#include <string.h>

// Compiled for three generations of processors; the fitting one is picked when the program starts.
typedef float lanes __attribute__((vector_size(4 * reference_lanes), aligned(4)));
typedef double wide_lanes __attribute__((vector_size(8 * reference_lanes), aligned(8)));

// Products are added up as float32, but never more than `run` of them before their sum goes to one of float64.
enum { tile = 6, run = 64 };

FOR_EACH_GENERATION(
    void, reference_convolution_row,
    (const reference_window *window, const float *input, const float *kernel, const float *zeros, long outputs, float
     *output, long row),
    (window, input, kernel, zeros, outputs, output, row)) {
    const reference_window w = *window;
    long picture = row / w.output_height, y = row % w.output_height;
    const float *source = input + picture * w.height * w.width * w.channels;
    float *target = output + row * w.output_width * outputs;
    long blocks = (outputs + reference_lanes - 1) / reference_lanes;
    for (long x = 0; x < w.output_width; x += tile) {
        long count = w.output_width - x < tile ? w.output_width - x : tile;
        const float *weights = kernel;
        for (long block = 0; block < blocks; ++block) {
            lanes a = {0}, b = {0}, c = {0}, d = {0}, e = {0}, f = {0};
            wide_lanes sums[tile] = {{0}};
            long pending = 0;
            for (long i = 0; i < w.window_height; ++i) {
                long from = y * w.stride_height + i * w.dilation_height - w.top;
                for (long j = 0; j < w.window_width; ++j) {
                    const float *pixels[tile];
                    for (long p = 0; p < tile; ++p) {
                        long column = (x + p) * w.stride_width + j * w.dilation_width - w.left;
                        int inside = p < count && from >= 0 && from < w.height && column >= 0 && column < w.width;
                        pixels[p] = inside ? source + (from * w.width + column) * w.channels : zeros;
                    }
                    for (long channel = 0; channel < w.channels;) {
                        long end = channel + run - pending < w.channels ? channel + run - pending : w.channels;
                        pending += end - channel;
                        for (; channel < end; ++channel) {
                            lanes weight;
                            memcpy(&weight, weights, sizeof weight);
                            weights += reference_lanes;
                            a += pixels[0][channel] * weight;
                            b += pixels[1][channel] * weight;
                            c += pixels[2][channel] * weight;
                            d += pixels[3][channel] * weight;
                            e += pixels[4][channel] * weight;
                            f += pixels[5][channel] * weight;
                        }
                        if (pending < run) continue;
                        pending = 0;
                        sums[0] += __builtin_convertvector(a, wide_lanes);
                        sums[1] += __builtin_convertvector(b, wide_lanes);
                        sums[2] += __builtin_convertvector(c, wide_lanes);
                        sums[3] += __builtin_convertvector(d, wide_lanes);
                        sums[4] += __builtin_convertvector(e, wide_lanes);
                        sums[5] += __builtin_convertvector(f, wide_lanes);
                        a = b = c = d = e = f = (lanes){0};
                    }
                }
            }
            lanes rest[tile] = {a, b, c, d, e, f};
            long first = block * reference_lanes;
            long width = outputs - first < reference_lanes ? outputs - first : reference_lanes;
            for (long p = 0; p < count; ++p) {
                lanes sum = __builtin_convertvector(sums[p] + __builtin_convertvector(rest[p], wide_lanes), lanes);
                memcpy(target + (x + p) * outputs + first, &sum, width * 4);
            }
        }
    }
}

FOR_EACH_GENERATION(
    void, reference_depthwise_row,
    (const reference_window *window, const float *input, const float *kernel, float *output, long row),
    (window, input, kernel, output, row)) {
    const reference_window w = *window;
    long picture = row / w.output_height, y = row % w.output_height;
    const float *source = input + picture * w.height * w.width * w.channels;
    const reach rows = reach_inside(y * w.stride_height - w.top, w.dilation_height, w.window_height, w.height);
    for (long x = 0; x < w.output_width; ++x) {
        const reach columns = reach_inside(x * w.stride_width - w.left, w.dilation_width, w.window_width, w.width);
        float *target = output + (row * w.output_width + x) * w.channels;
        memset(target, 0, w.channels * sizeof *target);
        for (long i = rows.first; i < rows.end; ++i) {
            long from = y * w.stride_height + i * w.dilation_height - w.top;
            for (long j = columns.first; j < columns.end; ++j) {
                long column = x * w.stride_width + j * w.dilation_width - w.left;
                const float *pixel = source + (from * w.width + column) * w.channels;
                const float *weights = kernel + (i * w.window_width + j) * w.channels;
                for (long channel = 0; channel < w.channels; ++channel)
                    target[channel] += pixel[channel] * weights[channel];
            }
        }
    }
}
