#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// MT19937.
typedef struct {
    uint32_t key[624];

    /// The next word's place in `key`; 624 where the next words are still to be made.
    int32_t position;
} PicturesTwister;

/// NumPy's `RandomState`: the twister, and the second of a pair of normal numbers while it waits for its turn.
typedef struct {
    PicturesTwister twister;
    bool has_spare;
    double spare;
} PicturesRandom;

/// Begins as `init_genrand` does.
void pictures_twister_seed(PicturesTwister *twister, uint32_t seed);

/// Begins as `init_by_array` does, with at least one word.
void pictures_twister_seed_by_words(PicturesTwister *twister, const uint32_t *words, size_t count);

/// The next 32 bits.
uint32_t pictures_twister_word(PicturesTwister *twister);

/// Numbers in [0, 1) of 53 bits.
void pictures_random_doubles(PicturesTwister *twister, double *output, size_t count);

/// Numbers of the standard normal distribution, by Marsaglia's polar method.
void pictures_random_normals(PicturesRandom *random, double *output, size_t count);

/// Numbers of 0...range, drawn by rejection from as many bits as `range` has.
void pictures_random_integers(PicturesTwister *twister, uint32_t range, uint32_t *output, size_t count);

/// A number of the Poisson distribution of a mean below 2^30.
int32_t pictures_random_poisson(PicturesTwister *twister, double mean);

/// One such number for each byte: of the mean `byte / 255 * scale`.
void pictures_random_counts(PicturesTwister *twister, const uint8_t *bytes, double scale, int32_t *output,
                            size_t count);
