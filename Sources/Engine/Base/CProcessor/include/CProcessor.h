/// Which generation of processors code may be written for, and functions that are compiled once for each.
#pragma once

/// The generation in x86-64's own counting: 4 has AVX-512, 3 has AVX2 and fused multiply-add, 1 is any.
///
/// What this processor has, or less where DNNL_MAX_CPU_ISA (or ONEDNN_MAX_CPU_ISA) holds oneDNN to less: one variable holds
/// all arithmetic of a process. Read once.
int processor_generation(void);

/// Defines a function whose body is compiled for each generation; the fitting one is picked at each call.
///
/// FOR_EACH_GENERATION(void, add, (const float *input, float *output, long count), (input, output, count)) { ... }
#define FOR_EACH_GENERATION(RESULT, NAME, PARAMETERS, ARGUMENTS) \
    LINKED_FOR_EACH_GENERATION(, RESULT, NAME, PARAMETERS, ARGUMENTS)

/// The same for a function that only its own file knows.
#define FOR_EACH_GENERATION_STATIC(RESULT, NAME, PARAMETERS, ARGUMENTS) \
    LINKED_FOR_EACH_GENERATION(static, RESULT, NAME, PARAMETERS, ARGUMENTS)

#if defined(__x86_64__)
#define LINKED_FOR_EACH_GENERATION(LINKAGE, RESULT, NAME, PARAMETERS, ARGUMENTS) \
    static inline __attribute__((always_inline)) RESULT NAME##_body PARAMETERS; \
    __attribute__((target("arch=x86-64-v4"))) static RESULT NAME##_v4 PARAMETERS { return NAME##_body ARGUMENTS; } \
    __attribute__((target("arch=x86-64-v3"))) static RESULT NAME##_v3 PARAMETERS { return NAME##_body ARGUMENTS; } \
    static RESULT NAME##_v1 PARAMETERS { return NAME##_body ARGUMENTS; } \
    LINKAGE RESULT NAME PARAMETERS { \
        switch (processor_generation()) { \
        case 4: return NAME##_v4 ARGUMENTS; \
        case 3: return NAME##_v3 ARGUMENTS; \
        default: return NAME##_v1 ARGUMENTS; \
        } \
    } \
    static inline __attribute__((always_inline)) RESULT NAME##_body PARAMETERS
#else
#define LINKED_FOR_EACH_GENERATION(LINKAGE, RESULT, NAME, PARAMETERS, ARGUMENTS) LINKAGE RESULT NAME PARAMETERS
#endif

/// A part of such a function's body.
#define GENERATION_INLINE static inline __attribute__((always_inline))
