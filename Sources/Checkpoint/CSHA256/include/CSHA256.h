#pragma once

#include <stddef.h>
#include <stdint.h>

/// Takes `count` blocks of 64 bytes into a SHA-256 state, with the processor's own instructions where it has them.
void csha256_blocks(uint32_t state[8], const uint8_t *bytes, size_t count);

/// The same without those instructions, for comparison.
void csha256_blocks_portable(uint32_t state[8], const uint8_t *bytes, size_t count);
