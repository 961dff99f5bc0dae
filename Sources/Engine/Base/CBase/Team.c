// The threads that all parallel work runs on, oneDNN's and our own: the entries of OpenMP that oneDNN calls.
//
// GCC's own runtime waits awake for milliseconds. On a machine that has other work, a thread that waits so takes the
// core from the one that it waits for, again at every layer. Here a thread waits awake only as long as that has paid
// lately, and then sleeps. A definition in the program goes before that in libgomp, which stays loaded and idle; unless
// oneDNN was built so that it calls entries that are not here (see Runtime.c): then each call goes on to its runtime.
//
// Each thread that starts parallel work has a team of its own, as OpenMP has it, and parallel work within parallel work
// runs on one thread.
#define _GNU_SOURCE
#include "Team.h"

#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

// MARK: Waiting

// A number that changes, and whoever waits for that.
struct gate {
    _Alignas(64) atomic_uint value;
    atomic_int sleepers;
};

enum {
    // Turns that a thread waits awake: at least, and at first. A turn takes 10 to 50 nanoseconds.
    fewest_turns = 50,
    first_turns = 200,
    // A sleep shorter than this, in nanoseconds, had better been spent awake.
    short_sleep = 150000,
    // The time that a thread runs at a stretch beside others, in nanoseconds: the least that Linux takes.
    slice = 100000,
};

// Turns at most: some hundred microseconds on two cores, more on many, as it takes longer to wake many.
static unsigned most_turns = 2500;

static unsigned fitting(unsigned turns) { return turns < most_turns ? turns : most_turns; }

static void rest(void) {
#if defined(__x86_64__) || defined(__i386__)
    __builtin_ia32_pause();
#else
    atomic_signal_fence(memory_order_seq_cst);
#endif
}

static long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * 1000000000L + time.tv_nsec;
}

static void change(struct gate *gate, unsigned value) {
    // In one order with the count of sleepers: either they see the value or they are seen.
    atomic_store(&gate->value, value);
    if (atomic_load(&gate->sleepers) > 0) {
        syscall(SYS_futex, &gate->value, FUTEX_WAKE_PRIVATE, INT_MAX, NULL, NULL, 0);
    }
}

// Waits until the value is another; `turns` is how long the calling thread stays awake for that.
static unsigned await_change(struct gate *gate, unsigned old, unsigned *turns) {
    for (unsigned turn = 0; turn < *turns; ++turn) {
        unsigned value = atomic_load_explicit(&gate->value, memory_order_acquire);
        if (value != old) {
            unsigned wanted = 2 * turn + fewest_turns;
            if (wanted > *turns) *turns = fitting(wanted);
            return value;
        }
        rest();
    }
    long start = now();
    atomic_fetch_add(&gate->sleepers, 1);
    unsigned value;
    while ((value = atomic_load(&gate->value)) == old) {
        syscall(SYS_futex, &gate->value, FUTEX_WAIT_PRIVATE, old, NULL, NULL, 0);
    }
    atomic_fetch_sub(&gate->sleepers, 1);
    if (now() - start < short_sleep) {
        *turns = fitting(*turns + *turns / 4 + fewest_turns);
    } else {
        *turns = *turns / 2 > fewest_turns ? *turns / 2 : fewest_turns;
    }
    return value;
}

// What sched_setattr(2) takes, for which C libraries of 2023 have no declaration.
struct scheduling {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period;
};

// Asks for short slices of time for the calling thread. It gets no more of a core than before, but sooner: from Linux 6.12
// on a thread that wakes goes before one whose slice is longer, so that a team beside other work waits less for its last
// thread. Older systems take no notice, and a thread that was given another policy keeps it.
static void take_short_slices(void) {
    struct scheduling own = {.size = sizeof own};
    if (syscall(SYS_sched_getattr, 0, &own, sizeof own, 0) != 0 || own.policy != SCHED_OTHER) {
        return;
    }
    own.size = sizeof own;
    own.runtime = slice;
    syscall(SYS_sched_setattr, 0, &own, 0);
}

// MARK: Teams

struct worker {
    // The round that it is wanted in.
    struct gate begun;
    pthread_t thread;
    struct team *team;
    int number;
};

struct team {
    // Counts the rounds that are over.
    struct gate finished;
    // Counts the times that all have come to a barrier.
    struct gate passed;
    _Alignas(64) atomic_int missing;
    atomic_int at_work;
    // The work of this round.
    void (*body)(void *);
    void *data;
    int size;
    bool ends;
    // Workers that there are, number 1 first.
    int count;
    struct worker **workers;
    unsigned turns;
};

// What the calling thread does: nothing parallel, or its part in a team's round.
static _Thread_local struct {
    struct team *team;
    int number;
    int size;
    unsigned turns;
} place = {NULL, 0, 1, first_turns};

static _Thread_local struct team *own_team;
// What was asked for; 0: what the environment or the machine says.
static _Thread_local int asked;

static pthread_key_t team_key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static int usual_threads;

static void dissolve(void *pointer) {
    struct team *team = pointer;
    team->ends = true;
    for (int index = 0; index < team->count; ++index) {
        struct worker *worker = team->workers[index];
        change(&worker->begun, atomic_load(&worker->begun.value) + 1);
        pthread_join(worker->thread, NULL);
        free(worker);
    }
    free(team->workers);
    free(team);
}

static void settle(void) {
    pthread_key_create(&team_key, dissolve);
    cpu_set_t cores;
    int bound = sched_getaffinity(0, sizeof cores, &cores) == 0 ? CPU_COUNT(&cores) : 1;
    most_turns = 2500 + 60 * (unsigned)bound;
    const char *text = getenv("OMP_NUM_THREADS");
    long given = text ? strtol(text, NULL, 10) : 0;
    usual_threads = given > 0 && given <= TEAM_LIMIT ? (int)given : bound;
}

static void give_up(const char *what) {
    fprintf(stderr, "no memory for %s\n", what);
    _exit(3);
}

static void *work(void *pointer) {
    struct worker *worker = pointer;
    struct team *team = worker->team;
    unsigned round = 0;
    take_short_slices();
    for (;;) {
        round = await_change(&worker->begun, round, &place.turns);
        if (team->ends) return NULL;
        place.team = team;
        place.number = worker->number;
        place.size = team->size;
        team->body(team->data);
        place.size = 1;
        if (atomic_fetch_sub(&team->at_work, 1) == 1) {
            change(&team->finished, atomic_load(&team->finished.value) + 1);
        }
    }
}

static void *zeroed(size_t size, const char *what) {
    void *memory = NULL;
    if (posix_memalign(&memory, 64, size) != 0) give_up(what);
    for (size_t index = 0; index < size; ++index) ((char *)memory)[index] = 0;
    return memory;
}

// Sees to it that the calling thread's team has so many workers.
static struct team *team_of(int count) {
    if (!own_team) {
        own_team = zeroed(sizeof *own_team, "threads");
        own_team->turns = first_turns;
        take_short_slices();
        pthread_setspecific(team_key, own_team);
    }
    struct team *team = own_team;
    if (count <= team->count) return team;
    struct worker **workers = realloc(team->workers, (size_t)count * sizeof *workers);
    if (!workers) give_up("threads");
    team->workers = workers;
    while (team->count < count) {
        struct worker *worker = zeroed(sizeof *worker, "threads");
        worker->team = team;
        worker->number = team->count + 1;
        if (pthread_create(&worker->thread, NULL, work, worker) != 0) give_up("threads");
        workers[team->count++] = worker;
    }
    return team;
}

// MARK: OpenMP

void omp_set_num_threads(int count) {
    if (foreign_runtime) foreign_runtime->set_threads(count);
    asked = count < TEAM_LIMIT ? count : TEAM_LIMIT;
}

int omp_get_max_threads(void) {
    if (foreign_runtime) return foreign_runtime->max_threads();
    pthread_once(&once, settle);
    return asked > 0 ? asked : usual_threads;
}

int omp_get_num_threads(void) {
    return foreign_runtime ? foreign_runtime->threads() : place.size;
}

int omp_get_thread_num(void) {
    if (foreign_runtime) return foreign_runtime->thread();
    return place.size > 1 ? place.number : 0;
}

int omp_in_parallel(void) {
    return foreign_runtime ? foreign_runtime->in_parallel() : place.size > 1;
}

void GOMP_parallel(void (*body)(void *), void *data, unsigned threads, unsigned flags) {
    if (foreign_runtime) {
        foreign_runtime->parallel(body, data, threads, flags);
        return;
    }
    int wanted = threads > 0 ? (threads < TEAM_LIMIT ? (int)threads : TEAM_LIMIT)
                             : omp_get_max_threads();
    pthread_once(&once, settle);
    if (wanted == 1 || place.size > 1) {
        // One thread, to which its part in the work around it is not visible.
        struct team *around = place.team;
        int number = place.number, size = place.size;
        place.team = NULL;
        place.size = 1;
        body(data);
        place.team = around;
        place.number = number;
        place.size = size;
        return;
    }
    struct team *team = team_of(wanted - 1);
    unsigned rounds = atomic_load(&team->finished.value);
    team->body = body;
    team->data = data;
    team->size = wanted;
    atomic_store(&team->missing, wanted);
    atomic_store(&team->at_work, wanted - 1);
    for (int index = 0; index < wanted - 1; ++index) {
        struct gate *begun = &team->workers[index]->begun;
        change(begun, atomic_load_explicit(&begun->value, memory_order_relaxed) + 1);
    }
    place.team = team;
    place.number = 0;
    place.size = wanted;
    body(data);
    place.size = 1;
    place.team = NULL;
    await_change(&team->finished, rounds, &team->turns);
}

void GOMP_barrier(void) {
    if (foreign_runtime) {
        foreign_runtime->barrier();
        return;
    }
    if (place.size <= 1) return;
    struct team *team = place.team;
    unsigned times = atomic_load(&team->passed.value);
    if (atomic_fetch_sub(&team->missing, 1) == 1) {
        atomic_store(&team->missing, place.size);
        change(&team->passed, times + 1);
    } else {
        await_change(&team->passed, times, &place.turns);
    }
}
