// Products of pixels with matrices, for one generation of processors: included with LANES, the channels in a block, ROWS,
// the pixels whose sums for a group of outputs are kept in registers, SLIDING, those whose sums for one block are, and
// NAMED, which gives a name its generation.

typedef float NAMED(Lanes) __attribute__((ext_vector_type(LANES), aligned(4)));
typedef int NAMED(Integers) __attribute__((ext_vector_type(LANES), aligned(4)));
#define COLUMNS (pixel_group / LANES)
#define Lanes NAMED(Lanes)
#define Integers NAMED(Integers)
#define PART static inline __attribute__((always_inline))
// A function of this generation in its own right, in vectors as wide as they are said to be.
#define WHOLE static __attribute__((noinline, min_vector_width(32 * LANES)))

#define LOAD(PLACE) (*(const Lanes *)(PLACE))
#define STORE(PLACE, VALUES) (*(Lanes *)(PLACE) = (VALUES))

/// Blocks of input channels summed up at a time: sums of sums have smaller errors than one long sum.
enum { NAMED(PIECE) = 128 / LANES };

PART Lanes NAMED(clipped)(Lanes value, const pixel_function *function) {
    Lanes low = function->low, high = function->high;
    value = value < low ? low : value;
    return value > high ? high : value;
}

/// exp(x), to two units in the last place, of values between -87 and 88; others become one of these.
PART Lanes NAMED(exponential)(Lanes x) {
    Lanes low = -87, high = 88;
    x = x < low ? low : x;
    x = x > high ? high : x;
    // Added to a number and taken away, it leaves the nearest integer, and its bits end in that.
    const float rounding = 12582912;
    Lanes shifted = x * 1.44269504f + rounding;
    Lanes whole = shifted - rounding;
    // ln 2 in two parts, of which the first has zeros at its end.
    Lanes rest = x - whole * 0.693359375f;
    rest = rest + whole * 2.12194440e-4f;
    // The polynomial of the least relative error between -ln 2 / 2 and ln 2 / 2: 2e-9.
    Lanes sum = rest * 0x1.6ae0dep-10f + 0x1.126e4cp-7f;
    sum = sum * rest + 0x1.555840p-5f;
    sum = sum * rest + 0x1.55540cp-3f;
    sum = sum * rest + 0x1.fffffcp-2f;
    sum = sum * rest + 1.0f;
    sum = sum * rest + 1.0f;
    return (Lanes)((Integers)sum + ((Integers)shifted << 23));
}

/// Applies what is more than clipping to `count` blocks of values in their place.
PART void NAMED(finish)(float *values, long count, const pixel_function *function) {
    Lanes slope = -function->slope;
    switch (function->kind) {
    case pixel_clip: break;
    case pixel_swish:
        for (long i = 0; i < count; ++i, values += LANES) {
            Lanes value = LOAD(values);
            STORE(values, value / (1 + NAMED(exponential)(value * slope)));
        }
        break;
    case pixel_hard_swish:
        for (long i = 0; i < count; ++i, values += LANES) {
            Lanes value = LOAD(values), gate = value + 3, zero = 0, six = 6;
            gate = gate < zero ? zero : gate;
            gate = gate > six ? six : gate;
            STORE(values, value * gate * (1 / 6.0f));
        }
        break;
    }
}

/// `pixels` neighbours times the columns of `columns` blocks of outputs. `step` is from one block of input channels to the
/// next, `plane` from one block of outputs to the next.
PART void NAMED(multiply_pixels)(
    const float *input, const float *matrix, const float *bias, float *output, long blocks, long step, long plane,
    const int adds, const pixel_function *function, const int pixels, const int columns) {
    float earlier[ROWS * COLUMNS * LANES];
    for (long start = 0; start < blocks; start += NAMED(PIECE)) {
        long end = start + NAMED(PIECE) < blocks ? start + NAMED(PIECE) : blocks;
        Lanes sums[ROWS][COLUMNS];
        UNROLLED for (int p = 0; p < pixels; ++p)
            UNROLLED for (int c = 0; c < columns; ++c) sums[p][c] = 0;
        for (long block = start; block < end; ++block, input += step)
            for (long k = 0; k < LANES; ++k, matrix += columns * LANES) {
                Lanes weights[COLUMNS];
                UNROLLED for (int c = 0; c < columns; ++c) weights[c] = LOAD(matrix + c * LANES);
                UNROLLED for (int p = 0; p < pixels; ++p)
                    UNROLLED for (int c = 0; c < columns; ++c) sums[p][c] += input[p * LANES + k] * weights[c];
            }
        UNROLLED for (int c = 0; c < columns; ++c)
            UNROLLED for (int p = 0; p < pixels; ++p) {
                float *partial = earlier + (p * COLUMNS + c) * LANES, *place = output + c * plane + p * LANES;
                Lanes sum = start ? LOAD(partial) + sums[p][c] : sums[p][c];
                if (end < blocks) {
                    STORE(partial, sum);
                    continue;
                }
                if (bias) sum += LOAD(bias + c * LANES);
                if (adds) sum += LOAD(place);
                STORE(place, NAMED(clipped)(sum, function));
            }
    }
}

// As even pieces as can be: few pixels keep the processor less busy.
#define EVEN_PIECES(COUNT, MOST) PIECES(COUNT, MOST)
#define PIECES(COUNT, MOST) \
    long pieces = ((COUNT) + (MOST)-1) / (MOST); \
    for (long piece = 0, start = 0, next; piece < pieces; ++piece, start = next) { \
        next = (COUNT) * (piece + 1) / pieces; \
        switch (next - start) { CASES_##MOST } \
    }

/// `count` neighbours times the columns of blocks of outputs, brought to the function's values; added to what lies at their
/// places if it `adds`.
PART void NAMED(multiply_row)(
    const float *input, const float *matrix, const float *bias, float *output, long blocks, long step, long plane,
    long count, const int adds, const pixel_function *function, long columns) {
#define CASE(PIXELS) \
    case PIXELS: \
        NAMED(multiply_pixels)(input + start * LANES, matrix, bias, output + start * LANES, blocks, step, plane, adds, \
            function, PIXELS, COLUMNS); \
        break;
    if (columns == COLUMNS) { EVEN_PIECES(count, ROWS) }
#undef CASE
#if LANES < 16
#define CASE(PIXELS) \
    case PIXELS: \
        NAMED(multiply_pixels)(input + start * LANES, matrix, bias, output + start * LANES, blocks, step, plane, adds, \
            function, PIXELS, 1); \
        break;
    else { EVEN_PIECES(count, ROWS) }
#undef CASE
#endif
    for (long c = 0; c < columns; ++c) NAMED(finish)(output + c * plane, count, function);
}
