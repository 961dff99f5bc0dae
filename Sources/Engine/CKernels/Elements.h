/// How kernels are written once for float32 and bfloat16, for each block size and generation of processors.
#pragma once

#include "CKernels.h"
#include "CProcessor.h"

#include <string.h>

// Compiled once for each block size, so that the loop over a block becomes one vector.
#define BLOCKED(B, ...) \
    if (block == 16) { enum { B = 16 }; __VA_ARGS__ } else { enum { B = 8 }; __VA_ARGS__ }

#define INLINE GENERATION_INLINE

typedef uint16_t bfloat16;

INLINE float load_float(float value) { return value; }
INLINE float store_float(float value) { return value; }

INLINE float load_bfloat16(bfloat16 value) {
    uint32_t bits = (uint32_t)value << 16;
    float result;
    memcpy(&result, &bits, 4);
    return result;
}

INLINE bfloat16 store_bfloat16(float value) {
    uint32_t bits;
    memcpy(&bits, &value, 4);
    uint32_t rounded = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
    return value != value ? (bfloat16)(bits >> 16 | 0x40) : (bfloat16)rounded;
}

#define EACH_TYPE(KERNEL) KERNEL(float) KERNEL(bfloat16)
#define PICK_TYPE(name, type, ...) \
    (type == kernel_float32 ? name##_float(__VA_ARGS__) : name##_bfloat16(__VA_ARGS__))
