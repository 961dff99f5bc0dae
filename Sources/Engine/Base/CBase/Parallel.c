#include "CBase.h"
#include "Team.h"

#include <stdatomic.h>

struct work {
    atomic_long next;
    long count;
    void (*body)(void *, long);
    void *context;
};

static void take(void *data) {
    struct work *work = data;
    for (;;) {
        long index = atomic_fetch_add_explicit(&work->next, 1, memory_order_relaxed);
        if (index >= work->count) return;
        work->body(work->context, index);
    }
}

void base_parallel(long count, void (*body)(void *, long), void *context) {
    if (count <= 1 || omp_get_max_threads() == 1) {
        for (long index = 0; index < count; ++index) body(context, index);
        return;
    }
    struct work work = {0, count, body, context};
    GOMP_parallel(take, &work, 0, 0);
}

void base_set_threads(int count) { omp_set_num_threads(count); }
int base_threads(void) { return omp_get_max_threads(); }
int base_thread(void) { return omp_get_thread_num(); }

