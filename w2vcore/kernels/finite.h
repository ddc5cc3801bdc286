/* Whether weights are still finite: known from the processor's flags, or looked at one by one.
 *
 * From finite numbers arithmetic makes an infinity or a NaN only by an overflow, a division by zero or an invalid operation
 * (inf - inf, 0 * inf), and each of these raises a flag that stays up until it is lowered (IEEE 754-2019, 7.1). So where
 * the weights, the learning rate and the lock factors were finite before a job and no flag is up after it, all weights
 * are finite, whatever the job has read and written, and however compilers have arranged it: a value that is stored has
 * been computed. The flags are those of a thread, and cost nothing. They may be up without an infinite weight (a score may
 * overflow alone): they say when to look, and when there is no need to.
 *
 * Known to hold on x86-64 and 64-bit ARM; _finite.pyx tries it out before it is relied upon.
 */
#ifndef W2VCORE_FINITE_H
#define W2VCORE_FINITE_H

#include <fenv.h>
#include <stdint.h>
#include <string.h>

#if defined(__x86_64__) || defined(_M_X64) || defined(__aarch64__) || defined(_M_ARM64)
#define W2V_FLAGS (FE_OVERFLOW | FE_DIVBYZERO | FE_INVALID)
#else
#define W2V_FLAGS 0
#endif

/* What the flags of this thread were before. */
typedef struct {
    fexcept_t before;
} w2v_flags;

static inline void w2v_lower_flags(w2v_flags *flags)
{
    fegetexceptflag(&flags->before, W2V_FLAGS);
    feclearexcept(W2V_FLAGS);
}

/* Put the flags back as they were; returns whether one went up meanwhile. */
static inline int w2v_restore_flags(const w2v_flags *flags)
{
    const int raised = fetestexcept(W2V_FLAGS);
    fesetexceptflag(&flags->before, W2V_FLAGS);
    return raised != 0;
}

/* Whether n floats are finite: none has all bits of the exponent set. Compilers make vectors of the inner loop. */
static inline int w2v_all_finite(const float *floats, int64_t n)
{
    enum { AT_ONCE = 4096 };
    for (int64_t start = 0; start < n; start += AT_ONCE) {
        const int64_t stop = start + AT_ONCE < n ? start + AT_ONCE : n;
        uint32_t bad = 0;
        for (int64_t i = start; i < stop; i++) {
            uint32_t bits;
            memcpy(&bits, floats + i, sizeof bits);
            bad |= (bits & UINT32_C(0x7F800000)) == UINT32_C(0x7F800000);
        }
        if (bad)
            return 0;
    }
    return 1;
}

#endif
