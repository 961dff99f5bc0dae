#include "CWinograd.h"
#include "CProcessor.h"

#include <stddef.h>

// The points at which tiles are evaluated as polynomials, beside 0 and infinity: these, and their negatives. For tiles
// of 4x4 the errors are less than half of those of the usual 1 and 2. The constants are exact in float32.
#define NEAR 0.625
#define FAR 1.5

/// Floats between what belongs to two points and would else be a power of two apart, which caches are bad at.
enum { GAP = 16 };

#define UNROLLED _Pragma("clang loop unroll(full)")

/// Output channels in a pair of blocks, at most.
enum { LANES_OF_PAIR = 16 * winograd_pair };

static long edge(const winograd_layer *layer) { return layer->extent + 2; }
static long points(const winograd_layer *layer) { return edge(layer) * edge(layer); }
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

long winograd_tiles(const winograd_layer *layer) {
    return divided(layer->outputHeight, layer->extent) * divided(layer->outputWidth, layer->extent);
}
long winograd_kernel_count(const winograd_layer *layer) {
    return points(layer) * layer->inputBlocks * layer->outputBlocks * layer->block * layer->block;
}
long winograd_input_count(const winograd_layer *layer, long tiles) {
    return points(layer) * input_stride(layer, tiles);
}
long winograd_product_count(const winograd_layer *layer, long tiles, long blocks) {
    return points(layer) * product_stride(layer, tiles, blocks);
}

long winograd_kernel_start(const winograd_layer *layer, long pair) {
    return pair * winograd_pair * points(layer) * layer->inputBlocks * layer->block * layer->block;
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

/// One pair's taps of an input channel, zero where channels only fill up blocks.
GENERATION_INLINE void gather_taps(
    const winograd_kernel *kernel, long input, long first, long lanes, float taps[9][LANES_OF_PAIR]) {
    long inputs = kernel->isTurned ? kernel->outputs : kernel->inputs;
    long outputs = kernel->isTurned ? kernel->inputs : kernel->outputs;
    long count = input >= inputs || first >= outputs ? 0 : outputs - first < lanes ? outputs - first : lanes;
    for (long tap = 0; tap < 9; ++tap) {
        if (kernel->isTurned) {
            const float *from =
                kernel->values + ((8 - tap) * kernel->inputs + first) * kernel->outputs + input;
            for (long lane = 0; lane < count; ++lane) taps[tap][lane] = from[lane * kernel->outputs];
        } else {
            const float *from = kernel->values + (tap * kernel->inputs + input) * kernel->outputs + first;
            for (long lane = 0; lane < count; ++lane) taps[tap][lane] = from[lane];
        }
        for (long lane = count; lane < lanes; ++lane) taps[tap][lane] = 0;
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
    long first = pair * winograd_pair * layer->block, lanes = pair_blocks(layer, pair) * layer->block;
    for (long input = 0; input < inputs; ++input, transformed += lanes) {
        float taps[9][LANES_OF_PAIR];
        gather_taps(kernel, input, first, lanes, taps);
        if (layer->extent == 4) transform_taps(taps, transformed, inputs * lanes, lanes, 4);
        else transform_taps(taps, transformed, inputs * lanes, lanes, 2);
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
        const winograd_layer *, const float *, const float *, const float *, float *, float *, long, long, long, long);
    void (*slope)(const winograd_layer *, const float *, float *, long, long, long);
    void (*accumulate)(
        const winograd_layer *, const float *, const float *, float *, long, const winograd_part *, int);
    void (*weights)(const winograd_layer *, const float *, float *, long, long, const winograd_part *);
} variant;

#define VARIANT(ROWS, GENERATION) \
    { \
        ROWS, transform_input_##GENERATION, multiply_##GENERATION, transform_slope_##GENERATION, \
            accumulate_##GENERATION, write_weights_##GENERATION \
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
    const winograd_layer *layer, const float *transformed, const float *kernel, const float *bias, float *products,
    float *output, long first, long tiles, long firstBlock, long blocks) {
    variant_for(layer->block)
        ->multiply(layer, transformed, kernel, bias, products, output, first, tiles, firstBlock, blocks);
}

long winograd_slope_count(const winograd_layer *layer, long tiles) {
    return points(layer) * slope_stride(layer, tiles);
}
long winograd_sum_count(const winograd_layer *layer, const winograd_part *part) {
    return points(layer) * sum_stride(layer, part);
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
