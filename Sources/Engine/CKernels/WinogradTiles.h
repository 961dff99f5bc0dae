// Winograd's algorithm for one generation of processors: included with LANES, the channels in a block, ROWS, the tiles
// multiplied at once, and NAMED, which gives a name its generation.

typedef float NAMED(Lanes) __attribute__((ext_vector_type(LANES), aligned(4)));
#define Lanes NAMED(Lanes)
#define PART static inline __attribute__((always_inline))
// A function of this generation in its own right, in vectors as wide as they are said to be.
#define WHOLE static __attribute__((noinline, min_vector_width(32 * LANES)))

#define LOAD(PLACE) (*(const Lanes *)(PLACE))
#define STORE(PLACE, VALUES) (*(Lanes *)(PLACE) = (VALUES))

/// Products summed up at a time: sums of sums have smaller errors than one long sum.
enum { NAMED(PIECE) = 128 / LANES };

/// One row or column of an input's tile, `from` places apart, to as many values `to` places apart: the dividend
/// polynomials that leave out one point each.
PART void NAMED(input_row)(const Lanes *d, const int from, Lanes *t, const int to, const int extent) {
    if (extent == 2) {
        t[0] = d[0] - d[2 * from];
        t[to] = d[from] + d[2 * from];
        t[2 * to] = d[2 * from] - d[from];
        t[3 * to] = d[3 * from] - d[from];
        return;
    }
    const float near = NEAR, far = FAR, near2 = SQUARE(NEAR), far2 = SQUARE(FAR);
    Lanes nearEven = d[4 * from] - far2 * d[2 * from], nearOdd = d[3 * from] - far2 * d[from];
    Lanes farEven = d[4 * from] - near2 * d[2 * from], farOdd = d[3 * from] - near2 * d[from];
    t[0] = d[4 * from] - (near2 + far2) * d[2 * from] + near2 * far2 * d[0];
    t[to] = nearEven + near * nearOdd;
    t[2 * to] = nearEven - near * nearOdd;
    t[3 * to] = farEven + far * farOdd;
    t[4 * to] = farEven - far * farOdd;
    t[5 * to] = d[5 * from] - (near2 + far2) * d[3 * from] + near2 * far2 * d[from];
}

/// One row or column of products to `extent` outputs.
PART void NAMED(output_row)(const Lanes *m, const int from, Lanes *y, const int to, const int extent) {
    Lanes nearSum = m[from] + m[2 * from], nearDifference = m[from] - m[2 * from];
    if (extent == 2) {
        y[0] = m[0] + nearSum;
        y[to] = nearDifference + m[3 * from];
        return;
    }
    const float near = NEAR, far = FAR, near2 = SQUARE(NEAR), far2 = SQUARE(FAR);
    Lanes farSum = m[3 * from] + m[4 * from], farDifference = m[3 * from] - m[4 * from];
    y[0] = m[0] + nearSum + farSum;
    y[to] = near * nearDifference + far * farDifference;
    y[2 * to] = near2 * nearSum + far2 * farSum;
    y[3 * to] = near * near2 * nearDifference + far * far2 * farDifference + m[5 * from];
}

/// Where a tile lies: its picture, and its first output.
typedef struct {
    long picture, y, x;
} NAMED(Place);

PART NAMED(Place) NAMED(place)(const winograd_layer *layer, long tile) {
    long across = divided(layer->outputWidth, layer->extent), all = winograd_tiles(layer);
    long inside = tile % all;
    return (NAMED(Place)){tile / all, inside / across * layer->extent, inside % across * layer->extent};
}

PART void NAMED(transform_tiles)(
    const winograd_layer *layer, const float *input, float *transformed, long first, long tiles, long block,
    const int extent) {
    const int count = extent + 2;
    long stride = input_stride(layer, tiles), height = layer->height, width = layer->width;
    transformed += block * tiles * LANES;
    for (long tile = 0; tile < tiles; ++tile, transformed += LANES) {
        NAMED(Place) place = NAMED(place)(layer, first + tile);
        const float *plane = input + (place.picture * layer->inputBlocks + block) * height * width * LANES;
        long top = place.y - layer->top, left = place.x - layer->left;
        // A tile that reaches over the border is copied, with zeros there.
        float copy[36 * LANES];
        const float *corner = plane + (top * width + left) * LANES;
        long line = width * LANES;
        if (top < 0 || left < 0 || top + count > height || left + count > width) {
            for (long i = 0, y = top; i < count; ++i, ++y)
                for (long j = 0, x = left; j < count; ++j, ++x) {
                    int isInside = y >= 0 && y < height && x >= 0 && x < width;
                    STORE(
                        copy + (i * count + j) * LANES,
                        isInside ? LOAD(plane + (y * width + x) * LANES) : (Lanes)0);
                }
            corner = copy;
            line = count * LANES;
        }
        Lanes half[36], all[36];
        UNROLLED for (int i = 0; i < count; ++i) {
            Lanes row[6];
            UNROLLED for (int j = 0; j < count; ++j) row[j] = LOAD(corner + i * line + j * LANES);
            NAMED(input_row)(row, 1, half + i * count, 1, extent);
        }
        UNROLLED for (int j = 0; j < count; ++j) NAMED(input_row)(half + j, count, all + j, count, extent);
        UNROLLED for (int p = 0; p < count * count; ++p) STORE(transformed + p * stride, all[p]);
    }
}

WHOLE void NAMED(transform_input)(
    const winograd_layer *layer, const float *input, float *transformed, long first, long tiles, long block) {
    if (layer->extent == 4) NAMED(transform_tiles)(layer, input, transformed, first, tiles, block, 4);
    else NAMED(transform_tiles)(layer, input, transformed, first, tiles, block, 2);
}

/// The products of `rows` tiles with `columns` blocks of output channels at one point, of `blocks` blocks of input
/// channels: added to those of blocks before, unless they are the first. `step` is from one block of input channels to the
/// next, `width` from one tile's products to the next one's.
PART void NAMED(multiply_block)(
    const float *tiles, const float *kernel, float *products, long blocks, long step, long width, int isFirst,
    const int rows, const int columns) {
    Lanes sums[ROWS][winograd_pair];
    UNROLLED for (int r = 0; r < rows; ++r)
        UNROLLED for (int c = 0; c < columns; ++c) sums[r][c] = 0;
    for (long block = 0; block < blocks; ++block, tiles += step) {
        UNROLLED for (int r = 0; r < rows; r += LINE / LANES) __builtin_prefetch(tiles + (rows + r) * LANES);
        for (long k = 0; k < LANES; ++k, kernel += columns * LANES) {
            UNROLLED for (int c = 0; c < columns * LANES; c += LINE) __builtin_prefetch(kernel + 32 * columns * LANES + c);
            Lanes weights[winograd_pair];
            UNROLLED for (int c = 0; c < columns; ++c) weights[c] = LOAD(kernel + c * LANES);
            UNROLLED for (int r = 0; r < rows; ++r)
                UNROLLED for (int c = 0; c < columns; ++c) sums[r][c] += tiles[r * LANES + k] * weights[c];
        }
    }
    UNROLLED for (int r = 0; r < rows; ++r)
        UNROLLED for (int c = 0; c < columns; ++c) {
            float *place = products + r * width + c * LANES;
            STORE(place, isFirst ? sums[r][c] : LOAD(place) + sums[r][c]);
        }
}

#define CASE(COUNT) \
    case COUNT: NAMED(multiply_block)(tiles, kernel, products, blocks, step, width, isFirst, COUNT, columns); break;
PART void NAMED(multiply_rows)(
    const float *tiles, const float *kernel, float *products, long blocks, long step, long width, int isFirst, long rows,
    const int columns) {
    switch (rows) {
        CASE(1)
        CASE(2)
#if ROWS > 2
        CASE(3)
        CASE(4)
        CASE(5)
        CASE(6)
#endif
#if ROWS > 6
        CASE(7)
        CASE(8)
        CASE(9)
        CASE(10)
        CASE(11)
        CASE(12)
        CASE(13)
        CASE(14)
#endif
    }
}
#undef CASE

WHOLE void NAMED(multiply_pair)(
    const float *tiles, const float *kernel, float *products, long blocks, long step, long width, int isFirst, long rows) {
    NAMED(multiply_rows)(tiles, kernel, products, blocks, step, width, isFirst, rows, 2);
}

WHOLE void NAMED(multiply_single)(
    const float *tiles, const float *kernel, float *products, long blocks, long step, long width, int isFirst, long rows) {
    NAMED(multiply_rows)(tiles, kernel, products, blocks, step, width, isFirst, rows, 1);
}

/// Brings the products of one block of output channels to their places.
PART void NAMED(write_tiles)(
    const winograd_layer *layer, const float *products, const float *bias, float *output, long first, long tiles,
    long block, long stride, long step, const int extent) {
    const int count = extent + 2;
    long height = layer->outputHeight, width = layer->outputWidth;
    Lanes offset = bias ? LOAD(bias + block * LANES) : (Lanes)0;
    Lanes low = layer->isRectified ? 0 : -__builtin_inff();
    for (long tile = 0; tile < tiles; ++tile, products += step) {
        NAMED(Place) place = NAMED(place)(layer, first + tile);
        Lanes values[36], half[24], all[16];
        UNROLLED for (int p = 0; p < count * count; ++p) values[p] = LOAD(products + p * stride);
        UNROLLED for (int i = 0; i < count; ++i)
            NAMED(output_row)(values + i * count, 1, half + i * extent, 1, extent);
        UNROLLED for (int j = 0; j < extent; ++j) NAMED(output_row)(half + j, extent, all + j, extent, extent);
        float *plane = output + (place.picture * layer->outputBlocks + block) * height * width * LANES;
        float *corner = plane + (place.y * width + place.x) * LANES;
        long down = height - place.y < extent ? height - place.y : extent;
        long right = width - place.x < extent ? width - place.x : extent;
#define WRITE(I, J) \
    float *target = corner + ((I) * width + (J)) * LANES; \
    Lanes value = all[(I) * extent + (J)] + offset; \
    if (layer->adds) value += LOAD(target); \
    STORE(target, value < low ? low : value);
        if (down == extent && right == extent) {
            UNROLLED for (int i = 0; i < extent; ++i)
                UNROLLED for (int j = 0; j < extent; ++j) { WRITE(i, j) }
        } else {
            for (long i = 0; i < down; ++i)
                for (long j = 0; j < right; ++j) { WRITE(i, j) }
        }
#undef WRITE
    }
}

/// Tiles of the pair `pair` of blocks at one point: piece after piece of the input channels, whose kernel then stays in the
/// smallest cache for all tiles.
PART void NAMED(multiply_panel)(
    const winograd_layer *layer, const float *source, const float *panel, float *target, long tiles, long width,
    long columns) {
    long pieces = divided(tiles, ROWS), step = tiles * LANES;
    for (long start = 0; start < layer->inputBlocks; start += NAMED(PIECE)) {
        long rest = layer->inputBlocks - start, blocks = rest < NAMED(PIECE) ? rest : NAMED(PIECE);
        // As even as can be: few rows keep the processor less busy.
        for (long piece = 0; piece < pieces; ++piece) {
            long begin = tiles * piece / pieces, rows = tiles * (piece + 1) / pieces - begin;
            const float *from = source + start * step + begin * LANES;
            const float *kernel = panel + start * LANES * columns * LANES;
            if (columns == winograd_pair)
                NAMED(multiply_pair)(from, kernel, target + begin * width, blocks, step, width, start == 0, rows);
            else
                NAMED(multiply_single)(from, kernel, target + begin * width, blocks, step, width, start == 0, rows);
        }
    }
}

WHOLE void NAMED(multiply_point)(
    const winograd_layer *layer, const float *transformed, const float *kernel, float *products, long tiles,
    const winograd_chunk *chunk, long point, long begin, long end) {
    const float *source = transformed + point * input_stride(layer, tiles);
    float *target = products + point * product_stride(layer, tiles, chunk->blocks);
    long start = winograd_kernel_start(layer, chunk->first / winograd_pair);
    for (long block = begin; block < end; block += winograd_pair) {
        long pair = (chunk->first + block) / winograd_pair, columns = pair_blocks(layer, pair);
        const float *panel =
            kernel + winograd_kernel_start(layer, pair) - start + point * panel_stride(layer, columns);
        NAMED(multiply_panel)
        (layer, source, panel, target + block * LANES, tiles, chunk->blocks * LANES, columns);
    }
}

WHOLE void NAMED(write_output)(
    const winograd_layer *layer, const float *products, const float *bias, float *output, long first, long tiles,
    const winograd_chunk *chunk, long block) {
    long stride = product_stride(layer, tiles, chunk->blocks), step = chunk->blocks * LANES;
    products += block * LANES;
    block += chunk->first;
    if (layer->extent == 4)
        NAMED(write_tiles)(layer, products, bias, output, first, tiles, block, stride, step, 4);
    else NAMED(write_tiles)(layer, products, bias, output, first, tiles, block, stride, step, 2);
}
