#include "CReference.h"

#include <math.h>

#include "Reach.h"

void reference_maximum_row(const reference_window *window, const float *input, float *output, long row) {
    const reference_window w = *window;
    long picture = row / w.output_height, y = row % w.output_height;
    const float *source = input + picture * w.height * w.width * w.channels;
    const reach rows = reach_inside(y * w.stride_height - w.top, w.dilation_height, w.window_height, w.height);
    for (long x = 0; x < w.output_width; ++x) {
        const reach columns = reach_inside(x * w.stride_width - w.left, w.dilation_width, w.window_width, w.width);
        float *target = output + (row * w.output_width + x) * w.channels;
        for (long channel = 0; channel < w.channels; ++channel) target[channel] = -INFINITY;
        for (long i = rows.first; i < rows.end; ++i) {
            long from = y * w.stride_height + i * w.dilation_height - w.top;
            for (long j = columns.first; j < columns.end; ++j) {
                long column = x * w.stride_width + j * w.dilation_width - w.left;
                const float *pixel = source + (from * w.width + column) * w.channels;
                for (long channel = 0; channel < w.channels; ++channel)
                    target[channel] = pixel[channel] > target[channel] ? pixel[channel] : target[channel];
            }
        }
    }
}

enum { group = 64 };

void reference_mean_row(const reference_window *window, const float *input, long cells, float *output, long row) {
    const reference_window w = *window;
    long picture = row / w.output_height, y = row % w.output_height;
    const float *source = input + picture * w.height * w.width * w.channels;
    const reach rows = reach_inside(y * w.stride_height - w.top, w.dilation_height, w.window_height, w.height);
    for (long x = 0; x < w.output_width; ++x) {
        const reach columns = reach_inside(x * w.stride_width - w.left, w.dilation_width, w.window_width, w.width);
        float *target = output + (row * w.output_width + x) * w.channels;
        for (long first = 0; first < w.channels; first += group) {
            long width = w.channels - first < group ? w.channels - first : group;
            double sums[group] = {0};
            long inside = 0;
            for (long i = rows.first; i < rows.end; ++i) {
                long from = y * w.stride_height + i * w.dilation_height - w.top;
                for (long j = columns.first; j < columns.end; ++j) {
                    long column = x * w.stride_width + j * w.dilation_width - w.left;
                    ++inside;
                    const float *pixel = source + (from * w.width + column) * w.channels + first;
                    for (long channel = 0; channel < width; ++channel) sums[channel] += pixel[channel];
                }
            }
            double count = (double)(cells > 0 ? cells : inside > 0 ? inside : 1);
            for (long channel = 0; channel < width; ++channel) target[first + channel] = (float)(sums[channel] / count);
        }
    }
}
