// Depthwise convolutions for one generation of processors.

/// `pixels` neighbours of a row of outputs from the lines of a window.
PART void NAMED(slide_pixels)(
    const float *const *lines, const float *const *weights, long count, long columns, long channels, long place,
    const long stride, Lanes bias, float *output, const pixel_function *function, const int pixels) {
    Lanes sums[SLIDING];
    UNROLLED for (int p = 0; p < pixels; ++p) sums[p] = 0;
    for (long i = 0; i < count; ++i) {
        const float *line = lines[i] + place * stride * LANES, *kernel = weights[i];
        for (long j = 0; j < columns; ++j, line += LANES, kernel += channels) {
            Lanes weight = LOAD(kernel);
            UNROLLED for (int p = 0; p < pixels; ++p) sums[p] += LOAD(line + p * stride * LANES) * weight;
        }
    }
    UNROLLED for (int p = 0; p < pixels; ++p)
        STORE(output + p * LANES, NAMED(clipped)(sums[p] + bias, function));
}

PART void NAMED(slide_row)(
    const depthwise_layer *layer, const float *const *lines, const float *const *weights, long count, long channels,
    Lanes bias, float *output, const long stride) {
    long columns = layer->windowWidth;
    const pixel_function *function = &layer->function;
#define CASE(PIXELS) \
    case PIXELS: \
        NAMED(slide_pixels)(lines, weights, count, columns, channels, start, stride, bias, output + start * LANES, \
            function, PIXELS); \
        break;
    EVEN_PIECES(layer->outputWidth, SLIDING)
#undef CASE
    NAMED(finish)(output, layer->outputWidth, function);
}

/// Makes one row of what the window slides over, in each of some blocks' rings.
PART void NAMED(prepare_row)(
    const depthwise_layer *layer, const float *input, const float *matrix, const float *bias, float *line, long ring,
    long width, long columns) {
    long step = layer->height * layer->width * LANES;
    if (layer->preparation == depthwise_expanded) {
        NAMED(multiply_row)(
            input, matrix, bias, line, layer->inputBlocks, step, ring, width, 0, &layer->expandedFunction, columns);
        return;
    }
    Lanes low = layer->preparation == depthwise_rectified ? 0 : -__builtin_inff();
    for (long c = 0; c < columns; ++c, input += step, line += ring)
        for (long i = 0; i < width * LANES; i += LANES) {
            Lanes value = LOAD(input + i);
            STORE(line + i, value < low ? low : value);
        }
}

WHOLE void NAMED(rows)(
    const depthwise_layer *layer, const float *input, const float *matrix, const float *matrixBias, const float *kernel,
    const float *bias, float *output, float *rings, long picture, long group, long first, long end) {
    long block = group * COLUMNS, columns = layer->outputBlocks - block;
    if (columns > COLUMNS) columns = COLUMNS;
    long area = layer->height * layer->width, length = ring_width(layer) * LANES;
    long ring = layer->windowHeight * length, channels = layer->outputBlocks * LANES;
    input += picture * layer->inputBlocks * area * LANES;
    if (layer->preparation != depthwise_expanded) input += block * area * LANES;
    if (matrix) matrix += block * layer->inputBlocks * LANES * LANES;
    if (matrixBias) matrixBias += block * LANES;
    if (bias) bias += block * LANES;
    kernel += block * LANES;
    long plane = layer->outputHeight * layer->outputWidth * LANES;
    output += (picture * layer->outputBlocks + block) * plane + first * layer->outputWidth * LANES;
    // Columns on the left and on the right stay zero.
    Lanes zero = 0;
    for (long i = 0; i < columns * ring; i += LANES) STORE(rings + i, zero);
    long width = ring_width(layer) - layer->left;
    if (width > layer->width) width = layer->width;
    const float *lines[depthwise_largest_window], *weights[depthwise_largest_window];
    for (long row = first, ready = 0; row < end; ++row, output += layer->outputWidth * LANES) {
        long top = row * layer->strideHeight - layer->top;
        long from = top < 0 ? 0 : top;
        long to = top + layer->windowHeight < layer->height ? top + layer->windowHeight : layer->height;
        if (ready < from) ready = from;
        for (; ready < to && width > 0; ++ready)
            NAMED(prepare_row)(
                layer, input + ready * layer->width * LANES, matrix, matrixBias,
                rings + ready % layer->windowHeight * length + layer->left * LANES, ring, width, columns);
        for (long c = 0; c < columns; ++c) {
            long count = 0;
            for (long y = from; y < to; ++y, ++count) {
                lines[count] = rings + c * ring + y % layer->windowHeight * length;
                weights[count] = kernel + (y - top) * layer->windowWidth * channels + c * LANES;
            }
            Lanes offset = bias ? LOAD(bias + c * LANES) : zero;
            float *target = output + c * plane;
            switch (layer->strideWidth) {
            case 1: NAMED(slide_row)(layer, lines, weights, count, channels, offset, target, 1); break;
            case 2: NAMED(slide_row)(layer, lines, weights, count, channels, offset, target, 2); break;
            default:
                NAMED(slide_row)(layer, lines, weights, count, channels, offset, target, layer->strideWidth);
            }
        }
    }
}
