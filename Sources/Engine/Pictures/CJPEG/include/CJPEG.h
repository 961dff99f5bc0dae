#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// A reusable libjpeg decompressor.
///
/// It lives behind C because libjpeg reports errors by longjmp, which must not cross Swift frames.
typedef struct CJPEGDecoder CJPEGDecoder;

/// A rectangle of pixels.
typedef struct {
    uint32_t x, y, width, height;
} CJPEGWindow;

/// How the columns beside a window are treated.
typedef enum {
    /// As in a decoded whole: the chosen pixels equal those of the whole picture, and the stream is read to its end.
    CJPEGEdgesOfWhole,
    /// As the edges of a picture of its own, and nothing below the window is read (libjpeg's cropping as it is).
    CJPEGEdgesOfWindow,
} CJPEGEdges;

/// A decoder, or NULL where memory is lacking.
CJPEGDecoder *cjpeg_create(void);

/// Frees the decoder and everything in it.
void cjpeg_destroy(CJPEGDecoder *decoder);

/// Reads everything up to the first scan. The bytes must outlive the reading of the rows.
bool cjpeg_open(CJPEGDecoder *decoder, const uint8_t *bytes, size_t count, uint32_t *width, uint32_t *height,
                uint32_t *components);

/// Gets ready to decode a window that must lie inside the picture.
///
/// More than `scan_limit` scans are an error. `stored` receives the columns and rows that `cjpeg_read` will
/// deliver: they hold the window, and some columns more, as whole blocks are decoded.
bool cjpeg_start(CJPEGDecoder *decoder, CJPEGWindow window, CJPEGEdges edges, bool fast_dct, int scan_limit,
                 CJPEGWindow *stored);

/// Decodes `stored.height` rows of `stored.width` RGB pixels, one every `stride` bytes.
bool cjpeg_read(CJPEGDecoder *decoder, uint8_t *pixels, size_t stride);

/// Why the last call failed.
const char *cjpeg_message(const CJPEGDecoder *decoder);

/// How many bytes of the file had been taken in when the last call failed.
size_t cjpeg_offset(const CJPEGDecoder *decoder);

/// Compresses `height` rows of `width` RGB pixels, side by side, to a JPEG file with halved colour planes, as
/// TensorFlow's `encode_jpeg` does by default.
///
/// On success `*bytes` is to be given to `cjpeg_free`; on failure `message` of `message_size` bytes says why.
bool cjpeg_write(const uint8_t *pixels, uint32_t width, uint32_t height, int quality, uint8_t **bytes,
                 size_t *count, char *message, size_t message_size);

/// Frees what `cjpeg_write` has made.
void cjpeg_free(uint8_t *bytes);
