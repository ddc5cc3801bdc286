/* Start to fetch a row, or whatever lies at an address, into the cache. */
#ifndef W2VCORE_PREFETCH_H
#define W2VCORE_PREFETCH_H

#include <stdint.h>

#if defined(__GNUC__) || defined(__clang__)
#define W2V_PREFETCH(address) __builtin_prefetch((address), 1, 3)
/* A function that does nothing but prefetch has no effect for GCC, which then drops its calls; this is one. */
#define W2V_EFFECT() __asm__ volatile("")
#elif defined(_MSC_VER) && (defined(_M_X64) || defined(_M_IX86))
#include <xmmintrin.h>
#define W2V_PREFETCH(address) _mm_prefetch((const char *)(address), _MM_HINT_T0)
#else
#define W2V_PREFETCH(address) ((void)(address))
#endif
#ifndef W2V_EFFECT
#define W2V_EFFECT() ((void)0)
#endif

static inline void w2v_prefetch(const void *address)
{
    W2V_PREFETCH(address);
    W2V_EFFECT();
}

/* The first 8 lines of 64 bytes; the processor's own streamer takes the rest of a longer row. */
static inline void w2v_prefetch_row(const float *row, int64_t floats)
{
    int64_t i, n = floats < 128 ? floats : 128;
    for (i = 0; i < n; i += 16)
        W2V_PREFETCH(row + i);
    W2V_EFFECT();
}

#endif
