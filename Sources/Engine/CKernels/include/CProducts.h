/// Products of matrices that activations hold.
///
/// Activations are float32 in blocks of channels, as CKernels.h says: a matrix is a row of pixels, its columns are channels.
#pragma once

typedef struct {
    /// Channels in a block: 8 or 16.
    long block;
    /// Rows of the first matrices, and columns of the second.
    long rows, columns;
    /// What is summed up: columns of the first.
    long depth;
    /// Matrices of a picture's output, of its first input and of its second; either of these may be 1, for all.
    long matrices, firstMatrices, secondMatrices;
    /// Whether rows of the second are columns: it holds [column][depth].
    int turnsSecond;
} product_layer;

/// Floats of the columns of one group that are laid out anew.
long product_count(const product_layer *layer);

/// Computes rows `start..<end` of the `pixel_group` columns of one picture's group of one matrix.
///
/// `arranged` is memory of the caller's. A value depends on its row and its column, and on nothing else.
void product_rows(
    const product_layer *layer, const float *first, const float *second, float *output, float *arranged, long picture,
    long matrix, long group, long start, long end);
