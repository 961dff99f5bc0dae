// Products of matrices for one generation of processors.

/// The columns of `columns` blocks from `block` on, [depth][column], zeros where there are none.
PART void NAMED(arrange_columns)(
    const product_layer *layer, const float *second, float *arranged, long block, long columns) {
    long depth = layer->depth, whole = blocks_of(depth, LANES) * LANES;
    long width = layer->turnsSecond ? layer->columns : depth, step = layer->secondMatrices * width * LANES;
    Lanes zero = 0;
    if (!layer->turnsSecond) {
        second += block * step;
        for (long k = 0; k < depth; ++k, second += LANES)
            for (long c = 0; c < columns; ++c, arranged += LANES) STORE(arranged, LOAD(second + c * step));
        for (long k = depth; k < whole; ++k)
            for (long c = 0; c < columns; ++c, arranged += LANES) STORE(arranged, zero);
        return;
    }
    long first = block * LANES, count = layer->columns - first;
    if (count > columns * LANES) count = columns * LANES;
    for (long k = 0; k < whole; k += LANES, second += step, arranged += LANES * columns * LANES) {
        for (long n = 0; n < columns * LANES; ++n) {
            float *place = arranged + n;
            if (n >= count) {
                for (long lane = 0; lane < LANES; ++lane) place[lane * columns * LANES] = 0;
                continue;
            }
            const float *pixel = second + (first + n) * LANES;
            for (long lane = 0; lane < LANES; ++lane) place[lane * columns * LANES] = pixel[lane];
        }
    }
}

WHOLE void NAMED(rows)(
    const product_layer *layer, const float *first, const float *second, float *output, float *arranged, long picture,
    long matrix, long group, long start, long end) {
    long blocks = blocks_of(layer->depth, LANES), outBlocks = blocks_of(layer->columns, LANES);
    long block = group * COLUMNS, columns = outBlocks - block;
    if (columns > COLUMNS) columns = COLUMNS;
    long width = layer->turnsSecond ? layer->columns : layer->depth;
    long acrossBlocks = layer->turnsSecond ? blocks : outBlocks;
    long own = layer->firstMatrices == 1 ? 0 : matrix, other = layer->secondMatrices == 1 ? 0 : matrix;
    long step = layer->firstMatrices * layer->rows * LANES, plane = layer->matrices * layer->rows * LANES;
    second += (picture * acrossBlocks * layer->secondMatrices + other) * width * LANES;
    NAMED(arrange_columns)(layer, second, arranged, block, columns);
    first += picture * blocks * step + (own * layer->rows + start) * LANES;
    output += (picture * outBlocks + block) * plane + (matrix * layer->rows + start) * LANES;
    const pixel_function identity = {pixel_clip, -__builtin_inff(), __builtin_inff(), 1};
    NAMED(multiply_row)(
        first, arranged, NULL, output, blocks, step, plane, end - start, 0, &identity, columns);
}
