// The entries of OpenMP that Team.c has.
#pragma once

enum {
    // The most threads that a team has.
    TEAM_LIMIT = 1024,
};

// Calls body(data) on each of so many threads, the calling one among them; 0 stands for omp_get_max_threads(). It is the
// entry that GCC compiles `#pragma omp parallel` to.
void GOMP_parallel(void (*body)(void *), void *data, unsigned threads, unsigned flags);
// Waits until all threads of the team have come here.
void GOMP_barrier(void);
// Threads that the calling thread's parallel work has from now on.
void omp_set_num_threads(int count);
int omp_get_max_threads(void);
// Of the work that this is called in: its threads, the calling one's place among them, whether there are several.
int omp_get_num_threads(void);
int omp_get_thread_num(void);
int omp_in_parallel(void);

// The same entries of another runtime.
struct runtime {
    void (*parallel)(void (*body)(void *), void *data, unsigned threads, unsigned flags);
    void (*barrier)(void);
    void (*set_threads)(int count);
    int (*max_threads)(void);
    int (*threads)(void);
    int (*thread)(void);
    int (*in_parallel)(void);
};

// The runtime that does all, where oneDNN needs more of it than Team.c has; NULL where Team.c does.
extern const struct runtime *foreign_runtime;
