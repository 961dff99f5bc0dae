#define _GNU_SOURCE
#include "CRanks.h"

#include <dlfcn.h>
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

struct ranks_library *ranks_open(const char *path, char *reason, size_t reasonSize) {
    // MPI libraries load parts of their own, which look for the library's symbols.
    void *handle = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
    if (!handle) {
        const char *said = dlerror();
        snprintf(reason, reasonSize, "%s", said ? said : "it cannot be loaded");
        return NULL;
    }
    struct ranks_library *(*entry)(void) = (struct ranks_library * (*)(void)) dlsym(handle, "reassemble_ranks");
    struct ranks_library *library = entry ? entry() : NULL;
    if (!library || library->version != RANKS_VERSION) {
        snprintf(reason, reasonSize, "%s: it is of another version of Reassemble", path);
        return NULL;
    }
    return library;
}

int32_t ranks_start(struct ranks_library *library) { return library->start(library); }

int32_t ranks_exchange(
    const struct ranks_library *library, const struct ranks_message *sent, int32_t sentCount,
    const struct ranks_message *received, int32_t receivedCount) {
    return library->exchange(sent, sentCount, received, receivedCount);
}

void ranks_stop(const struct ranks_library *library) { library->stop(); }

int32_t ranks_stopped(const struct ranks_library *library) { return library->stopped(); }

void ranks_abort(const struct ranks_library *library, int32_t code) { library->abort(code); }

void ranks_finish(const struct ranks_library *library) { library->finish(); }

const char *ranks_name(const struct ranks_library *library) { return library->name; }

const char *ranks_host(const struct ranks_library *library) { return library->host; }

// The kernel's own structure, which C libraries have not had for long.
struct scheduling {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period;
};

void ranks_hurry(int32_t hurries) {
    static _Thread_local int isHurrying, usual;
    int policy = sched_getscheduler(0);
    // Whoever has set another kind of scheduling knows why.
    if (policy != SCHED_OTHER && policy != SCHED_BATCH) return;
    if (!hurries == !isHurrying) return;
    isHurrying = hurries != 0;
    if (hurries) {
        errno = 0;
        usual = getpriority(PRIO_PROCESS, 0);
        if (errno != 0) usual = 0;
    }
    int wanted = hurries ? (usual - 10 < -20 ? -20 : usual - 10) : usual;
    struct scheduling plan;
    memset(&plan, 0, sizeof plan);
    plan.size = sizeof plan;
    plan.policy = (uint32_t) policy;
    // Kernels from 6.12 on take this as the length of a turn of usual threads; 0 is that of all.
    plan.runtime = hurries ? 100000 : 0;
    plan.nice = wanted;
    if (syscall(SYS_sched_setattr, 0, &plan, 0) == 0) return;
    // Going before others is not everybody's to ask for.
    plan.nice = usual;
    syscall(SYS_sched_setattr, 0, &plan, 0);
}
