#include "CLimits.h"
#include "CProcessor.h"

// As many sums at a time as keep both pipes of any processor busy and leave registers for the two factors.
#define LOOP(NAME, ATTRIBUTES, LANES, SUMS) \
    typedef float NAME##_lanes __attribute__((ext_vector_type(LANES))); \
    ATTRIBUTES static __attribute__((noinline, min_vector_width(32 * LANES))) long NAME( \
        long rounds, const float *numbers, float *result) { \
        NAME##_lanes sums[SUMS], factor = (NAME##_lanes)numbers[0], term = (NAME##_lanes)numbers[1]; \
        _Pragma("clang loop unroll(full)") for (int i = 0; i < SUMS; ++i) sums[i] = (NAME##_lanes)numbers[2] + i; \
        for (long round = 0; round < rounds; ++round) \
            _Pragma("clang loop unroll(full)") for (int i = 0; i < SUMS; ++i) sums[i] = sums[i] * factor + term; \
        NAME##_lanes all = sums[0]; \
        _Pragma("clang loop unroll(full)") for (int i = 1; i < SUMS; ++i) all += sums[i]; \
        for (int lane = 0; lane < LANES; ++lane) *result += all[lane]; \
        return rounds * SUMS * LANES * 2; \
    }

#if defined(__x86_64__)
LOOP(loop_v4, __attribute__((target("arch=x86-64-v4"))), 16, 24)
LOOP(loop_v3, __attribute__((target("arch=x86-64-v3"))), 8, 12)
#endif
LOOP(loop_v1, , 4, 12)

long limit_multiply_adds(long rounds, float *result) {
    // Not known when this is compiled, and nothing that grows or dies away.
    volatile float given[3] = {0.75f, 0.25f, 1};
    float numbers[3] = {given[0], given[1], given[2]};
#if defined(__x86_64__)
    if (processor_generation() >= 4) return loop_v4(rounds, numbers, result);
    if (processor_generation() >= 3) return loop_v3(rounds, numbers, result);
#endif
    return loop_v1(rounds, numbers, result);
}

const char *limit_instructions(void) {
#if defined(__x86_64__)
    if (processor_generation() >= 4) return "AVX-512";
    if (processor_generation() >= 3) return "AVX2 and FMA";
    return "SSE2";
#else
    return "vectors of 128 bits";
#endif
}
