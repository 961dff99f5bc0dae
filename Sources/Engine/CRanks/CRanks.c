#include "CRanks.h"

#include <dlfcn.h>
#include <stdio.h>

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
