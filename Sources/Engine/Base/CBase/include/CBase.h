/// The one pool of threads that all work runs on, and memory in huge pages.
#pragma once

#include <stddef.h>

/// Runs body(context, index) for every index in 0..<count on the threads that oneDNN uses too.
void base_parallel(long count, void (*body)(void *context, long index), void *context);

/// Threads that parallel work of the calling thread uses from now on.
void base_set_threads(int count);
int base_threads(void);

/// The calling thread's place among those that run the parallel work that it is called from, below base_threads().
int base_thread(void);

/// Zero bytes straight from the system, at a multiple of 2 MiB and in huge pages where the system has them; NULL where
/// there is no room. `start` and `length` are for base_unmap_pages.
void *base_map_pages(size_t count, void **start, size_t *length);
void base_unmap_pages(void *start, size_t length);

/// Whether all parallel work runs on the threads here; otherwise on those of the OpenMP that oneDNN was built for.
int base_owns_threads(void);
/// Whether an entry that a library calls is OpenMP's, but none of those here.
int base_is_foreign_entry(const char *name);
