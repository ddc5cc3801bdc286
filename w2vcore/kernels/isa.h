/* Which block tables were built (setup.py defines W2VCORE_HAVE_<ISA>), and which of them this CPU can run. */
#ifndef W2VCORE_ISA_H
#define W2VCORE_ISA_H

#include "block.h"

#if defined(W2VCORE_HAVE_AVX2) || defined(W2VCORE_HAVE_AVX512)
#if defined(_MSC_VER) && !defined(__clang__)

#include <immintrin.h>
#include <intrin.h>

/* Bits `mask` of CPUID leaf 7, EBX, with the registers `state` saved by the system (XCR0). */
static int w2v_cpu_has(int mask, unsigned long long state)
{
    int r[4];
    __cpuid(r, 0);
    if (r[0] < 7)
        return 0;
    __cpuidex(r, 1, 0);
    if (!(r[2] & (1 << 27)) || !(r[2] & (1 << 12))) /* OSXSAVE, FMA */
        return 0;
    if ((_xgetbv(0) & state) != state)
        return 0;
    __cpuidex(r, 7, 0);
    return (r[1] & mask) == mask;
}

static int w2v_cpu_has_avx2(void)
{
    return w2v_cpu_has(1 << 5, 0x06); /* XMM and YMM */
}

static int w2v_cpu_has_avx512(void)
{
    /* F, DQ, BW, VL; and the mask and ZMM registers */
    return w2v_cpu_has((int)((1u << 16) | (1u << 17) | (1u << 30) | (1u << 31)), 0xE6);
}

#else

/* The compiler's run-time library asks the CPU, and whether the system saves the registers. */
static int w2v_cpu_has_avx2(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}

static int w2v_cpu_has_avx512(void)
{
    __builtin_cpu_init();
    return __builtin_cpu_supports("fma") && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
}

#endif
#endif

extern const w2v_block_table w2v_blocks_portable;
#ifdef W2VCORE_HAVE_SSE2
extern const w2v_block_table w2v_blocks_sse2;
#endif
#ifdef W2VCORE_HAVE_AVX2
extern const w2v_block_table w2v_blocks_avx2;
#endif
#ifdef W2VCORE_HAVE_AVX512
extern const w2v_block_table w2v_blocks_avx512;
#endif
#ifdef W2VCORE_HAVE_NEON
extern const w2v_block_table w2v_blocks_neon;
#endif

#define W2V_MAX_TABLES 5

/* Put the tables that were built and that this CPU can run into `tables`, the fastest last; return how many they are.
 * */
static int w2v_usable_tables(const w2v_block_table **tables)
{
    int n = 0;
    tables[n++] = &w2v_blocks_portable;
#ifdef W2VCORE_HAVE_SSE2
    tables[n++] = &w2v_blocks_sse2; /* every x86-64 has it */
#endif
#ifdef W2VCORE_HAVE_AVX2
    if (w2v_cpu_has_avx2())
        tables[n++] = &w2v_blocks_avx2;
#endif
#ifdef W2VCORE_HAVE_AVX512
    if (w2v_cpu_has_avx512())
        tables[n++] = &w2v_blocks_avx512;
#endif
#ifdef W2VCORE_HAVE_NEON
    tables[n++] = &w2v_blocks_neon; /* every aarch64 has it */
#endif
    return n;
}

#endif
