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

#if DNNL_VERSION_MAJOR == 2 && DNNL_VERSION_MINOR >= 6
#include "version2.h"
#elif DNNL_VERSION_MAJOR == 3
#include "version3.h"
#else
#error "Reassemble is built with oneDNN 2.6 or later of version 2, or with version 3"
#endif
