#define _GNU_SOURCE

#include "CBase.h"

#include <stdint.h>
#include <sys/mman.h>

enum { HUGE_PAGE = 2 << 20 };

void *base_map_pages(size_t count, void **start, size_t *length) {
    // Room to begin at a multiple of a huge page; what is never touched costs nothing.
    *length = count + HUGE_PAGE;
    *start = mmap(NULL, *length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (*start == MAP_FAILED) return NULL;
    uintptr_t aligned = ((uintptr_t)*start + HUGE_PAGE - 1) & ~(uintptr_t)(HUGE_PAGE - 1);
    madvise((void *)aligned, count, MADV_HUGEPAGE);
    return (void *)aligned;
}

void base_unmap_pages(void *start, size_t length) { munmap(start, length); }
