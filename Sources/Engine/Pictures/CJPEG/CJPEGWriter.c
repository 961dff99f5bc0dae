#include "CJPEG.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

typedef struct {
    struct jpeg_error_mgr errors;
    jmp_buf escape;
    char message[JMSG_LENGTH_MAX];
} Failure;

static void fail(j_common_ptr info) {
    Failure *failure = (Failure *)info->err;
    info->err->format_message(info, failure->message);
    longjmp(failure->escape, 1);
}

static void ignore_message(j_common_ptr info) { (void)info; }

/// What is to become a file.
typedef struct {
    const uint8_t *pixels;
    const int16_t *coefficients;
    uint32_t width, height;
    int quality;
} Content;

static void describe(j_compress_ptr info, const Content *content) {
    info->image_width = content->width;
    info->image_height = content->height;
    info->input_components = 3;
    info->in_color_space = JCS_RGB;
    jpeg_set_defaults(info);
    jpeg_set_quality(info, content->quality, TRUE);
}

static void write_pixels(j_compress_ptr info, const Content *content) {
    jpeg_start_compress(info, TRUE);
    while (info->next_scanline < content->height) {
        JSAMPROW row = (JSAMPROW)(content->pixels + (size_t)info->next_scanline * content->width * 3);
        jpeg_write_scanlines(info, &row, 1);
    }
    jpeg_finish_compress(info);
}

static JDIMENSION blocks_of(uint32_t extent, int unit) { return (extent + (uint32_t)unit - 1) / (uint32_t)unit; }

static void write_coefficients(j_compress_ptr info, const Content *content) {
    jvirt_barray_ptr arrays[3];
    JDIMENSION across[3], down[3];
    for (int i = 0; i < 3; i++) {
        const int unit = i == 0 ? DCTSIZE : 2 * DCTSIZE;
        across[i] = blocks_of(content->width, unit), down[i] = blocks_of(content->height, unit);
        // libjpeg adds the blocks by which luma falls short of whole macroblocks.
        JDIMENSION room_across = (across[i] + 1) / 2 * 2, room_down = (down[i] + 1) / 2 * 2;
        arrays[i] = info->mem->request_virt_barray((j_common_ptr)info, JPOOL_IMAGE, TRUE, room_across, room_down,
                                                   i == 0 ? 2 : 1);
    }
    jpeg_write_coefficients(info, arrays);
    const int16_t *block = content->coefficients;
    for (int i = 0; i < 3; i++) {
        for (JDIMENSION row = 0; row < down[i]; row++) {
            JBLOCKARRAY rows = info->mem->access_virt_barray((j_common_ptr)info, arrays[i], row, 1, TRUE);
            memcpy(rows[0], block, across[i] * sizeof(JBLOCK));
            block += across[i] * DCTSIZE2;
        }
    }
    jpeg_finish_compress(info);
}

static bool make_file(void (*write)(j_compress_ptr, const Content *), bool is_as_tensorflow, bool is_small,
                      const Content *content, uint8_t **bytes, size_t *count, char *message, size_t message_size) {
    struct jpeg_compress_struct info;
    Failure failure;
    unsigned char *output = NULL;
    unsigned long size = 0;
    memset(&failure, 0, sizeof failure);
    info.err = jpeg_std_error(&failure.errors);
    failure.errors.error_exit = fail;
    failure.errors.output_message = ignore_message;
    if (setjmp(failure.escape)) {
        snprintf(message, message_size, "%s", failure.message);
        jpeg_destroy_compress(&info);
        free(output);
        return false;
    }
    jpeg_create_compress(&info);
    jpeg_mem_dest(&info, &output, &size);
    describe(&info, content);
    if (is_as_tensorflow) {
        // TensorFlow states 300 dots an inch.
        info.density_unit = 1;
        info.X_density = 300;
        info.Y_density = 300;
    }
    if (is_small) info.optimize_coding = TRUE;
    write(&info, content);
    jpeg_destroy_compress(&info);
    *bytes = output;
    *count = size;
    return true;
}

bool cjpeg_write(const uint8_t *pixels, uint32_t width, uint32_t height, int quality, uint8_t **bytes, size_t *count,
                 char *message, size_t message_size) {
    Content content = {.pixels = pixels, .width = width, .height = height, .quality = quality};
    return make_file(write_pixels, true, false, &content, bytes, count, message, message_size);
}

bool cjpeg_write_plain(const uint8_t *pixels, uint32_t width, uint32_t height, int quality, bool is_small,
                       uint8_t **bytes, size_t *count, char *message, size_t message_size) {
    Content content = {.pixels = pixels, .width = width, .height = height, .quality = quality};
    return make_file(write_pixels, false, is_small, &content, bytes, count, message, message_size);
}

bool cjpeg_write_coefficients(const int16_t *coefficients, uint32_t width, uint32_t height, int quality, bool is_small,
                              uint8_t **bytes, size_t *count, char *message, size_t message_size) {
    Content content = {.coefficients = coefficients, .width = width, .height = height, .quality = quality};
    return make_file(write_coefficients, false, is_small, &content, bytes, count, message, message_size);
}

void cjpeg_free(uint8_t *bytes) { free(bytes); }
