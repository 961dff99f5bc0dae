// The bare library: allreduce FLOATS RUNS prints the median seconds of MPI_Allreduce, in an order of its own.
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

static int rising(const void *one, const void *other) {
    double difference = *(const double *)one - *(const double *)other;
    return (difference > 0) - (difference < 0);
}

int main(int argc, char **argv) {
    MPI_Init(&argc, &argv);
    int rank;
    MPI_Comm_rank(MPI_COMM_WORLD, &rank);
    int count = argc > 1 ? atoi(argv[1]) : 26214400, runs = argc > 2 ? atoi(argv[2]) : 20;
    float *values = malloc(sizeof *values * (size_t)count);
    double *seconds = malloc(sizeof *seconds * (size_t)runs);
    if (!values || !seconds) MPI_Abort(MPI_COMM_WORLD, 3);
    // The first two touch the memory.
    for (int run = -2; run < runs; ++run) {
        for (int i = 0; i < count; ++i) values[i] = (float)rank;
        MPI_Barrier(MPI_COMM_WORLD);
        double start = MPI_Wtime();
        MPI_Allreduce(MPI_IN_PLACE, values, count, MPI_FLOAT, MPI_SUM, MPI_COMM_WORLD);
        if (run >= 0) seconds[run] = MPI_Wtime() - start;
    }
    qsort(seconds, (size_t)runs, sizeof *seconds, rising);
    if (rank == 0) printf("%.6f\n", seconds[runs / 2]);
    MPI_Finalize();
    return 0;
}
