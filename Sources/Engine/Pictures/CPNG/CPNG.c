#include "CPNG.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <png.h>

struct CPNGReader {
    png_structp png;
    png_infop info;
    jmp_buf escape;
    char message[200];
    const uint8_t *bytes;
    size_t count;
    size_t offset;
    int passes;
    uint32_t height;
};

static void fail(png_structp png, png_const_charp message) {
    CPNGReader *reader = png_get_error_ptr(png);
    snprintf(reader->message, sizeof reader->message, "%s", message);
    longjmp(reader->escape, 1);
}

static void ignore(png_structp png, png_const_charp message) {}

static void take(png_structp png, png_bytep destination, size_t count) {
    CPNGReader *reader = png_get_io_ptr(png);
    if (reader->count - reader->offset < count) png_error(png, "the data ends too early");
    memcpy(destination, reader->bytes + reader->offset, count);
    reader->offset += count;
}

static void close_file(CPNGReader *reader) { png_destroy_read_struct(&reader->png, &reader->info, NULL); }

CPNGReader *cpng_create(void) { return calloc(1, sizeof(CPNGReader)); }

void cpng_destroy(CPNGReader *reader) {
    if (!reader) return;
    close_file(reader);
    free(reader);
}

/// The steps to three channels of eight bits: 16 bits lose the lower eight, alpha is dropped and not blended.
static void choose_conversions(png_structp png, png_infop info) {
    int color = png_get_color_type(png, info);
    int depth = png_get_bit_depth(png, info);
    bool has_alpha = (color & PNG_COLOR_MASK_ALPHA) || png_get_valid(png, info, PNG_INFO_tRNS);
    if (has_alpha) png_set_strip_alpha(png);
    if (depth > 8) png_set_strip_16(png);
    png_set_packing(png);
    if (color == PNG_COLOR_TYPE_PALETTE) png_set_palette_to_rgb(png);
    if (!(color & PNG_COLOR_MASK_COLOR)) {
        if (depth < 8) png_set_expand_gray_1_2_4_to_8(png);
        png_set_gray_to_rgb(png);
    }
}

bool cpng_open(CPNGReader *reader, const uint8_t *bytes, size_t count, uint32_t *width, uint32_t *height) {
    close_file(reader);
    reader->bytes = bytes;
    reader->count = count;
    reader->offset = 0;
    reader->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, reader, fail, ignore);
    if (reader->png) reader->info = png_create_info_struct(reader->png);
    if (!reader->info) {
        snprintf(reader->message, sizeof reader->message, "there is no memory for a reader");
        return false;
    }
    if (setjmp(reader->escape)) return false;
    png_set_read_fn(reader->png, reader, take);
    png_read_info(reader->png, reader->info);
    *width = png_get_image_width(reader->png, reader->info);
    *height = reader->height = png_get_image_height(reader->png, reader->info);
    choose_conversions(reader->png, reader->info);
    reader->passes = png_set_interlace_handling(reader->png);
    return true;
}

bool cpng_read(CPNGReader *reader, uint8_t *pixels, size_t stride) {
    if (setjmp(reader->escape)) return false;
    png_read_update_info(reader->png, reader->info);
    if (png_get_rowbytes(reader->png, reader->info) > stride) {
        png_error(reader->png, "a row is wider than three channels");
    }
    for (int pass = 0; pass < reader->passes; pass++) {
        for (uint32_t row = 0; row < reader->height; row++) {
            png_read_row(reader->png, pixels + row * stride, NULL);
        }
    }
    png_read_end(reader->png, NULL);
    close_file(reader);
    return true;
}

const char *cpng_message(const CPNGReader *reader) { return reader->message; }

size_t cpng_offset(const CPNGReader *reader) { return reader->offset; }

typedef struct {
    uint8_t *bytes;
    size_t count, room;
    jmp_buf escape;
    char *message;
    size_t message_size;
} Output;

static void fail_output(png_structp png, png_const_charp message) {
    Output *output = png_get_error_ptr(png);
    snprintf(output->message, output->message_size, "%s", message);
    longjmp(output->escape, 1);
}

static void put(png_structp png, png_bytep bytes, size_t count) {
    Output *output = png_get_io_ptr(png);
    if (output->room - output->count < count) {
        size_t room = 2 * output->room + count;
        uint8_t *larger = realloc(output->bytes, room);
        if (!larger) png_error(png, "there is no memory for the file");
        output->bytes = larger;
        output->room = room;
    }
    memcpy(output->bytes + output->count, bytes, count);
    output->count += count;
}

static void flush(png_structp png) {}

// Corrupted pictures are noise for the most part: deflate's best would take ten times as long for a few hundredths.
enum { compression = 2 };

bool cpng_write(const uint8_t *pixels, uint32_t width, uint32_t height, bool is_small, uint8_t **bytes, size_t *count,
                char *message, size_t message_size) {
    Output output = {.message = message, .message_size = message_size};
    png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &output, fail_output, ignore);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    if (!info) {
        snprintf(message, message_size, "there is no memory for a writer");
        png_destroy_write_struct(&png, NULL);
        return false;
    }
    if (setjmp(output.escape)) {
        png_destroy_write_struct(&png, &info);
        free(output.bytes);
        return false;
    }
    png_set_write_fn(png, &output, put, flush);
    png_set_compression_level(png, is_small ? compression : 0);
    png_set_filter(png, 0, is_small ? PNG_FILTER_SUB : PNG_FILTER_NONE);
    png_set_IHDR(png, info, width, height, 8, PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
                 PNG_FILTER_TYPE_DEFAULT);
    png_write_info(png, info);
    for (uint32_t row = 0; row < height; row++) png_write_row(png, pixels + 3 * (size_t)width * row);
    png_write_end(png, NULL);
    png_destroy_write_struct(&png, &info);
    *bytes = output.bytes;
    *count = output.count;
    return true;
}

void cpng_free(uint8_t *bytes) { free(bytes); }
