#include "CJPEG.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <jerror.h>

struct CJPEGDecoder {
    struct jpeg_decompress_struct info;
    struct jpeg_error_mgr errors;
    struct jpeg_source_mgr source;
    struct jpeg_progress_mgr progress;
    jmp_buf escape;
    char message[JMSG_LENGTH_MAX];
    size_t byte_count;
    size_t offset;
    int scan_limit;
    CJPEGWindow stored;
    CJPEGEdges edges;
    CJPEGInks inks;
    jvirt_barray_ptr *coefficients;
};

static CJPEGDecoder *owner(j_common_ptr info) { return info->client_data; }

static void note_offset(CJPEGDecoder *decoder) {
    decoder->offset = decoder->byte_count - decoder->source.bytes_in_buffer;
}

static void fail(j_common_ptr info) {
    CJPEGDecoder *decoder = owner(info);
    info->err->format_message(info, decoder->message);
    note_offset(decoder);
    longjmp(decoder->escape, 1);
}

static void fail_with(CJPEGDecoder *decoder, const char *message) {
    snprintf(decoder->message, sizeof decoder->message, "%s", message);
    note_offset(decoder);
    longjmp(decoder->escape, 1);
}

/// Fails where libjpeg waits for bytes that will never come.
static void require(CJPEGDecoder *decoder, bool is_done) {
    if (!is_done) fail_with(decoder, "the data ends too early");
}

static void ignore_message(j_common_ptr info) {}

static void count_warning(j_common_ptr info, int level) {
    if (level < 0) info->err->num_warnings++;
}

static void begin_source(j_decompress_ptr info) {}
static void end_source(j_decompress_ptr info) {}

// The whole file is in the buffer from the start: asking for more means that it ends too early. Where libjpeg has
// taken bytes that it has not yet given up, it is told to wait, which ends the decoding unless the pixels are all
// there: TensorFlow forgives a missing end mark in the same way.
static boolean fill_source(j_decompress_ptr info) {
    if (info->src->bytes_in_buffer == 0) fail_with(owner((j_common_ptr)info), "the data ends too early");
    return FALSE;
}

static void skip_source(j_decompress_ptr info, long count) {
    if (count <= 0) return;
    struct jpeg_source_mgr *source = info->src;
    size_t step = (size_t)count < source->bytes_in_buffer ? (size_t)count : source->bytes_in_buffer;
    source->next_input_byte += step;
    source->bytes_in_buffer -= step;
}

static void check_progress(j_common_ptr info) {
    CJPEGDecoder *decoder = owner(info);
    if (decoder->info.input_scan_number > decoder->scan_limit) {
        fail_with(decoder, "there are more scans than a file of this size can need");
    }
}

/// Makes a decompressor in the place of the one before.
///
/// libjpeg would keep the tables of one picture for the next, which may lack them.
static void renew(CJPEGDecoder *decoder) {
    jpeg_destroy_decompress(&decoder->info);
    jpeg_create_decompress(&decoder->info);  // keeps err and client_data
    decoder->info.src = &decoder->source;
    decoder->info.progress = &decoder->progress;
}

CJPEGDecoder *cjpeg_create(void) {
    CJPEGDecoder *decoder = calloc(1, sizeof *decoder);
    if (!decoder) return NULL;
    decoder->info.err = jpeg_std_error(&decoder->errors);
    decoder->errors.error_exit = fail;
    decoder->errors.output_message = ignore_message;
    decoder->errors.emit_message = count_warning;
    decoder->info.client_data = decoder;
    decoder->source.init_source = begin_source;
    decoder->source.fill_input_buffer = fill_source;
    decoder->source.skip_input_data = skip_source;
    decoder->source.resync_to_restart = jpeg_resync_to_restart;
    decoder->source.term_source = end_source;
    decoder->progress.progress_monitor = check_progress;
    return decoder;
}

void cjpeg_destroy(CJPEGDecoder *decoder) {
    if (!decoder) return;
    jpeg_destroy_decompress(&decoder->info);
    free(decoder);
}

bool cjpeg_open(CJPEGDecoder *decoder, const uint8_t *bytes, size_t count, uint32_t *width, uint32_t *height,
                uint32_t *components) {
    j_decompress_ptr info = &decoder->info;
    if (setjmp(decoder->escape)) {
        jpeg_abort_decompress(info);
        return false;
    }
    renew(decoder);
    decoder->byte_count = count;
    decoder->source.next_input_byte = bytes;
    decoder->source.bytes_in_buffer = count;
    decoder->scan_limit = 1;
    require(decoder, jpeg_read_header(info, TRUE) == JPEG_HEADER_OK);
    *width = info->image_width;
    *height = info->image_height;
    *components = (uint32_t)info->num_components;
    return true;
}

/// Narrows the columns that are decoded. A margin of whole blocks keeps the interpolation of the colour planes
/// from seeing an edge where the picture has none.
static void narrow(j_decompress_ptr info, CJPEGWindow window, CJPEGEdges edges, CJPEGWindow *stored) {
    JDIMENSION x = window.x, width = window.width;
    if (edges == CJPEGEdgesOfWhole) {
        JDIMENSION margin = (JDIMENSION)(info->max_h_samp_factor * DCTSIZE);
        JDIMENSION end = x + width;
        x = x > margin ? x - margin : 0;
        end = info->output_width - end > margin ? end + margin : info->output_width;
        width = end - x;
    }
    if (width < info->output_width || edges == CJPEGEdgesOfWindow) jpeg_crop_scanline(info, &x, &width);
    stored->x = x;
    stored->width = info->output_width;
}

bool cjpeg_start(CJPEGDecoder *decoder, CJPEGWindow window, CJPEGEdges edges, bool fast_dct, int scan_limit,
                 CJPEGWindow *stored) {
    j_decompress_ptr info = &decoder->info;
    if (setjmp(decoder->escape)) {
        jpeg_abort_decompress(info);
        return false;
    }
    bool has_four_inks = info->jpeg_color_space == JCS_CMYK || info->jpeg_color_space == JCS_YCCK;
    info->out_color_space = has_four_inks ? JCS_CMYK : JCS_RGB;
    info->dct_method = fast_dct ? JDCT_IFAST : JDCT_ISLOW;
    info->do_fancy_upsampling = TRUE;
    decoder->scan_limit = scan_limit;
    require(decoder, jpeg_start_decompress(info));
    narrow(info, window, edges, &decoder->stored);
    decoder->stored.y = window.y;
    decoder->stored.height = window.height;
    decoder->edges = edges;
    *stored = decoder->stored;
    return true;
}

/// CMYK to RGB in integers. Adobe's files hold the inks inverted.
static void convert_inks(const uint8_t *inks, size_t width, bool inverted, uint8_t *rgb) {
    for (size_t i = 0; i < width; i++) {
        unsigned flip = inverted ? 0 : 255;
        unsigned key = inks[4 * i + 3] ^ flip;
        for (size_t channel = 0; channel < 3; channel++) {
            rgb[3 * i + channel] = (uint8_t)(key * (inks[4 * i + channel] ^ flip) / 255);
        }
    }
}

/// The same as Pillow does it.
static void convert_inverted_inks(const uint8_t *inks, size_t width, uint8_t *rgb) {
    for (size_t i = 0; i < width; i++) {
        int light = inks[4 * i + 3];
        for (size_t channel = 0; channel < 3; channel++) {
            int product = (255 - inks[4 * i + channel]) * light + 128;
            int value = light - (((product >> 8) + product) >> 8);
            rgb[3 * i + channel] = (uint8_t)(value < 0 ? 0 : value);
        }
    }
}

static void read_row(CJPEGDecoder *decoder, uint8_t *row) {
    require(decoder, jpeg_read_scanlines(&decoder->info, &row, 1) == 1);
}

static void skip_rows(j_decompress_ptr info, JDIMENSION count) {
    while (count > 0) {
        JDIMENSION skipped = jpeg_skip_scanlines(info, count);
        if (skipped == 0) return;
        count -= skipped;
    }
}

/// Reads on to the end of the file, so that a file that ends too early is found out.
///
/// libjpeg forgets about the stream when it is told to skip the last row, so that row is decoded.
static void read_to_end(CJPEGDecoder *decoder, uint8_t *row) {
    j_decompress_ptr info = &decoder->info;
    if (info->output_scanline + 1 < info->output_height) {
        skip_rows(info, info->output_height - 1 - info->output_scanline);
    }
    while (info->output_scanline < info->output_height) read_row(decoder, row);
    jpeg_finish_decompress(info);
}

bool cjpeg_read(CJPEGDecoder *decoder, uint8_t *pixels, size_t stride) {
    j_decompress_ptr info = &decoder->info;
    if (setjmp(decoder->escape)) {
        jpeg_abort_decompress(info);
        return false;
    }
    bool has_four_inks = info->out_color_space == JCS_CMYK;
    uint8_t *spare = *info->mem->alloc_sarray((j_common_ptr)info, JPOOL_IMAGE,
                                              info->output_width * (JDIMENSION)info->output_components, 1);
    CJPEGWindow stored = decoder->stored;
    JDIMENSION first = stored.y, end = stored.y + stored.height;
    if (decoder->edges == CJPEGEdgesOfWhole && first > 0) {
        // The row above is decoded too, for what the interpolation of the colour planes takes from it.
        JDIMENSION margin = (JDIMENSION)(info->max_v_samp_factor * DCTSIZE);
        skip_rows(info, first > margin ? first - margin : 0);
        while (info->output_scanline < first) read_row(decoder, spare);
    } else {
        skip_rows(info, first);
    }
    while (info->output_scanline < end) {
        uint8_t *row = pixels + (info->output_scanline - first) * stride;
        if (has_four_inks) {
            read_row(decoder, spare);
            if (decoder->inks == CJPEGInksPillow) {
                convert_inverted_inks(spare, stored.width, row);
            } else {
                convert_inks(spare, stored.width, info->saw_Adobe_marker, row);
            }
        } else {
            read_row(decoder, row);
        }
    }
    if (decoder->edges == CJPEGEdgesOfWhole) {
        read_to_end(decoder, spare);
    } else if (info->output_scanline < info->output_height) {
        skip_rows(info, info->output_height - info->output_scanline);
        jpeg_abort_decompress(info);
    } else {
        jpeg_finish_decompress(info);
    }
    return true;
}

void cjpeg_choose_inks(CJPEGDecoder *decoder, CJPEGInks inks) { decoder->inks = inks; }

static CJPEGColour colour_of(J_COLOR_SPACE space) {
    switch (space) {
    case JCS_GRAYSCALE: return CJPEGColourGrey;
    case JCS_RGB: return CJPEGColourRGB;
    case JCS_YCbCr: return CJPEGColourYCC;
    case JCS_CMYK: return CJPEGColourCMYK;
    case JCS_YCCK: return CJPEGColourYCCK;
    default: return CJPEGColourOther;
    }
}

bool cjpeg_read_coefficients(CJPEGDecoder *decoder, int scan_limit, CJPEGColour *colour, uint32_t *plane_count,
                             CJPEGPlane planes[4]) {
    j_decompress_ptr info = &decoder->info;
    if (setjmp(decoder->escape)) {
        jpeg_abort_decompress(info);
        return false;
    }
    decoder->scan_limit = scan_limit;
    decoder->coefficients = jpeg_read_coefficients(info);
    require(decoder, decoder->coefficients != NULL);
    *colour = colour_of(info->jpeg_color_space);
    *plane_count = info->num_components < 4 ? (uint32_t)info->num_components : 4;
    for (uint32_t i = 0; i < *plane_count; i++) {
        const jpeg_component_info *component = &info->comp_info[i];
        if (!component->quant_table) fail_with(decoder, "a table of quantisation is missing");
        planes[i] = (CJPEGPlane){
            .blocks_across = component->width_in_blocks,
            .blocks_down = component->height_in_blocks,
            .across = (uint32_t)component->h_samp_factor,
            .down = (uint32_t)component->v_samp_factor,
        };
        memcpy(planes[i].steps, component->quant_table->quantval, sizeof planes[i].steps);
    }
    return true;
}

bool cjpeg_take_coefficients(CJPEGDecoder *decoder, uint32_t plane, int16_t *coefficients) {
    j_decompress_ptr info = &decoder->info;
    if (setjmp(decoder->escape)) {
        jpeg_abort_decompress(info);
        return false;
    }
    const jpeg_component_info *component = &info->comp_info[plane];
    size_t count = component->width_in_blocks * (size_t)DCTSIZE2;
    for (JDIMENSION row = 0; row < component->height_in_blocks; row++, coefficients += count) {
        JBLOCKARRAY rows =
            info->mem->access_virt_barray((j_common_ptr)info, decoder->coefficients[plane], row, 1, FALSE);
        memcpy(coefficients, rows[0], count * sizeof *coefficients);
    }
    return true;
}

const char *cjpeg_message(const CJPEGDecoder *decoder) { return decoder->message; }

size_t cjpeg_offset(const CJPEGDecoder *decoder) { return decoder->offset; }
