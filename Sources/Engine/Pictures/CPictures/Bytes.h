#pragma once

#include <stdint.h>

#include "Processors.h"

/// A value of 0...1, cut to that, as a byte: rounded towards zero.
GENERATION_INLINE uint8_t byte_of(double value) {
    value = value < 0.0 ? 0.0 : value;
    value = value > 1.0 ? 1.0 : value;
    return (uint8_t)(int32_t)(value * 255.0);
}

/// The same in float32, where what is no number becomes 0.
GENERATION_INLINE uint8_t byte_of_float(float value) {
    value = value > 0.0f ? value : 0.0f;
    value = value > 1.0f ? 1.0f : value;
    return (uint8_t)(int32_t)(value * 255.0f);
}
