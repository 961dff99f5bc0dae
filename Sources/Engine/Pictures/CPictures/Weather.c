#include "Bytes.h"
#include "Corruptions.h"

void pictures_snow_layer(const double *values, size_t count, double threshold, uint8_t *output) {
    for (size_t i = 0; i < count; i++) output[i] = values[i] < threshold ? 0 : byte_of(values[i]);
}

FOR_EACH_GENERATION(
    void, pictures_snow,
    (uint8_t *restrict pixels, const uint8_t *restrict layer, size_t count, double mix),
    (pixels, layer, count, mix)) {
    float share = (float)mix, rest = (float)(1 - mix);
    for (size_t i = 0; i < count; i++) {
        float red = (float)(pixels[3 * i] / 255.0), green = (float)(pixels[3 * i + 1] / 255.0);
        float blue = (float)(pixels[3 * i + 2] / 255.0);
        float grey = red * 0.299f + green * 0.587f + blue * 0.114f;
        float white = grey * 1.5f + 0.5f;
        double flake = layer[i] / 255.0, turned = layer[count - 1 - i] / 255.0;
        float mixed[3] = {
            share * red + rest * (red > white ? red : white),
            share * green + rest * (green > white ? green : white),
            share * blue + rest * (blue > white ? blue : white),
        };
        for (size_t channel = 0; channel < 3; channel++) {
            pixels[3 * i + channel] = byte_of((double)mixed[channel] + flake + turned);
        }
    }
}

FOR_EACH_GENERATION(
    void, pictures_frost,
    (uint8_t *restrict pixels, const uint8_t *restrict frost, size_t count, double share, double frost_share),
    (pixels, frost, count, share, frost_share)) {
    for (size_t i = 0; i < count; i++) {
        double value = share * pixels[i] + frost_share * frost[i];
        pixels[i] = (uint8_t)(int32_t)(value < 255.0 ? value : 255.0);
    }
}

/// The next place and the one before, where the far edge touches the near one.
static size_t next(size_t place, size_t count) { return place + 1 < count ? place + 1 : 0; }
static size_t previous(size_t place, size_t count) { return place > 0 ? place - 1 : count - 1; }

/// A grid of which every `step`th row and column are set, being refined.
typedef struct {
    double *grid, wibble;
    size_t size, step, count;
} Plasma;

static double at(const Plasma *p, size_t row, size_t column) { return p->grid[row * p->size + column]; }

static double wobbled(const Plasma *p, double sum, double uniform) {
    return sum / 4 + p->wibble * (-p->wibble + (p->wibble + p->wibble) * uniform);
}

static void fill_squares(const Plasma *p, const double *uniform) {
    size_t step = p->step, half = step / 2;
    for (size_t i = 0; i < p->count; i++) {
        size_t row = i * step, below = next(i, p->count) * step;
        for (size_t j = 0; j < p->count; j++) {
            size_t column = j * step, right = next(j, p->count) * step;
            double sum = (at(p, row, column) + at(p, below, column)) + (at(p, row, right) + at(p, below, right));
            p->grid[(row + half) * p->size + column + half] = wobbled(p, sum, *uniform++);
        }
    }
}

static void fill_diamonds(const Plasma *p, bool is_between_columns, const double *uniform) {
    size_t step = p->step, half = step / 2;
    for (size_t i = 0; i < p->count; i++) {
        size_t row = i * step, above = previous(i, p->count) * step, below = next(i, p->count) * step;
        for (size_t j = 0; j < p->count; j++) {
            size_t column = j * step, left = previous(j, p->count) * step, right = next(j, p->count) * step;
            double middle = at(p, row + half, column + half), corner = at(p, row, column);
            if (is_between_columns) {
                double sum = (middle + at(p, above + half, column + half)) + (corner + at(p, row, right));
                p->grid[row * p->size + column + half] = wobbled(p, sum, *uniform++);
            } else {
                double sum = (middle + at(p, row + half, left + half)) + (corner + at(p, below, column));
                p->grid[(row + half) * p->size + column] = wobbled(p, sum, *uniform++);
            }
        }
    }
}

FOR_EACH_GENERATION_STATIC(void, normalize, (double *values, size_t count), (values, count)) {
    double least = values[0], most = 0;
    for (size_t i = 0; i < count; i++) least = values[i] < least ? values[i] : least;
    for (size_t i = 0; i < count; i++) values[i] -= least;
    for (size_t i = 0; i < count; i++) most = values[i] > most ? values[i] : most;
    for (size_t i = 0; i < count; i++) values[i] /= most;
}

void pictures_plasma(double *grid, size_t size, double decay, double *uniform, PicturesRandom *random) {
    Plasma plasma = {.grid = grid, .wibble = 100, .size = size};
    grid[0] = 0;
    for (plasma.step = size; plasma.step >= 2; plasma.step /= 2, plasma.wibble /= decay) {
        plasma.count = size / plasma.step;
        size_t draws = plasma.count * plasma.count;
        pictures_random_doubles(&random->twister, uniform, draws);
        fill_squares(&plasma, uniform);
        pictures_random_doubles(&random->twister, uniform, draws);
        fill_diamonds(&plasma, true, uniform);
        pictures_random_doubles(&random->twister, uniform, draws);
        fill_diamonds(&plasma, false, uniform);
    }
    normalize(grid, size * size);
}

FOR_EACH_GENERATION_STATIC(uint8_t, largest, (const uint8_t *values, size_t count), (values, count)) {
    uint8_t most = 0;
    for (size_t i = 0; i < count; i++) most = values[i] > most ? values[i] : most;
    return most;
}

FOR_EACH_GENERATION_STATIC(
    void, fog_row,
    (uint8_t *restrict pixels, const double *restrict fog, size_t width, double strength, double most),
    (pixels, fog, width, strength, most)) {
    for (size_t x = 0; x < width; x++) {
        double added = strength * fog[x];
        for (size_t channel = 0; channel < 3; channel++) {
            double value = pixels[3 * x + channel] / 255.0 + added;
            pixels[3 * x + channel] = byte_of(value * most / (most + strength));
        }
    }
}

void pictures_fog(uint8_t *pixels, size_t width, size_t height, const double *plasma, size_t plasma_size,
                  double strength) {
    double most = largest(pixels, 3 * width * height) / 255.0;
    for (size_t y = 0; y < height; y++) {
        fog_row(pixels + 3 * width * y, plasma + plasma_size * y, width, strength, most);
    }
}
