/// What kernels have in common that multiply pixels, each for itself, with a matrix.
#pragma once

typedef enum {
    /// Nothing more than `low` and `high` say.
    pixel_clip,
    /// x / (1 + exp(-slope * x)).
    pixel_swish,
    /// x * min(max(x + 3, 0), 6) / 6.
    pixel_hard_swish,
} pixel_function_kind;

/// What becomes of a value at last; zero becomes zero.
typedef struct {
    pixel_function_kind kind;
    /// Values are brought between these first; they may be infinite.
    float low, high;
    float slope;
} pixel_function;

/// Output channels that are multiplied together: a group. The last of a layer may have fewer.
///
/// Where vectors hold so many, there are registers for many pixels' sums; else each pixel is read for two blocks.
enum { pixel_group = 16 };

/// Arranges a matrix [input][output] of whole blocks as products want it: the columns of each group of outputs together.
void pixel_arrange(const float *matrix, float *arranged, long inputs, long outputs);
