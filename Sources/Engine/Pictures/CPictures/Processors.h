#pragma once

// Arithmetic is what the source says, in its order: no fused multiply-add, whatever the processor has.
#pragma STDC FP_CONTRACT OFF

#if defined(__x86_64__)
/// A function that is compiled for each width of vectors, the widest that the processor has being taken.
#define FOR_EACH_PROCESSOR __attribute__((target_clones("avx512f", "avx2", "default")))
/// A part of such a function.
#define FOR_EACH_PROCESSOR_INLINE __attribute__((always_inline)) static inline
#else
#define FOR_EACH_PROCESSOR
#define FOR_EACH_PROCESSOR_INLINE static inline
#endif
