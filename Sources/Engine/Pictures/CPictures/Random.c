#include "Random.h"

#include <math.h>
#include <string.h>

#include "Processors.h"

enum { words_in_key = 624, words_ahead = 397 };

void pictures_twister_seed(PicturesTwister *twister, uint32_t seed) {
    uint32_t *key = twister->key;
    key[0] = seed;
    for (uint32_t i = 1; i < words_in_key; i++) key[i] = 1812433253u * (key[i - 1] ^ (key[i - 1] >> 30)) + i;
    twister->position = words_in_key;
}

void pictures_twister_seed_by_words(PicturesTwister *twister, const uint32_t *words, size_t count) {
    uint32_t *key = twister->key;
    pictures_twister_seed(twister, 19650218u);
    uint32_t place = 1;
    size_t word = 0;
    for (size_t left = count > words_in_key ? count : words_in_key; left > 0; left--) {
        uint32_t mixed = (key[place - 1] ^ (key[place - 1] >> 30)) * 1664525u;
        key[place] = (key[place] ^ mixed) + words[word] + (uint32_t)word;
        word = (word + 1) % count;
        if (++place == words_in_key) key[0] = key[words_in_key - 1], place = 1;
    }
    for (size_t left = words_in_key - 1; left > 0; left--) {
        uint32_t mixed = (key[place - 1] ^ (key[place - 1] >> 30)) * 1566083941u;
        key[place] = (key[place] ^ mixed) - place;
        if (++place == words_in_key) key[0] = key[words_in_key - 1], place = 1;
    }
    key[0] = 0x80000000u;
}

GENERATION_INLINE uint32_t mix(uint32_t upper, uint32_t lower) {
    uint32_t joined = (upper & 0x80000000u) | (lower & 0x7FFFFFFFu);
    return (joined >> 1) ^ ((0u - (joined & 1)) & 0x9908B0DFu);
}

GENERATION_INLINE uint32_t temper(uint32_t word) {
    word ^= word >> 11;
    word ^= (word << 7) & 0x9D2C5680u;
    word ^= (word << 15) & 0xEFC60000u;
    return word ^ (word >> 18);
}

/// Makes the next 624 words.
FOR_EACH_GENERATION_STATIC(void, twist, (PicturesTwister *twister), (twister)) {
    uint32_t *key = twister->key;
    for (int i = 0; i < words_in_key - words_ahead; i++) key[i] = key[i + words_ahead] ^ mix(key[i], key[i + 1]);
    for (int i = words_in_key - words_ahead; i < words_in_key - 1; i++) {
        key[i] = key[i + words_ahead - words_in_key] ^ mix(key[i], key[i + 1]);
    }
    key[words_in_key - 1] = key[words_ahead - 1] ^ mix(key[words_in_key - 1], key[0]);
    twister->position = 0;
}

uint32_t pictures_twister_word(PicturesTwister *twister) {
    if (twister->position == words_in_key) twist(twister);
    return temper(twister->key[twister->position++]);
}

GENERATION_INLINE double joined(uint32_t high, uint32_t low) {
    return ((double)(int32_t)(high >> 5) * 0x1p26 + (double)(int32_t)(low >> 6)) * 0x1p-53;
}

/// Numbers of words that are all there.
FOR_EACH_GENERATION_STATIC(
    void, convert,
    (const uint32_t *restrict key, double *restrict output, size_t count),
    (key, output, count)) {
    uint32_t words[words_in_key];
    for (size_t i = 0; i < 2 * count; i++) words[i] = temper(key[i]);
    for (size_t i = 0; i < count; i++) output[i] = joined(words[2 * i], words[2 * i + 1]);
}

void pictures_random_doubles(PicturesTwister *twister, double *output, size_t count) {
    while (count > 0) {
        if (twister->position == words_in_key) twist(twister);
        size_t ready = (size_t)(words_in_key - twister->position) / 2;
        if (ready == 0) {
            uint32_t high = pictures_twister_word(twister);
            *output++ = joined(high, pictures_twister_word(twister));
            count--;
            continue;
        }
        if (ready > count) ready = count;
        convert(twister->key + twister->position, output, ready);
        twister->position += (int32_t)(2 * ready);
        output += ready, count -= ready;
    }
}

enum { pairs_at_once = 512 };

/// From pairs of uniform numbers the points in the unit circle; gives how many there are.
///
/// `points` holds x, y and the squared distance from the centre of each.
FOR_EACH_GENERATION_STATIC(
    size_t, points_in_circle,
    (const double *restrict uniform, size_t pairs, double points[3][pairs_at_once]),
    (uniform, pairs, points)) {
    double x[pairs_at_once], y[pairs_at_once], square[pairs_at_once];
    for (size_t i = 0; i < pairs; i++) {
        x[i] = 2.0 * uniform[2 * i] - 1.0;
        y[i] = 2.0 * uniform[2 * i + 1] - 1.0;
        square[i] = x[i] * x[i] + y[i] * y[i];
    }
    size_t found = 0;
    for (size_t i = 0; i < pairs; i++) {
        points[0][found] = x[i], points[1][found] = y[i], points[2][found] = square[i];
        found += square[i] < 1.0 && square[i] != 0.0;
    }
    return found;
}

FOR_EACH_GENERATION_STATIC(
    void, stretch,
    (double points[3][pairs_at_once], const double *restrict logarithm, size_t count, double *restrict output),
    (points, logarithm, count, output)) {
    for (size_t i = 0; i < count; i++) {
        double factor = sqrt(-2.0 * logarithm[i] / points[2][i]);
        output[2 * i] = factor * points[1][i];
        output[2 * i + 1] = factor * points[0][i];
    }
}

// Every number needs one pair or more, so as many pairs as numbers are missing can be drawn at once, and again, and no
// more is drawn than one by one.
void pictures_random_normals(PicturesRandom *random, double *output, size_t count) {
    if (count > 0 && random->has_spare) {
        *output++ = random->spare;
        random->has_spare = false;
        count--;
    }
    double uniform[2 * pairs_at_once], points[3][pairs_at_once], logarithm[pairs_at_once];
    double normal[2 * pairs_at_once];
    while (count > 0) {
        size_t pairs = (count + 1) / 2;
        if (pairs > pairs_at_once - 1) pairs = pairs_at_once - 1;
        pictures_random_doubles(&random->twister, uniform, 2 * pairs);
        size_t found = points_in_circle(uniform, pairs, points);
        for (size_t i = 0; i < found; i++) logarithm[i] = log(points[2][i]);
        stretch(points, logarithm, found, normal);
        size_t taken = 2 * found < count ? 2 * found : count;
        memcpy(output, normal, taken * sizeof *output);
        if (taken < 2 * found) random->spare = normal[taken], random->has_spare = true;
        output += taken, count -= taken;
    }
}

void pictures_random_integers(PicturesTwister *twister, uint32_t range, uint32_t *output, size_t count) {
    if (range == 0) {
        memset(output, 0, count * sizeof *output);
        return;
    }
    uint32_t mask = 0xFFFFFFFFu >> __builtin_clz(range);
    while (count > 0) {
        if (twister->position == words_in_key) twist(twister);
        size_t ready = (size_t)(words_in_key - twister->position);
        if (ready > count) ready = count;
        size_t found = 0;
        for (size_t i = 0; i < ready; i++) {
            uint32_t drawn = temper(twister->key[(size_t)twister->position + i]) & mask;
            output[found] = drawn;
            found += drawn <= range;
        }
        twister->position += (int32_t)ready;
        output += found, count -= found;
    }
}

enum { numbers_at_once = 512 };

/// Uniform numbers one by one, drawn in stock: what is left over is given back at the end.
typedef struct {
    PicturesTwister *twister, before;
    size_t used;
    double numbers[numbers_at_once];
} Stock;

static void open_stock(Stock *stock, PicturesTwister *twister) {
    stock->twister = twister;
    stock->used = numbers_at_once;
}

static double draw(Stock *stock) {
    if (stock->used == numbers_at_once) {
        stock->before = *stock->twister;
        pictures_random_doubles(stock->twister, stock->numbers, numbers_at_once);
        stock->used = 0;
    }
    return stock->numbers[stock->used++];
}

static void close_stock(Stock *stock) {
    if (stock->used == numbers_at_once) return;
    *stock->twister = stock->before;
    pictures_random_doubles(stock->twister, stock->numbers, stock->used);
}

/// What only depends on the mean of a Poisson distribution.
typedef struct {
    double mean, limit, a, b, acceptance, log_mean, log_inverse_alpha;
} Poisson;

static Poisson poisson_of(double mean) {
    Poisson p = {.mean = mean, .limit = exp(-mean)};
    if (mean < 10) return p;
    p.log_mean = log(mean);
    p.b = 0.931 + 2.53 * sqrt(mean);
    p.a = -0.059 + 0.02483 * p.b;
    p.log_inverse_alpha = log(1.1239 + 1.1328 / (p.b - 3.4));
    p.acceptance = 0.9277 - 3.6224 / (p.b - 2);
    return p;
}

/// The logarithm of the gamma function, by Stirling's series of ten terms.
static double log_gamma(double x) {
    static const double series[10] = {8.333333333333333e-02,  -2.777777777777778e-03, 7.936507936507937e-04,
                                      -5.952380952380952e-04, 8.417508417508418e-04,  -1.917526917526918e-03,
                                      6.410256410256410e-03,  -2.955065359477124e-02, 1.796443723688307e-01,
                                      -1.39243221690590e+00};
    if (x == 1 || x == 2) return 0;
    int steps = x <= 7 ? (int)(7 - x) : 0;
    double shifted = x + steps, square = 1.0 / (shifted * shifted), sum = series[9];
    for (int i = 8; i >= 0; i--) {
        sum *= square;
        sum += series[i];
    }
    double result = sum / shifted + 0.5 * log(2 * M_PI) + (shifted - 0.5) * log(shifted) - shifted;
    for (int i = 0; i < steps; i++) {
        result -= log(shifted - 1.0);
        shifted -= 1.0;
    }
    return result;
}

enum { known_factorials = 256 };

/// The logarithms of factorials; those of small numbers are known.
static double log_factorial(const double *known, double number) {
    return number < known_factorials ? known[(size_t)number] : log_gamma(number + 1);
}

/// By products of uniform numbers.
static int32_t poisson_by_products(const Poisson *p, Stock *stock) {
    int32_t count = 0;
    for (double product = draw(stock); product > p->limit; product *= draw(stock)) count++;
    return count;
}

/// By transformed rejection (Hörmann's PTRS).
static int32_t poisson_by_rejection(const Poisson *p, const double *known, Stock *stock) {
    while (true) {
        double u = draw(stock) - 0.5, v = draw(stock);
        double distance = 0.5 - fabs(u);
        double k = floor((2 * p->a / distance + p->b) * u + p->mean + 0.43);
        if (distance >= 0.07 && v <= p->acceptance) return (int32_t)k;
        if (k < 0 || (distance < 0.013 && v > distance)) continue;
        double left = log(v) + p->log_inverse_alpha - log(p->a / (distance * distance) + p->b);
        if (left <= -p->mean + k * p->log_mean - log_factorial(known, k)) return (int32_t)k;
    }
}

static int32_t poisson(const Poisson *p, const double *known, Stock *stock) {
    if (p->mean == 0) return 0;
    return p->mean < 10 ? poisson_by_products(p, stock) : poisson_by_rejection(p, known, stock);
}

static void know_factorials(double *known) {
    for (int number = 0; number < known_factorials; number++) known[number] = log_gamma(number + 1);
}

int32_t pictures_random_poisson(PicturesTwister *twister, double mean) {
    Poisson p = poisson_of(mean);
    double known[known_factorials];
    if (mean >= 10) know_factorials(known);
    Stock stock;
    open_stock(&stock, twister);
    int32_t result = poisson(&p, known, &stock);
    close_stock(&stock);
    return result;
}

void pictures_random_counts(PicturesTwister *twister, const uint8_t *bytes, double scale, int32_t *output,
                            size_t count) {
    Poisson table[256];
    for (int value = 0; value < 256; value++) table[value] = poisson_of(value / 255.0 * scale);
    double known[known_factorials];
    know_factorials(known);
    Stock stock;
    open_stock(&stock, twister);
    for (size_t i = 0; i < count; i++) output[i] = poisson(&table[bytes[i]], known, &stock);
    close_stock(&stock);
}
