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

bool cjpeg_write(const uint8_t *pixels, uint32_t width, uint32_t height, int quality, uint8_t **bytes,
                 size_t *count, char *message, size_t message_size) {
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
    info.image_width = width;
    info.image_height = height;
    info.input_components = 3;
    info.in_color_space = JCS_RGB;
    jpeg_set_defaults(&info);
    jpeg_set_quality(&info, quality, TRUE);
    // TensorFlow states 300 dots an inch.
    info.density_unit = 1;
    info.X_density = 300;
    info.Y_density = 300;
    jpeg_start_compress(&info, TRUE);
    while (info.next_scanline < height) {
        JSAMPROW row = (JSAMPROW)(pixels + (size_t)info.next_scanline * width * 3);
        jpeg_write_scanlines(&info, &row, 1);
    }
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    *bytes = output;
    *count = size;
    return true;
}

void cjpeg_free(uint8_t *bytes) { free(bytes); }
