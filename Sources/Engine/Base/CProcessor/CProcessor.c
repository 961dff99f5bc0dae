#include "CProcessor.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <strings.h>

#if defined(__x86_64__)
/// The generation that oneDNN's variable allows; what it does not know allows everything, as it does there.
static int allowed_generation(void) {
    const char *limit = getenv("ONEDNN_MAX_CPU_ISA");
    if (!limit) limit = getenv("DNNL_MAX_CPU_ISA");
    if (!limit) return 4;
    if (!strcasecmp(limit, "SSE41") || !strcasecmp(limit, "AVX")) return 1;
    return strncasecmp(limit, "AVX2", 4) ? 4 : 3;
}

static int present_generation(void) {
    __builtin_cpu_init();
    if (__builtin_cpu_supports("x86-64-v4")) return 4;
    return __builtin_cpu_supports("x86-64-v3") ? 3 : 1;
}

int processor_generation(void) {
    static _Atomic int known;
    int generation = atomic_load_explicit(&known, memory_order_relaxed);
    if (generation) return generation;
    int allowed = allowed_generation(), present = present_generation();
    generation = present < allowed ? present : allowed;
    atomic_store_explicit(&known, generation, memory_order_relaxed);
    return generation;
}
#else
int processor_generation(void) { return 1; }
#endif
