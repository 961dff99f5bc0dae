// The gradient of a kernel by Winograd's algorithm, for one generation of processors: included behind WinogradTiles.h,
// with SUM_ROWS, the input channels whose sums are held at once, and SUM_COLUMNS, the blocks of output channels.
//
// A tile of the slope, `extent` by `extent`, takes the part of a kernel, and the three by three weights that of outputs:
// the input's tiles are transformed as they are for the outputs, and the points' products summed up over all tiles.

/// One row or column of a slope's tile as a polynomial at the points, but for the scale that ``weights_row`` brings in.
PART void NAMED(slope_row)(const Lanes *g, const int from, Lanes *t, const int to, const int extent) {
    if (extent == 2) {
        t[0] = g[0];
        t[to] = g[0] + g[from];
        t[2 * to] = g[0] - g[from];
        t[3 * to] = g[from];
        return;
    }
    const float near = NEAR, far = FAR, near2 = SQUARE(NEAR), far2 = SQUARE(FAR);
    Lanes nearEven = g[0] + near2 * g[2 * from], nearOdd = near * g[from] + near * near2 * g[3 * from];
    Lanes farEven = g[0] + far2 * g[2 * from], farOdd = far * g[from] + far * far2 * g[3 * from];
    t[0] = g[0];
    t[to] = nearEven + nearOdd;
    t[2 * to] = nearEven - nearOdd;
    t[3 * to] = farEven + farOdd;
    t[4 * to] = farEven - farOdd;
    t[5 * to] = g[3 * from];
}

/// One row or column of sums to three weights.
PART void NAMED(weights_row)(const Lanes *m, const int from, Lanes *y, const int to, const int extent) {
    if (extent == 2) {
        Lanes half = 0.5f * (m[from] + m[2 * from]);
        y[0] = m[0] + half;
        y[to] = 0.5f * (m[from] - m[2 * from]);
        y[2 * to] = half + m[3 * from];
        return;
    }
    const float zero = 1 / (SQUARE(NEAR) * SQUARE(FAR)), near = 1 / SCALE(NEAR, FAR), far = 1 / SCALE(FAR, NEAR);
    Lanes nearSum = near * (m[from] + m[2 * from]), nearDifference = near * (m[from] - m[2 * from]);
    Lanes farSum = far * (m[3 * from] + m[4 * from]), farDifference = far * (m[3 * from] - m[4 * from]);
    y[0] = zero * m[0] + nearSum + farSum;
    y[to] = (float)NEAR * nearDifference + (float)FAR * farDifference;
    y[2 * to] = (float)SQUARE(NEAR) * nearSum + (float)SQUARE(FAR) * farSum + m[5 * from];
}

PART void NAMED(slope_tiles)(
    const winograd_layer *layer, const float *slope, float *transformed, long first, long tiles, long block,
    const int extent) {
    const int count = extent + 2;
    long stride = slope_stride(layer, tiles), height = layer->outputHeight, width = layer->outputWidth;
    transformed += block * tiles * LANES;
    for (long tile = 0; tile < tiles; ++tile, transformed += LANES) {
        NAMED(Place) place = NAMED(place)(layer, first + tile);
        const float *plane = slope + (place.picture * layer->outputBlocks + block) * height * width * LANES;
        const float *corner = plane + (place.y * width + place.x) * LANES;
        long down = height - place.y, right = width - place.x;
        Lanes values[16], half[24], all[36];
        if (down >= extent && right >= extent) {
            UNROLLED for (int i = 0; i < extent; ++i)
                UNROLLED for (int j = 0; j < extent; ++j)
                    values[i * extent + j] = LOAD(corner + (i * width + j) * LANES);
        } else {
            UNROLLED for (int i = 0; i < extent; ++i)
                UNROLLED for (int j = 0; j < extent; ++j)
                    values[i * extent + j] =
                        i < down && j < right ? LOAD(corner + (i * width + j) * LANES) : (Lanes)0;
        }
        UNROLLED for (int i = 0; i < extent; ++i)
            NAMED(slope_row)(values + i * extent, 1, half + i * count, 1, extent);
        UNROLLED for (int j = 0; j < count; ++j) NAMED(slope_row)(half + j, count, all + j, count, extent);
        UNROLLED for (int p = 0; p < count * count; ++p) STORE(transformed + p * stride, all[p]);
    }
}

WHOLE void NAMED(transform_slope)(
    const winograd_layer *layer, const float *slope, float *transformed, long first, long tiles, long block) {
    if (layer->extent == 4) NAMED(slope_tiles)(layer, slope, transformed, first, tiles, block, 4);
    else NAMED(slope_tiles)(layer, slope, transformed, first, tiles, block, 2);
}

/// The products of SUM_ROWS input channels with `columns` blocks of output channels, summed up over the tiles. `step` is
/// from one block of output channels to the next, `width` from one input channel's sums to the next one's.
PART void NAMED(sum_block)(
    const float *inputs, const float *slopes, float *products, long tiles, long step, long width, int isFirst,
    const int columns) {
    Lanes sums[SUM_ROWS][SUM_COLUMNS];
    UNROLLED for (int r = 0; r < SUM_ROWS; ++r)
        UNROLLED for (int c = 0; c < columns; ++c) {
            sums[r][c] = 0;
            __builtin_prefetch(products + r * width + c * LANES, 1);
        }
    for (long tile = 0; tile < tiles; ++tile, inputs += LANES, slopes += LANES) {
        Lanes slope[SUM_COLUMNS];
        UNROLLED for (int c = 0; c < columns; ++c) slope[c] = LOAD(slopes + c * step);
        UNROLLED for (int r = 0; r < SUM_ROWS; ++r)
            UNROLLED for (int c = 0; c < columns; ++c) sums[r][c] += inputs[r] * slope[c];
    }
    UNROLLED for (int r = 0; r < SUM_ROWS; ++r)
        UNROLLED for (int c = 0; c < columns; ++c) {
            float *place = products + r * width + c * LANES;
            STORE(place, isFirst ? sums[r][c] : LOAD(place) + sums[r][c]);
        }
}

#define CASE(COUNT) \
    case COUNT: NAMED(sum_block)(inputs, slopes, products, tiles, step, width, isFirst, COUNT); break;
WHOLE void NAMED(sum_columns)(
    const float *inputs, const float *slopes, float *products, long tiles, long step, long width, int isFirst,
    long columns) {
    switch (columns) {
        CASE(1)
        CASE(2)
#if SUM_COLUMNS > 2
        CASE(3)
#endif
    }
}
#undef CASE

WHOLE void NAMED(accumulate)(
    const winograd_layer *layer, const float *inputs, const float *slopes, float *sums, long tiles,
    const winograd_part *part, int isFirst) {
    long inputStride = input_stride(layer, tiles), slopeStride = slope_stride(layer, tiles);
    long stride = sum_stride(layer, part), width = part->outputBlocks * LANES, step = tiles * LANES;
    for (long point = 0; point < winograd_points(layer); ++point)
        for (long block = 0; block < part->outputBlocks; block += SUM_COLUMNS) {
            long rest = part->outputBlocks - block, columns = rest < SUM_COLUMNS ? rest : SUM_COLUMNS;
            const float *slope = slopes + point * slopeStride + (part->firstOutput + block) * step;
            for (long input = 0; input < part->inputBlocks * LANES; input += SUM_ROWS)
                NAMED(sum_columns)(
                    inputs + point * inputStride + (part->firstInput + input / LANES) * step + input % LANES,
                    slope, sums + point * stride + input * width + block * LANES, tiles, step, width, isFirst,
                    columns);
        }
}

PART void NAMED(weights_part)(
    const winograd_layer *layer, const float *sums, float *gradient, long inputs, long outputs,
    const winograd_part *part, const int extent) {
    const int count = extent + 2;
    long stride = sum_stride(layer, part), width = part->outputBlocks * LANES;
    for (long row = 0; row < part->inputBlocks * LANES; ++row) {
        long input = part->firstInput * LANES + row;
        if (input >= inputs) break;
        for (long block = 0; block < part->outputBlocks; ++block) {
            long output = (part->firstOutput + block) * LANES;
            const float *source = sums + row * width + block * LANES;
            Lanes values[36], half[18], all[9];
            UNROLLED for (int p = 0; p < count * count; ++p) values[p] = LOAD(source + p * stride);
            UNROLLED for (int i = 0; i < count; ++i)
                NAMED(weights_row)(values + i * count, 1, half + i * 3, 1, extent);
            UNROLLED for (int j = 0; j < 3; ++j) NAMED(weights_row)(half + j, 3, all + j, 3, extent);
            long lanes = outputs - output < LANES ? outputs - output : LANES;
            for (int tap = 0; tap < 9; ++tap) {
                float *target = gradient + (tap * inputs + input) * outputs + output;
                if (lanes == LANES) STORE(target, all[tap]);
                else
                    for (long lane = 0; lane < lanes; ++lane) target[lane] = all[tap][lane];
            }
        }
    }
}

WHOLE void NAMED(write_weights)(
    const winograd_layer *layer, const float *sums, float *gradient, long inputs, long outputs,
    const winograd_part *part) {
    if (layer->extent == 4) NAMED(weights_part)(layer, sums, gradient, inputs, outputs, part, 4);
    else NAMED(weights_part)(layer, sums, gradient, inputs, outputs, part, 2);
}

#undef Lanes
#undef PART
#undef WHOLE
#undef LOAD
#undef STORE
