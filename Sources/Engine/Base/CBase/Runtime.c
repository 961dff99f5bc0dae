// Whose OpenMP oneDNN works with.
//
// Team.c has all the entries that oneDNN calls where GCC has built it, as Debian and Ubuntu do. One that calls others too,
// of GCC's runtime or of LLVM's and Intel's, would have half of its work done here and half there, and compute
// nonsense. So what it calls is looked up when the program starts; where there is more than Team.c has, all is left to
// the runtime that the library brought along. One that is built without OpenMP has threads of its own, and ours are
// for our own kernels then.
#define _GNU_SOURCE
#include "CBase.h"
#include "Team.h"

#include <dlfcn.h>
#include <elf.h>
#include <link.h>
#include <stdbool.h>
#include <string.h>

const struct runtime *foreign_runtime = NULL;

static struct runtime next;

static const char *const own[] = {
    "GOMP_barrier", "GOMP_parallel", "omp_get_max_threads", "omp_get_num_threads",
    "omp_get_thread_num", "omp_in_parallel", "omp_set_num_threads",
};

int base_is_foreign_entry(const char *name) {
    static const char *const beginnings[] = {"GOMP_", "omp_", "__kmpc_"};
    for (size_t index = 0; index < sizeof own / sizeof *own; ++index) {
        if (strcmp(name, own[index]) == 0) return 0;
    }
    for (size_t index = 0; index < sizeof beginnings / sizeof *beginnings; ++index) {
        if (strncmp(name, beginnings[index], strlen(beginnings[index])) == 0) return 1;
    }
    return 0;
}

int base_owns_threads(void) { return foreign_runtime == NULL; }

// Whether a loaded library calls an entry that is not ours; its tables are described in <elf.h>.
static bool calls_others(const struct dl_phdr_info *info) {
    const ElfW(Dyn) *entry = NULL;
    for (int index = 0; index < info->dlpi_phnum; ++index) {
        if (info->dlpi_phdr[index].p_type == PT_DYNAMIC) {
            entry = (const ElfW(Dyn) *)(info->dlpi_addr + info->dlpi_phdr[index].p_vaddr);
        }
    }
    const ElfW(Sym) *symbols = NULL;
    const char *names = NULL;
    size_t count = 0;
    for (; entry && entry->d_tag != DT_NULL; ++entry) {
        ElfW(Addr) place = entry->d_un.d_ptr;
        // Some systems leave it as it is in the file.
        if (place < info->dlpi_addr) place += info->dlpi_addr;
        switch (entry->d_tag) {
        case DT_SYMTAB: symbols = (const ElfW(Sym) *)place; break;
        case DT_STRTAB: names = (const char *)place; break;
        // What others define stands before what is hashed.
        case DT_GNU_HASH: count = ((const uint32_t *)place)[1]; break;
        case DT_HASH:
            if (count == 0) count = ((const uint32_t *)place)[1];
            break;
        default: break;
        }
    }
    for (size_t index = 1; symbols && names && index < count; ++index) {
        if (symbols[index].st_shndx == SHN_UNDEF && base_is_foreign_entry(names + symbols[index].st_name)) {
            return true;
        }
    }
    return false;
}

static int look(struct dl_phdr_info *info, size_t size, void *found) {
    (void)size;
    const char *slash = info->dlpi_name ? strrchr(info->dlpi_name, '/') : NULL;
    if (!slash || strncmp(slash, "/libdnnl.", 9) != 0) return 0;
    *(bool *)found = calls_others(info);
    return 1;
}

// Before main, as nobody has asked for threads yet.
__attribute__((constructor)) static void find_runtime(void) {
    bool found = false;
    dl_iterate_phdr(look, &found);
    if (!found) return;
    *(void **)&next.parallel = dlsym(RTLD_NEXT, "GOMP_parallel");
    *(void **)&next.barrier = dlsym(RTLD_NEXT, "GOMP_barrier");
    *(void **)&next.set_threads = dlsym(RTLD_NEXT, "omp_set_num_threads");
    *(void **)&next.max_threads = dlsym(RTLD_NEXT, "omp_get_max_threads");
    *(void **)&next.threads = dlsym(RTLD_NEXT, "omp_get_num_threads");
    *(void **)&next.thread = dlsym(RTLD_NEXT, "omp_get_thread_num");
    *(void **)&next.in_parallel = dlsym(RTLD_NEXT, "omp_in_parallel");
    if (next.parallel && next.barrier && next.set_threads && next.max_threads && next.threads
        && next.thread && next.in_parallel) {
        foreign_runtime = &next;
    }
}
