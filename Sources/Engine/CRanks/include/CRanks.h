#pragma once

#include <stddef.h>
#include <stdint.h>

// What a process asks of an MPI library, without a type of that library: these differ between OpenMPI and MPICH.
//
// `../CMPI/ranks.c` fills the table; it is built against the machine's mpicc and loaded when a launcher has started us.

#define RANKS_VERSION 1

/// Bytes that go to a rank or come from one.
struct ranks_message {
    void *bytes;
    /// At most 2^30.
    int32_t count;
    int32_t rank;
};

struct ranks_library {
    /// `RANKS_VERSION` of the build.
    uint32_t version;
    /// What the library calls itself, a line.
    char name[128];
    /// Where this process runs.
    char host[256];
    int32_t rank;
    int32_t count;
    /// Begins; fills in all that stands above. 0, or the library's error.
    int32_t (*start)(struct ranks_library *library);
    /// Sends and receives; returns when all of it is done. 0, or the library's error.
    int32_t (*exchange)(
        const struct ranks_message *sent, int32_t sentCount, const struct ranks_message *received, int32_t receivedCount);
    /// Tells all other ranks to stop; they hear it by `stopped`.
    void (*stop)(void);
    /// Whether another rank wants to stop.
    int32_t (*stopped)(void);
    /// Ends all ranks, with an exit code.
    void (*abort)(int32_t code);
    /// Ends in order, together with all other ranks.
    void (*finish)(void);
};

/// Loads what `../CMPI/ranks.c` became; nil with a sentence in `reason` where that cannot be done.
struct ranks_library *ranks_open(const char *path, char *reason, size_t reasonSize);

/// `start` and the others, called through the table.
int32_t ranks_start(struct ranks_library *library);
int32_t ranks_exchange(
    const struct ranks_library *library, const struct ranks_message *sent, int32_t sentCount,
    const struct ranks_message *received, int32_t receivedCount);
void ranks_stop(const struct ranks_library *library);
int32_t ranks_stopped(const struct ranks_library *library);
void ranks_abort(const struct ranks_library *library, int32_t code);
void ranks_finish(const struct ranks_library *library);
/// `name` and `host` of the table, which are arrays.
const char *ranks_name(const struct ranks_library *library);
const char *ranks_host(const struct ranks_library *library);
