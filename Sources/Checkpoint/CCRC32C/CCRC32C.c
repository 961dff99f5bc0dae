#include "CCRC32C.h"

#include <string.h>

// Eight tables: table[k][b] is the checksum of byte b followed by k zero bytes.
static uint32_t table[8][256];

// advance[i][k][b]: what byte k of a checksum becomes when LONG >> i zero bytes follow; for joining streams.
enum { LONG = 8192, SHORT = 256 };
static uint32_t after_long[4][256], after_short[4][256];

static uint32_t times_zeros(uint32_t crc, size_t count) {
    while (count--) crc = (crc >> 8) ^ table[0][crc & 0xff];
    return crc;
}

__attribute__((constructor)) static void make_tables(void) {
    for (uint32_t byte = 0; byte < 256; ++byte) {
        uint32_t crc = byte;
        for (int bit = 0; bit < 8; ++bit) crc = (crc >> 1) ^ (crc & 1 ? 0x82f63b78u : 0);
        table[0][byte] = crc;
    }
    for (uint32_t byte = 0; byte < 256; ++byte)
        for (int k = 1; k < 8; ++k)
            table[k][byte] = (table[k - 1][byte] >> 8) ^ table[0][table[k - 1][byte] & 0xff];
    // A checksum is linear in its bits, so a table of single bits gives all bytes.
    for (int k = 0; k < 4; ++k) {
        uint32_t longs[8], shorts[8];
        for (int bit = 0; bit < 8; ++bit) {
            longs[bit] = times_zeros((uint32_t)1 << (8 * k + bit), LONG);
            shorts[bit] = times_zeros((uint32_t)1 << (8 * k + bit), SHORT);
        }
        for (uint32_t byte = 0; byte < 256; ++byte) {
            for (int bit = 0; bit < 8; ++bit) {
                if (byte >> bit & 1) {
                    after_long[k][byte] ^= longs[bit];
                    after_short[k][byte] ^= shorts[bit];
                }
            }
        }
    }
}

uint32_t crc32c_extend_portable(uint32_t crc, const void *bytes, size_t count) {
    const uint8_t *p = bytes;
    crc = ~crc;
    for (; count >= 8; count -= 8, p += 8) {
        uint32_t low = crc ^ ((uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24);
        crc = table[7][low & 0xff] ^ table[6][low >> 8 & 0xff] ^ table[5][low >> 16 & 0xff] ^ table[4][low >> 24]
            ^ table[3][p[4]] ^ table[2][p[5]] ^ table[1][p[6]] ^ table[0][p[7]];
    }
    for (; count; --count, ++p) crc = (crc >> 8) ^ table[0][(crc ^ *p) & 0xff];
    return ~crc;
}

#if defined(__x86_64__)
#include <nmmintrin.h>

static inline uint32_t shift(const uint32_t after[4][256], uint32_t crc) {
    return after[0][crc & 0xff] ^ after[1][crc >> 8 & 0xff] ^ after[2][crc >> 16 & 0xff] ^ after[3][crc >> 24];
}

static inline uint64_t word(const uint8_t *p) {
    uint64_t value;
    memcpy(&value, p, 8);
    return value;
}

enum { LINE = 64 };

// Three streams side by side hide the instruction's latency of three cycles; their checksums are joined at the end.
// The bytes behind are asked for meanwhile: the processor foresees one stream, and none across pages.
__attribute__((target("sse4.2"))) static inline uint64_t three_streams(
    uint64_t crc, const uint8_t *p, size_t each, const uint32_t after[4][256]) {
    uint64_t second = 0, third = 0;
    for (size_t line = 0; line < each; line += LINE) {
        _mm_prefetch((const char *)(p + 3 * each + line), _MM_HINT_T0);
        _mm_prefetch((const char *)(p + 4 * each + line), _MM_HINT_T0);
        _mm_prefetch((const char *)(p + 5 * each + line), _MM_HINT_T0);
        for (size_t i = line; i < line + LINE; i += 8) {
            crc = _mm_crc32_u64(crc, word(p + i));
            second = _mm_crc32_u64(second, word(p + each + i));
            third = _mm_crc32_u64(third, word(p + 2 * each + i));
        }
    }
    crc = shift(after, (uint32_t)crc) ^ second;
    return shift(after, (uint32_t)crc) ^ third;
}

__attribute__((target("sse4.2"))) static uint32_t extend_hardware(uint32_t start, const void *bytes, size_t count) {
    const uint8_t *p = bytes;
    uint64_t crc = (uint32_t)~start;
    for (; count >= 3 * LONG; count -= 3 * LONG, p += 3 * LONG) crc = three_streams(crc, p, LONG, after_long);
    for (; count >= 3 * SHORT; count -= 3 * SHORT, p += 3 * SHORT) crc = three_streams(crc, p, SHORT, after_short);
    for (; count >= 8; count -= 8, p += 8) crc = _mm_crc32_u64(crc, word(p));
    for (; count; --count, ++p) crc = _mm_crc32_u8((uint32_t)crc, *p);
    return ~(uint32_t)crc;
}

uint32_t crc32c_extend(uint32_t crc, const void *bytes, size_t count) {
    return __builtin_cpu_supports("sse4.2") ? extend_hardware(crc, bytes, count)
                                            : crc32c_extend_portable(crc, bytes, count);
}
#else
uint32_t crc32c_extend(uint32_t crc, const void *bytes, size_t count) {
    return crc32c_extend_portable(crc, bytes, count);
}
#endif
