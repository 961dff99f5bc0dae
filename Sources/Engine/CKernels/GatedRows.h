// Convolutions 1x1 of gated channels for one generation of processors.

WHOLE void NAMED(pixels)(
    const gated_layer *layer, const float *input, const float *gates, const float *matrix, const float *bias,
    float *output, float *gated, long picture, long group, long first, long end) {
    long block = group * COLUMNS, columns = layer->outputBlocks - block;
    if (columns > COLUMNS) columns = COLUMNS;
    long step = layer->area * LANES, depth = layer->inputBlocks * LANES;
    gates += picture * layer->inputChannels;
    matrix += block * depth * LANES;
    for (long k = 0; k < depth; ++k) {
        Lanes gate = k < layer->inputChannels ? gates[k] : 0;
        for (long c = 0; c < columns; ++c, matrix += LANES)
            STORE(gated + (k * columns + c) * LANES, LOAD(matrix) * gate);
    }
    if (bias) bias += block * LANES;
    input += picture * layer->inputBlocks * step + first * LANES;
    output += (picture * layer->outputBlocks + block) * step + first * LANES;
    if (layer->adds)
        NAMED(multiply_row)(
            input, gated, bias, output, layer->inputBlocks, step, step, end - first, 1, &layer->function, columns);
    else
        NAMED(multiply_row)(
            input, gated, bias, output, layer->inputBlocks, step, step, end - first, 0, &layer->function, columns);
}
