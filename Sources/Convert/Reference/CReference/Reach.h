#pragma once

/// The cells of a window that lie inside, along one axis.
typedef struct {
    long first, end;
} reach;

/// Those of `window` cells, `dilation` apart from `start` on, that lie within `extent`: a file may state a window of any size.
static inline reach reach_inside(long start, long dilation, long window, long extent) {
    long first = start < 0 ? (-start + dilation - 1) / dilation : 0;
    long end = extent > start ? (extent - start + dilation - 1) / dilation : 0;
    return (reach){first, end < window ? end : window};
}
