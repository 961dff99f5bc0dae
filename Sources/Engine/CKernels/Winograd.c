#include "CWinograd.h"
#include "CProcessor.h"

#include <stddef.h>

// The points at which tiles are evaluated as polynomials, beside 0 and infinity: these, and their negatives. For tiles
// of 4x4 the errors are less than half of those of the usual 1 and 2. The constants are exact in float32.
#define NEAR 0.625
#define FAR 1.5

/// Floats between what belongs to two points and would else be a power of two apart, which caches are bad at.
enum { GAP = 16 };

/// Floats in a line of a cache.
enum { LINE = 16 };

#define UNROLLED _Pragma("clang loop unroll(full)")

/// Output channels in a pair of blocks, at most.
enum { LANES_OF_PAIR = 16 * winograd_pair };

static long edge(const winograd_layer *layer) { return layer->extent + 2; }
static long divided(long count, long by) { return (count + by - 1) / by; }

/// Floats from one point's input to the next one's, and the same of products.
static long input_stride(const winograd_layer *layer, long tiles) {
    return layer->inputBlocks * tiles * layer->block + GAP;
}
static long product_stride(const winograd_layer *layer, long tiles, long blocks) {
    return blocks * tiles * layer->block + GAP;
}

static long slope_stride(const winograd_layer *layer, long tiles) {
    return layer->outputBlocks * tiles * layer->block + GAP;
}
/// Floats from one point's sums to the next one's.
static long sum_stride(const winograd_layer *layer, const winograd_part *part) {
    return part->inputBlocks * layer->block * part->outputBlocks * layer->block + GAP;
}

long winograd_points(const winograd_layer *layer) { return edge(layer) * edge(layer); }
long winograd_tiles(const winograd_layer *layer) {
    return divided(layer->outputHeight, layer->extent) * divided(layer->outputWidth, layer->extent);
}
/// Floats from one point's kernels of `columns` blocks to the next one's.
static long panel_stride(const winograd_layer *layer, long columns) {
    return columns * layer->inputBlocks * layer->block * layer->block + GAP;
}
long winograd_input_count(const winograd_layer *layer, long tiles) {
    return winograd_points(layer) * input_stride(layer, tiles);
}
long winograd_product_count(const winograd_layer *layer, long tiles, long blocks) {
    return winograd_points(layer) * product_stride(layer, tiles, blocks);
}

long winograd_kernel_start(const winograd_layer *layer, long pair) {
    return pair * winograd_points(layer) * panel_stride(layer, winograd_pair);
}
long winograd_kernel_count(const winograd_layer *layer) {
    long pairs = layer->outputBlocks / winograd_pair, rest = layer->outputBlocks % winograd_pair;
    return winograd_kernel_start(layer, pairs) + (rest ? winograd_points(layer) * panel_stride(layer, rest) : 0);
}
/// Blocks of a pair: the last may be alone.
static long pair_blocks(const winograd_layer *layer, long pair) {
    long rest = layer->outputBlocks - pair * winograd_pair;
    return rest < winograd_pair ? rest : winograd_pair;
}

#define SQUARE(X) ((X) * (X))
/// The product of a point's distances from the others.
#define SCALE(X, OTHER) (2 * SQUARE(X) * (SQUARE(X) - SQUARE(OTHER)))

/// A row or column of a kernel: the polynomial a + b x + c x^2 at each point, over the product of that point's distances
/// from the others.
GENERATION_INLINE void kernel_row(double a, double b, double c, double *t, const int extent) {
    if (extent == 2) {
        t[0] = a;
        t[1] = 0.5 * (a + c) + 0.5 * b;
        t[2] = 0.5 * (a + c) - 0.5 * b;
        t[3] = c;
        return;
    }
    double nearEven = (a + SQUARE(NEAR) * c) * (1 / SCALE(NEAR, FAR)), nearOdd = b * (NEAR / SCALE(NEAR, FAR));
    double farEven = (a + SQUARE(FAR) * c) * (1 / SCALE(FAR, NEAR)), farOdd = b * (FAR / SCALE(FAR, NEAR));
    t[0] = a * (1 / (SQUARE(NEAR) * SQUARE(FAR)));
    t[1] = nearEven + nearOdd;
    t[2] = nearEven - nearOdd;
    t[3] = farEven + farOdd;
    t[4] = farEven - farOdd;
    t[5] = c;
}

/// Input channels whose taps are gathered together: a turned kernel has them side by side.
enum { GATHERED = 16 };

static long fitting(long first, long most, long all) {
    return first >= all ? 0 : all - first < most ? all - first : most;
}

/// One pair's taps of so many input channels, zero where channels only fill up blocks.
GENERATION_INLINE void gather_taps(
    const winograd_kernel *kernel, long input, long first, long lanes, float taps[GATHERED][9][LANES_OF_PAIR]) {
    long outputs = fitting(first, lanes, kernel->isTurned ? kernel->inputs : kernel->outputs);
    long inputs = fitting(input, GATHERED, kernel->isTurned ? kernel->outputs : kernel->inputs);
    if (outputs < lanes || inputs < GATHERED)
        for (long i = 0; i < GATHERED; ++i)
            for (long tap = 0; tap < 9; ++tap)
                for (long lane = 0; lane < lanes; ++lane) taps[i][tap][lane] = 0;
    for (long tap = 0; tap < 9; ++tap) {
        long line = kernel->isTurned ? (8 - tap) * kernel->inputs + first : tap * kernel->inputs + input;
        const float *from = kernel->values + line * kernel->outputs + (kernel->isTurned ? input : first);
        if (kernel->isTurned) {
            for (long lane = 0; lane < outputs; ++lane, from += kernel->outputs)
                for (long i = 0; i < inputs; ++i) taps[i][tap][lane] = from[i];
        } else {
            for (long i = 0; i < inputs; ++i, from += kernel->outputs)
                for (long lane = 0; lane < outputs; ++lane) taps[i][tap][lane] = from[lane];
        }
    }
}

/// One input channel's taps at all points; `step` is from one point to the next.
GENERATION_INLINE void transform_taps(
    float taps[9][LANES_OF_PAIR], float *target, long step, long lanes, const int extent) {
    double half[6][3][LANES_OF_PAIR];
    for (int x = 0; x < 3; ++x)
        for (long lane = 0; lane < lanes; ++lane) {
            double t[6];
            kernel_row(taps[x][lane], taps[3 + x][lane], taps[6 + x][lane], t, extent);
            UNROLLED for (int i = 0; i < extent + 2; ++i) half[i][x][lane] = t[i];
        }
    for (int i = 0; i < extent + 2; ++i, target += (extent + 2) * step)
        for (long lane = 0; lane < lanes; ++lane) {
            double t[6];
            kernel_row(half[i][0][lane], half[i][1][lane], half[i][2][lane], t, extent);
            UNROLLED for (int j = 0; j < extent + 2; ++j) target[j * step + lane] = (float)t[j];
        }
}

FOR_EACH_GENERATION(
    void, winograd_transform_kernel,
    (const winograd_layer *layer, const winograd_kernel *kernel, float *transformed, long pair),
    (layer, kernel, transformed, pair)) {
    long inputs = layer->inputBlocks * layer->block;
    long columns = pair_blocks(layer, pair), step = panel_stride(layer, columns);
    long first = pair * winograd_pair * layer->block, lanes = columns * layer->block;
    for (long input = 0; input < inputs; input += GATHERED) {
        float taps[GATHERED][9][LANES_OF_PAIR];
        gather_taps(kernel, input, first, lanes, taps);
        for (long i = 0; i < GATHERED && input + i < inputs; ++i, transformed += lanes) {
            if (layer->extent == 4) transform_taps(taps[i], transformed, step, lanes, 4);
            else transform_taps(taps[i], transformed, step, lanes, 2);
        }
    }
}

// The rest once for each generation: blocks of 16 channels where vectors hold so many, else of 8.

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("arch=x86-64-v4"))), apply_to = function)
#define LANES 16
#define ROWS 14
#define SUM_ROWS 8
#define SUM_COLUMNS 2
#define NAMED(NAME) NAME##_v4
#include "WinogradTiles.h"
#include "WinogradWeights.h"
#undef LANES
#undef ROWS
#undef SUM_ROWS
#undef SUM_COLUMNS
#undef NAMED
#pragma clang attribute pop

#pragma clang attribute push(__attribute__((target("arch=x86-64-v3"))), apply_to = function)
#define LANES 8
#define ROWS 6
#define SUM_ROWS 4
#define SUM_COLUMNS 3
#define NAMED(NAME) NAME##_v3
#include "WinogradTiles.h"
#include "WinogradWeights.h"
#undef LANES
#undef ROWS
#undef SUM_ROWS
#undef SUM_COLUMNS
#undef NAMED
#pragma clang attribute pop
#endif

#define LANES 8
#define ROWS 2
#define SUM_ROWS 2
#define SUM_COLUMNS 2
#define NAMED(NAME) NAME##_v1
#include "WinogradTiles.h"
#include "WinogradWeights.h"

typedef struct {
    long rows;
    void (*transform)(const winograd_layer *, const float *, float *, long, long, long);
    void (*multiply)(
        const winograd_layer *, const float *, const float *, float *, long, const winograd_chunk *, long, long, long);
    void (*write)(
        const winograd_layer *, const float *, const float *, float *, long, long, const winograd_chunk *, long);
    void (*slope)(const winograd_layer *, const float *, float *, long, long, long);
    void (*accumulate)(
        const winograd_layer *, const float *, const float *, float *, long, const winograd_part *, int);
    void (*weights)(const winograd_layer *, const float *, float *, long, long, const winograd_part *);
} variant;

#define VARIANT(ROWS, GENERATION) \
    { \
        ROWS, transform_input_##GENERATION, multiply_point_##GENERATION, write_output_##GENERATION, \
            transform_slope_##GENERATION, accumulate_##GENERATION, write_weights_##GENERATION \
    }

static const variant *variant_for(long block) {
#if defined(__x86_64__)
    static const variant v4 = VARIANT(14, v4), v3 = VARIANT(6, v3);
    if (block == 16) return processor_generation() >= 4 ? &v4 : NULL;
    if (block == 8 && processor_generation() >= 3) return &v3;
#endif
    static const variant v1 = VARIANT(2, v1);
    return block == 8 ? &v1 : NULL;
}

int winograd_suits(long block) { return variant_for(block) != NULL; }
long winograd_rows(long block) { return variant_for(block)->rows; }

void winograd_transform_input(
    const winograd_layer *layer, const float *input, float *transformed, long first, long tiles, long block) {
    variant_for(layer->block)->transform(layer, input, transformed, first, tiles, block);
}

void winograd_multiply(
    const winograd_layer *layer, const float *transformed, const float *kernel, float *products, long tiles,
    const winograd_chunk *chunk, long point, long begin, long end) {
    variant_for(layer->block)
        ->multiply(layer, transformed, kernel, products, tiles, chunk, point, begin, end);
}

void winograd_write_output(
    const winograd_layer *layer, const float *products, const float *bias, float *output, long first, long tiles,
    const winograd_chunk *chunk, long block) {
    variant_for(layer->block)->write(layer, products, bias, output, first, tiles, chunk, block);
}

long winograd_slope_count(const winograd_layer *layer, long tiles) {
    return winograd_points(layer) * slope_stride(layer, tiles);
}
long winograd_sum_count(const winograd_layer *layer, const winograd_part *part) {
    return winograd_points(layer) * sum_stride(layer, part);
}

void winograd_transform_slope(
    const winograd_layer *layer, const float *slope, float *transformed, long first, long tiles, long block) {
    variant_for(layer->block)->slope(layer, slope, transformed, first, tiles, block);
}

void winograd_accumulate(
    const winograd_layer *layer, const float *inputs, const float *slopes, float *sums, long tiles,
    const winograd_part *part, int isFirst) {
    variant_for(layer->block)->accumulate(layer, inputs, slopes, sums, tiles, part, isFirst);
}

void winograd_write_weights(
    const winograd_layer *layer, const float *sums, float *gradient, long inputs, long outputs,
    const winograd_part *part) {
    variant_for(layer->block)->weights(layer, sums, gradient, inputs, outputs, part);
}
