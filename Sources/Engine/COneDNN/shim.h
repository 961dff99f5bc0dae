// What the engine asks of oneDNN, one interface for the library's versions 2.6 and 3: operations without descriptors of
// their own, as 3 has them, and layouts behind a pointer. The version is the one of the headers that this is built with.
#pragma once

#include <oneapi/dnnl/dnnl.h>
#include <oneapi/dnnl/dnnl_version.h>
#include <stdint.h>

/// Shape, element type and layout of a piece of memory, which its owner frees.
struct onednn_layout;

/// An extent for each spatial axis of a window that moves over pictures.
struct onednn_window {
    dnnl_dim_t size[2];
    dnnl_dim_t stride[2];
    /// Cells left out between two of the window's.
    dnnl_dim_t gap[2];
    dnnl_dim_t before[2];
    dnnl_dim_t after[2];
};

/// What a layout's words are, at most: see onednn_layout_words.
enum { ONEDNN_LAYOUT_WORDS = 6 + 5 * DNNL_MAX_NDIMS + 64 };

/// A layout as the library takes it.
#if DNNL_VERSION_MAJOR == 2 && DNNL_VERSION_MINOR >= 6
typedef const dnnl_memory_desc_t *onednn_raw_layout;
#elif DNNL_VERSION_MAJOR == 3
typedef const_dnnl_memory_desc_t onednn_raw_layout;
#else
#error "Reassemble is built with oneDNN 2.6 or later of version 2, or with version 3"
#endif

// MARK: What is the same in both

static inline onednn_raw_layout onednn_raw(const struct onednn_layout *layout) {
    return (onednn_raw_layout)layout;
}

static inline size_t onednn_layout_size(const struct onednn_layout *layout) {
    return dnnl_memory_desc_get_size(onednn_raw(layout));
}

static inline int onednn_layout_equal(
    const struct onednn_layout *first, const struct onednn_layout *second) {
    return dnnl_memory_desc_equal(onednn_raw(first), onednn_raw(second));
}

static inline dnnl_status_t onednn_memory(
    dnnl_memory_t *result, const struct onednn_layout *layout, dnnl_engine_t engine, void *bytes) {
    return dnnl_memory_create(result, onednn_raw(layout), engine, bytes);
}

static inline dnnl_status_t onednn_copy(
    dnnl_primitive_desc_t *result, dnnl_engine_t engine, const struct onednn_layout *from,
    const struct onednn_layout *to) {
    return dnnl_reorder_primitive_desc_create(
        result, onednn_raw(from), engine, onednn_raw(to), engine, NULL);
}

#if DNNL_VERSION_MAJOR == 2
#include "version2.h"
#else
#include "version3.h"
#endif
