#define _GNU_SOURCE
#include "CMappedFile.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { LIMIT = 65536 };

// A slot is free while its start is 0; the size is stored before the start.
static struct {
    atomic_uintptr_t start;
    atomic_size_t size;
    atomic_bool has_holes;
} slots[LIMIT];

static atomic_int used;
static uintptr_t page_size;
static struct sigaction previous;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void handle(int signal_number, siginfo_t *info, void *context) {
    int saved = errno;
    uintptr_t address = (uintptr_t)info->si_addr;
    int count = atomic_load(&used);
    for (int i = 0; i < count; ++i) {
        uintptr_t start = atomic_load(&slots[i].start);
        size_t size = atomic_load(&slots[i].size);
        if (start == 0 || address < start || address - start >= size) continue;
        uintptr_t page = address & ~(page_size - 1);
        void *zeros = mmap((void *)page, start + size - page, PROT_READ,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
        if (zeros == MAP_FAILED) break;
        atomic_store(&slots[i].has_holes, true);
        errno = saved;
        return;
    }
    if (previous.sa_flags & SA_SIGINFO) {
        previous.sa_sigaction(signal_number, info, context);
    } else if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN) {
        previous.sa_handler(signal_number);
    } else {
        // The instruction runs again and ends the process, as it would have.
        signal(SIGBUS, SIG_DFL);
    }
    errno = saved;
}

static void install(void) {
    page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = handle;
    action.sa_flags = SA_SIGINFO | SA_ONSTACK;
    sigemptyset(&action.sa_mask);
    sigaction(SIGBUS, &action, &previous);
}

int mapped_file_protect(const void *start, size_t size) {
    pthread_once(&once, install);
    int number = -1;
    pthread_mutex_lock(&lock);
    for (int i = 0; i < LIMIT; ++i) {
        if (atomic_load(&slots[i].start) != 0) continue;
        atomic_store(&slots[i].has_holes, false);
        atomic_store(&slots[i].size, size);
        atomic_store(&slots[i].start, (uintptr_t)start);
        if (i >= atomic_load(&used)) atomic_store(&used, i + 1);
        number = i;
        break;
    }
    pthread_mutex_unlock(&lock);
    return number;
}

void mapped_file_release(int number) {
    if (number >= 0) atomic_store(&slots[number].start, 0);
}

bool mapped_file_has_holes(int number) {
    return number >= 0 && atomic_load(&slots[number].has_holes);
}
