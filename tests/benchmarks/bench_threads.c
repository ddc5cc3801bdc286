/* How long a cache line takes from one core to another and back: see bench_threads.py. C11, POSIX threads. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <time.h>

static _Alignas(128) _Atomic int64_t turn; /* odd: the second thread's */

static void *answer(void *rounds)
{
    int64_t i, n = *(const int64_t *)rounds;
    for (i = 0; i < n; i++) {
        while (atomic_load_explicit(&turn, memory_order_acquire) != 2 * i + 1)
            ;
        atomic_store_explicit(&turn, 2 * i + 2, memory_order_release);
    }
    return NULL;
}

/* Nanoseconds of one round trip, the mean of so many; below 0: no second thread. */
double round_trip(int64_t rounds)
{
    struct timespec from, to;
    pthread_t other;
    int64_t i;
    atomic_store(&turn, 0);
    if (pthread_create(&other, NULL, answer, &rounds))
        return -1;
    clock_gettime(CLOCK_MONOTONIC, &from);
    for (i = 0; i < rounds; i++) {
        atomic_store_explicit(&turn, 2 * i + 1, memory_order_release);
        while (atomic_load_explicit(&turn, memory_order_acquire) != 2 * i + 2)
            ;
    }
    clock_gettime(CLOCK_MONOTONIC, &to);
    pthread_join(other, NULL);
    return ((double)(to.tv_sec - from.tv_sec) * 1e9 + (double)(to.tv_nsec - from.tv_nsec)) / (double)rounds;
}
