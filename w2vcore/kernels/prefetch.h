/* Start to fetch what is needed soon into the cache. */
#ifndef W2VCORE_PREFETCH_H
#define W2VCORE_PREFETCH_H

#include <stdint.h>

/* To write: PREFETCHW takes a line away from other cores at once; without it the first store asks for that. For workers
 * on cores that share no cache it is worth 5 to 7 %, alone nothing. Processors without it do nothing; GCC and Clang
 * would have to be told that there is none such. */
#if defined(__GNUC__)
#define W2V_PREFETCH_READ(address) __builtin_prefetch((address), 0, 3)
#define W2V_PREFETCH_NEAR(address) __builtin_prefetch((address), 0, 2)
#if defined(__x86_64__)
#define W2V_PREFETCH_WRITE(address) __asm__ volatile("prefetchw %0" : : "m"(*(const char *)(address)))
#else
#define W2V_PREFETCH_WRITE(address) __builtin_prefetch((address), 1, 3)
#endif
/* A function that does nothing but prefetch has no effect for GCC, which then drops its calls; this is one. */
#define W2V_EFFECT() __asm__ volatile("")
#elif defined(_MSC_VER) && (defined(_M_X64) || defined(_M_IX86))
#include <intrin.h>
#define W2V_PREFETCH_READ(address) _mm_prefetch((const char *)(address), _MM_HINT_T0)
#define W2V_PREFETCH_NEAR(address) _mm_prefetch((const char *)(address), _MM_HINT_T1)
#define W2V_PREFETCH_WRITE(address) _m_prefetchw((const void *)(address))
#define W2V_EFFECT() ((void)0)
#else
#define W2V_PREFETCH_READ(address) ((void)(address))
#define W2V_PREFETCH_NEAR(address) ((void)(address))
#define W2V_PREFETCH_WRITE(address) ((void)(address))
#define W2V_EFFECT() ((void)0)
#endif

/* One line, to be read. */
static inline void w2v_prefetch(const void *address)
{
    W2V_PREFETCH_READ(address);
    W2V_EFFECT();
}

/* A row of weights, to be read and written: the first 8 lines of 64 bytes; the processor's own streamer takes the rest of
 * a longer one. */
static inline void w2v_prefetch_row(const float *row, int64_t floats)
{
    int64_t i, n = floats < 128 ? floats : 128;
    for (i = 0; i < n; i += 16)
        W2V_PREFETCH_WRITE(row + i);
    W2V_EFFECT();
}

/* The same into the second cache alone, for units of some fifty rows: more than there are places for lines on their way to
 * the first. It takes a sixth off the time of an epoch of such units. */
static inline void w2v_prefetch_row_near(const float *row, int64_t floats)
{
    int64_t i, n = floats < 128 ? floats : 128;
    for (i = 0; i < n; i += 16)
        W2V_PREFETCH_NEAR(row + i);
    W2V_EFFECT();
}

#endif
