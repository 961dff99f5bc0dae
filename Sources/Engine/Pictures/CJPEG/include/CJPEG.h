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

/// How four inks become three colours, for all files from here on.
typedef enum {
    /// As TensorFlow does it: Adobe's files hold inverted inks, products are cut off.
    CJPEGInksTensorFlow,
    /// As Pillow does it: all files hold inverted inks, products are rounded.
    CJPEGInksPillow,
} CJPEGInks;

void cjpeg_choose_inks(CJPEGDecoder *decoder, CJPEGInks inks);

/// Decodes `stored.height` rows of `stored.width` RGB pixels, one every `stride` bytes.
bool cjpeg_read(CJPEGDecoder *decoder, uint8_t *pixels, size_t stride);

/// One of a file's planes of quantised coefficients.
typedef struct {
    uint32_t blocks_across, blocks_down;

    /// How many samples of a plane stand side by side where another has one.
    uint32_t across, down;

    /// The quantisation's steps, in natural order.
    uint16_t steps[64];
} CJPEGPlane;

/// What the planes of a file mean.
typedef enum {
    CJPEGColourOther,
    CJPEGColourGrey,
    CJPEGColourRGB,
    CJPEGColourYCC,
    CJPEGColourCMYK,
    CJPEGColourYCCK,
} CJPEGColour;

/// Reads all coefficients of the opened file, to its end, and describes its planes, of which there are at most four.
bool cjpeg_read_coefficients(CJPEGDecoder *decoder, int scan_limit, CJPEGColour *colour, uint32_t *plane_count,
                             CJPEGPlane planes[4]);

/// Copies the coefficients of a plane that was read: 64 a block, in natural order, block rows one after the other.
bool cjpeg_take_coefficients(CJPEGDecoder *decoder, uint32_t plane, int16_t *coefficients);

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

/// Compresses as Pillow does; with Huffman's tables made for the picture where it is to be small.
bool cjpeg_write_plain(const uint8_t *pixels, uint32_t width, uint32_t height, int quality, bool is_small,
                       uint8_t **bytes, size_t *count, char *message, size_t message_size);

/// The same from coefficients that are quantised already by the steps of the quality.
///
/// 64 a block, in natural order, block rows one after the other: those of the luma, then of the two halved planes.
bool cjpeg_write_coefficients(const int16_t *coefficients, uint32_t width, uint32_t height, int quality, bool is_small,
                              uint8_t **bytes, size_t *count, char *message, size_t message_size);

/// Frees what one of them has made.
void cjpeg_free(uint8_t *bytes);
