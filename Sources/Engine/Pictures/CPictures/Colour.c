#include <math.h>

#include "Bytes.h"
#include "Corruptions.h"

void pictures_contrast(uint8_t *pixels, size_t count, double factor) {
    double values[256], sums[3] = {0};
    for (int byte = 0; byte < 256; byte++) values[byte] = byte / 255.0;
    for (size_t i = 0; i < count; i++) {
        for (size_t channel = 0; channel < 3; channel++) sums[channel] += values[pixels[3 * i + channel]];
    }
    uint8_t table[3][256];
    for (size_t channel = 0; channel < 3; channel++) {
        double mean = sums[channel] / (double)count;
        for (int byte = 0; byte < 256; byte++) {
            table[channel][byte] = byte_of((values[byte] - mean) * factor + mean);
        }
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t channel = 0; channel < 3; channel++) {
            pixels[3 * i + channel] = table[channel][pixels[3 * i + channel]];
        }
    }
}

GENERATION_INLINE double cut(double value) {
    value = value < 0.0 ? 0.0 : value;
    return value > 1.0 ? 1.0 : value;
}

FOR_EACH_GENERATION(
    void, pictures_change_hsv,
    (uint8_t *restrict pixels, size_t count, double brightness, double factor, double summand),
    (pixels, count, brightness, factor, summand)) {
    for (size_t i = 0; i < count; i++) {
        double red = pixels[3 * i] / 255.0, green = pixels[3 * i + 1] / 255.0, blue = pixels[3 * i + 2] / 255.0;
        double value = red > green ? red : green, least = red < green ? red : green;
        value = value > blue ? value : blue;
        least = least < blue ? least : blue;
        double range = value - least;
        double saturation = range == 0.0 ? 0.0 : range / value;
        double difference = green == value ? blue - red : green - blue;
        double sixth = green == value ? 2.0 : 0.0;
        difference = blue == value ? red - green : difference;
        sixth = blue == value ? 4.0 : sixth;
        double hue = (sixth + difference / range) / 6.0;
        hue = hue < 0.0 ? hue + 1.0 : hue;
        hue = range == 0.0 ? 0.0 : hue;

        value = cut(value + brightness);
        saturation = cut(saturation * factor + summand);

        double turn = hue * 6.0, sector = floor(turn), part = turn - sector;
        double p = value * (1.0 - saturation), q = value * (1.0 - part * saturation);
        double t = value * (1.0 - (1.0 - part) * saturation);
        sector = sector == 6.0 ? 0.0 : sector;
        red = sector == 1.0 ? q : sector == 4.0 ? t : sector == 2.0 ? p : sector == 3.0 ? p : value;
        green = sector == 0.0 ? t : sector == 3.0 ? q : sector == 4.0 ? p : sector == 5.0 ? p : value;
        blue = sector == 2.0 ? t : sector == 5.0 ? q : sector == 0.0 ? p : sector == 1.0 ? p : value;
        pixels[3 * i] = byte_of(red);
        pixels[3 * i + 1] = byte_of(green);
        pixels[3 * i + 2] = byte_of(blue);
    }
}
