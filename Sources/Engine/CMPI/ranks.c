// The table of CRanks.h over the MPI library that this is compiled against. `Scripts/mpi` builds it; nothing links it.

#include "../CRanks/include/CRanks.h"

#include <mpi.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

enum { tagData = 1, tagStop = 2, tagHeart = 3 };

// One thread at a time is in the library.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int rankHere, rankCount, hasStopped, isOver;
static pthread_t heart;
static double *heard;
// Seconds without a sign of life behind which a rank is given up; 0 for never.
static double patience = 120;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double) time.tv_sec + 1e-9 * (double) time.tv_nsec;
}

static void rest(long nanoseconds) {
    struct timespec time = {0, nanoseconds};
    nanosleep(&time, NULL);
}

/// Takes in signs of life and wishes to stop. The lock is held.
static void listen(void) {
    for (;;) {
        int there = 0;
        MPI_Status status;
        MPI_Iprobe(MPI_ANY_SOURCE, tagHeart, MPI_COMM_WORLD, &there, &status);
        if (!there) break;
        char byte;
        MPI_Recv(&byte, 1, MPI_CHAR, status.MPI_SOURCE, tagHeart, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        heard[status.MPI_SOURCE] = now();
    }
    for (;;) {
        int there = 0;
        MPI_Status status;
        MPI_Iprobe(MPI_ANY_SOURCE, tagStop, MPI_COMM_WORLD, &there, &status);
        if (!there) break;
        char byte;
        MPI_Recv(&byte, 1, MPI_CHAR, status.MPI_SOURCE, tagStop, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
        hasStopped = 1;
    }
}

/// Sends a byte that nobody need wait for. The lock is held.
static void signalRank(int rank, int tag) {
    static char byte;
    MPI_Request request;
    MPI_Isend(&byte, 1, MPI_CHAR, rank, tag, MPI_COMM_WORLD, &request);
    MPI_Request_free(&request);
}

static void giveUp(int rank) {
    char text[160];
    int length = snprintf(
        text, sizeof text, "rank %d has given no sign of life for %.0f seconds (rank %d says so); all ranks end\n", rank,
        patience, rankHere);
    if (write(STDERR_FILENO, text, (size_t) length) < 0) {}
    MPI_Abort(MPI_COMM_WORLD, 3);
    _exit(3);
}

/// Says once in a while that this process lives, and looks whether the others do: the first rank after all, all after the
/// first.
static void *beat(void *context) {
    (void) context;
    double sent = 0, before = now();
    while (!__atomic_load_n(&isOver, __ATOMIC_ACQUIRE)) {
        rest(100000000);
        double time = now();
        pthread_mutex_lock(&lock);
        if (isOver) {
            pthread_mutex_unlock(&lock);
            break;
        }
        listen();
        int first = rankHere == 0 ? 1 : 0, last = rankHere == 0 ? rankCount : 1;
        // Whoever was stopped together with the others hears of them first.
        if (time - before > 1)
            for (int rank = first; rank < last; ++rank) heard[rank] = time;
        before = time;
        if (time - sent >= patience / 8) {
            sent = time;
            for (int rank = first; rank < last; ++rank) signalRank(rank, tagHeart);
        }
        for (int rank = first; rank < last; ++rank)
            if (time - heard[rank] > patience) giveUp(rank);
        pthread_mutex_unlock(&lock);
    }
    return NULL;
}

static int32_t start(struct ranks_library *library) {
    int provided = 0, length = 0;
    int status = MPI_Init_thread(NULL, NULL, MPI_THREAD_SERIALIZED, &provided);
    if (status != MPI_SUCCESS) return status;
    if (provided < MPI_THREAD_SERIALIZED) return -1;
    MPI_Comm_rank(MPI_COMM_WORLD, &rankHere);
    MPI_Comm_size(MPI_COMM_WORLD, &rankCount);
    library->rank = rankHere;
    library->count = rankCount;
    char name[MPI_MAX_PROCESSOR_NAME + 1] = "";
    MPI_Get_processor_name(name, &length);
    strncpy(library->host, name, sizeof library->host - 1);
    char version[MPI_MAX_LIBRARY_VERSION_STRING + 1] = "";
    MPI_Get_library_version(version, &length);
    // The first line, up to a comma: `Open MPI v4.1.4`, `MPICH Version: 4.0.2`.
    version[strcspn(version, ",\n")] = 0;
    for (char *at = version; *at; ++at)
        if (*at == '\t') *at = ' ';
    strncpy(library->name, version, sizeof library->name - 1);
    if (rankCount == 1) return 0;
    const char *asked = getenv("REASSEMBLE_RANK_TIMEOUT");
    if (asked) patience = atof(asked);
    heard = calloc((size_t) rankCount, sizeof *heard);
    if (!heard) return -1;
    for (int rank = 0; rank < rankCount; ++rank) heard[rank] = now();
    if (patience > 0) {
        // Signals are for the threads that know what to do with them.
        sigset_t all, before;
        sigfillset(&all);
        pthread_sigmask(SIG_SETMASK, &all, &before);
        if (pthread_create(&heart, NULL, beat, NULL) != 0) patience = 0;
        pthread_sigmask(SIG_SETMASK, &before, NULL);
    }
    return 0;
}

static int32_t exchange(
    const struct ranks_message *sent, int32_t sentCount, const struct ranks_message *received, int32_t receivedCount) {
    int count = sentCount + receivedCount;
    MPI_Request *requests = malloc(sizeof *requests * (size_t) (count > 0 ? count : 1));
    if (!requests) return -1;
    int status = MPI_SUCCESS;
    pthread_mutex_lock(&lock);
    for (int index = 0; index < receivedCount && status == MPI_SUCCESS; ++index)
        status = MPI_Irecv(
            received[index].bytes, received[index].count, MPI_BYTE, received[index].rank, tagData, MPI_COMM_WORLD,
            &requests[index]);
    for (int index = 0; index < sentCount && status == MPI_SUCCESS; ++index)
        status = MPI_Isend(
            sent[index].bytes, sent[index].count, MPI_BYTE, sent[index].rank, tagData, MPI_COMM_WORLD,
            &requests[receivedCount + index]);
    pthread_mutex_unlock(&lock);
    // Awake for a moment, then asleep, at last for longer and longer: who waits takes no core from who computes. Networks
    // want to be looked after while something is on its way, and a thread is usually woken 50 microseconds too late.
    static _Thread_local int isPunctual;
    if (!isPunctual) {
        isPunctual = 1;
        prctl(PR_SET_TIMERSLACK, 1000UL, 0UL, 0UL, 0UL);
    }
    double begun = now();
    int done = 0;
    long pause = 20000;
    while (status == MPI_SUCCESS && !done) {
        pthread_mutex_lock(&lock);
        status = MPI_Testall(count, requests, &done, MPI_STATUSES_IGNORE);
        pthread_mutex_unlock(&lock);
        double waited = now() - begun;
        if (done || waited < 200e-6) continue;
        rest(pause);
        if (waited > 20e-3 && pause < 200000) pause += pause / 8;
    }
    free(requests);
    return status;
}

static void stop(void) {
    if (rankCount < 2) return;
    pthread_mutex_lock(&lock);
    for (int rank = 0; rank < rankCount; ++rank)
        if (rank != rankHere) signalRank(rank, tagStop);
    pthread_mutex_unlock(&lock);
}

static int32_t stopped(void) {
    if (rankCount < 2) return 0;
    pthread_mutex_lock(&lock);
    if (!hasStopped) listen();
    int32_t result = hasStopped;
    pthread_mutex_unlock(&lock);
    return result;
}

static void abortAll(int32_t code) {
    // Whoever holds the lock may never let go.
    struct timespec end;
    clock_gettime(CLOCK_REALTIME, &end);
    end.tv_sec += 1;
    pthread_mutex_timedlock(&lock, &end);
    MPI_Abort(MPI_COMM_WORLD, code);
    _exit(code);
}

static void finish(void) {
    __atomic_store_n(&isOver, 1, __ATOMIC_RELEASE);
    if (rankCount > 1 && patience > 0) pthread_join(heart, NULL);
    MPI_Barrier(MPI_COMM_WORLD);
    if (rankCount > 1) listen();
    MPI_Finalize();
}

static struct ranks_library library = {
    .version = RANKS_VERSION,
    .start = start,
    .exchange = exchange,
    .stop = stop,
    .stopped = stopped,
    .abort = abortAll,
    .finish = finish,
};

__attribute__((visibility("default"))) struct ranks_library *reassemble_ranks(void) { return &library; }
