/// CRC-32C (Castagnoli), not masked.
#pragma once

#include <stddef.h>
#include <stdint.h>

/// The checksum of bytes that follow those with the checksum `crc`; 0 to begin.
uint32_t crc32c_extend(uint32_t crc, const void *bytes, size_t count);

/// The same without the processor's instruction.
uint32_t crc32c_extend_portable(uint32_t crc, const void *bytes, size_t count);
