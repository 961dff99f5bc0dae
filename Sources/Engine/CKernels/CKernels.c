#include "CKernels.h"

#include <math.h>
#include <stdatomic.h>

// GCC's OpenMP runtime, which oneDNN uses: the entry that GCC compiles `#pragma omp parallel` to. Work of ours and
// of oneDNN's thereby shares one team of threads and never competes for the cores.
extern void GOMP_parallel(void (*body)(void *), void *data, unsigned threads, unsigned flags);
extern void omp_set_num_threads(int);
extern int omp_get_max_threads(void);

struct work {
    atomic_long next;
    long count;
    void (*body)(void *, long);
    void *context;
};

static void take(void *data) {
    struct work *work = data;
    for (;;) {
        long index = atomic_fetch_add_explicit(&work->next, 1, memory_order_relaxed);
        if (index >= work->count) return;
        work->body(work->context, index);
    }
}

void kernel_parallel(long count, void (*body)(void *, long), void *context) {
    if (count <= 1 || omp_get_max_threads() == 1) {
        for (long index = 0; index < count; ++index) body(context, index);
        return;
    }
    struct work work = {0, count, body, context};
    GOMP_parallel(take, &work, 0, 0);
}

void kernel_set_threads(int count) { omp_set_num_threads(count); }
int kernel_threads(void) { return omp_get_max_threads(); }

#if defined(__x86_64__)
#define WIDE __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define WIDE
#endif

#define BODY(B, ...) \
    if (block == 16) { enum { B = 16 }; __VA_ARGS__ } else { enum { B = 8 }; __VA_ARGS__ }

WIDE void kernel_blur(
    const float *restrict input, float *restrict output, const int32_t *rows, const int32_t *columns,
    const float *taps, long size, long inputWidth, long outputHeight, long outputWidth, long block) {
    BODY(B, {
        for (long y = 0; y < outputHeight; ++y) {
            for (long x = 0; x < outputWidth; ++x) {
                float sum[B] = {0};
                for (long i = 0; i < size; ++i) {
                    const float *row = input + (long)rows[y * size + i] * inputWidth * B;
                    for (long j = 0; j < size; ++j) {
                        const float *pixel = row + (long)columns[x * size + j] * B;
                        float tap = taps[i * size + j];
                        for (long c = 0; c < B; ++c) sum[c] += tap * pixel[c];
                    }
                }
                float *target = output + (y * outputWidth + x) * B;
                for (long c = 0; c < B; ++c) target[c] = sum[c];
            }
        }
    })
}

WIDE void kernel_scale_shift(
    const float *input, float *output, const float *scale, const float *offset, long area, long block,
    int isRectified) {
    float low = isRectified ? 0 : -INFINITY;
    BODY(B, {
        for (long i = 0; i < area; ++i) {
            for (long c = 0; c < B; ++c) {
                float value = input[i * B + c] * scale[c] + offset[c];
                output[i * B + c] = value < low ? low : value;
            }
        }
    })
}

WIDE void kernel_add(const float *first, const float *second, float *output, long count, int isRectified) {
    float low = isRectified ? 0 : -INFINITY;
    for (long i = 0; i < count; ++i) {
        float value = first[i] + second[i];
        output[i] = value < low ? low : value;
    }
}

WIDE void kernel_relu(const float *input, float *output, long count) {
    for (long i = 0; i < count; ++i) output[i] = input[i] < 0 ? 0 : input[i];
}

void kernel_sigmoid(const float *input, float *output, long count) {
    for (long i = 0; i < count; ++i) output[i] = 1 / (1 + expf(-input[i]));
}

WIDE void kernel_upsample(
    const float *restrict input, float *restrict output, long height, long width, long block) {
    BODY(B, {
        for (long y = 0; y < 2 * height; ++y) {
            const float *row = input + (y / 2) * width * B;
            float *target = output + y * 2 * width * B;
            for (long x = 0; x < width; ++x) {
                for (long c = 0; c < B; ++c) {
                    float value = row[x * B + c];
                    target[2 * x * B + c] = value;
                    target[(2 * x + 1) * B + c] = value;
                }
            }
        }
    })
}

WIDE void kernel_mean(const float *restrict input, float *restrict output, long area, long block) {
    BODY(B, {
        float sum[4][B] = {{0}};
        long i = 0;
        for (; i + 4 <= area; i += 4)
            for (long k = 0; k < 4; ++k)
                for (long c = 0; c < B; ++c) sum[k][c] += input[(i + k) * B + c];
        for (; i < area; ++i)
            for (long c = 0; c < B; ++c) sum[0][c] += input[i * B + c];
        for (long c = 0; c < B; ++c)
            output[c] = ((sum[0][c] + sum[1][c]) + (sum[2][c] + sum[3][c])) / (float)area;
    })
}

WIDE void kernel_generalized_mean(
    const float *restrict input, float *restrict output, long area, long block) {
    BODY(B, {
        float sum[B] = {0};
        for (long i = 0; i < area; ++i) {
            for (long c = 0; c < B; ++c) {
                float value = input[i * B + c];
                value = value < 1e-6f ? 1e-6f : value > 1e12f ? 1e12f : value;
                sum[c] += value * value * value;
            }
        }
        for (long c = 0; c < B; ++c)
            output[c] = cbrtf((sum[c] < 1e-6f ? 1e-6f : sum[c]) / (float)area);
    })
}

WIDE void kernel_mix(
    const float *restrict first, const float *restrict second, const float *restrict weights,
    float *restrict output, long area, long block) {
    BODY(B, {
        for (long i = 0; i < area; ++i)
            for (long c = 0; c < B; ++c)
                output[i * B + c] = first[i * B + c] * weights[c] + second[i * B + c] * weights[B + c];
    })
}

WIDE void kernel_scale_columns(float *restrict values, const double *restrict scale, long rows, long columns) {
    for (long i = 0; i < rows; ++i)
        for (long j = 0; j < columns; ++j)
            values[i * columns + j] = (float)((double)values[i * columns + j] * scale[j]);
}
