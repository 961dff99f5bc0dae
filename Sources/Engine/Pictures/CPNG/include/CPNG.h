#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// A PNG file being read.
///
/// It lives behind C because libpng reports errors by longjmp, which must not cross Swift frames.
typedef struct CPNGReader CPNGReader;

/// A reader, or NULL where memory is lacking.
CPNGReader *cpng_create(void);

/// Frees the reader and everything in it.
void cpng_destroy(CPNGReader *reader);

/// Reads everything up to the pixels. The bytes must outlive the reading of the rows.
bool cpng_open(CPNGReader *reader, const uint8_t *bytes, size_t count, uint32_t *width, uint32_t *height);

/// Decodes all rows to 8-bit RGB, one every `stride` bytes, and reads the file to its last chunk.
bool cpng_read(CPNGReader *reader, uint8_t *pixels, size_t stride);

/// Why the last call failed.
const char *cpng_message(const CPNGReader *reader);

/// How many bytes of the file had been taken in when the last call failed.
size_t cpng_offset(const CPNGReader *reader);

/// Compresses `height` rows of `width` RGB pixels, side by side, to a PNG file.
///
/// On success `*bytes` is to be given to `cpng_free`; on failure `message` of `message_size` bytes says why.
bool cpng_write(const uint8_t *pixels, uint32_t width, uint32_t height, bool is_small, uint8_t **bytes, size_t *count,
                char *message, size_t message_size);

/// Frees what it has made.
void cpng_free(uint8_t *bytes);
