#include "Bytes.h"
#include "Corruptions.h"

FOR_EACH_GENERATION(
    void, pictures_values,
    (const uint8_t *restrict bytes, size_t count, double *restrict values),
    (bytes, count, values)) {
    for (size_t i = 0; i < count; i++) values[i] = bytes[i] / 255.0;
}

FOR_EACH_GENERATION(
    void, pictures_bytes,
    (const double *restrict values, size_t count, uint8_t *restrict bytes),
    (values, count, bytes)) {
    for (size_t i = 0; i < count; i++) bytes[i] = byte_of(values[i]);
}

FOR_EACH_GENERATION(
    void, pictures_float_values,
    (const uint8_t *restrict bytes, size_t count, float *restrict values),
    (bytes, count, values)) {
    for (size_t i = 0; i < count; i++) values[i] = (float)(bytes[i] / 255.0);
}

FOR_EACH_GENERATION(
    void, pictures_scaled,
    (double *values, size_t count, double mean, double deviation),
    (values, count, mean, deviation)) {
    for (size_t i = 0; i < count; i++) values[i] = mean + deviation * values[i];
}

FOR_EACH_GENERATION(
    void, pictures_scaled_floats,
    (const double *restrict values, size_t count, double factor, float *restrict output),
    (values, count, factor, output)) {
    for (size_t i = 0; i < count; i++) output[i] = (float)(values[i] * factor);
}

FOR_EACH_GENERATION(
    void, pictures_uniform,
    (double *values, size_t count, double low, double high),
    (values, count, low, high)) {
    for (size_t i = 0; i < count; i++) values[i] = low + (high - low) * values[i];
}
