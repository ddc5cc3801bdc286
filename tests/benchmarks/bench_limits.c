/* What one core can do: multiply-adds in registers, and rows of a table in any order. For bench_limits.py, which
 * compiles this once per instruction set with -DLANES=<floats in a register>.
 */
#include <stdint.h>

#if defined(_WIN32)
#define DOOR __declspec(dllexport)
#else
#define DOOR
#endif

typedef float vec __attribute__((vector_size(4 * LANES)));

enum { SUMS = 12 }; /* more than the 8 to 10 that are in flight on today's cores, and no more than 16 registers hold */

/* `times` rounds of SUMS independent multiply-adds of LANES floats. */
DOOR float multiply_add(int64_t times)
{
    vec sum[SUMS], by = {0}, add = {0};
    float total = 0;
    by += 0.999f;
    add += 1e-3f;
    for (int k = 0; k < SUMS; k++)
        sum[k] = add * (float)k;
    for (int64_t i = 0; i < times; i++) {
#pragma GCC unroll 12
        for (int k = 0; k < SUMS; k++)
            sum[k] = sum[k] * by + add;
    }
    for (int k = 0; k < SUMS; k++)
        for (int lane = 0; lane < LANES; lane++)
            total += sum[k][lane];
    return total;
}

/* Read the rows of `stride` floats (a multiple of 16) that `rows` names, and with `write` write them again; fetch each
 * `ahead` rows early, not at all if 0. */
DOOR float touch(float *table, int64_t stride, const uint32_t *rows, int64_t n, int64_t ahead, int write)
{
    vec sum = {0};
    float total = 0;
    for (int64_t i = 0; i < n; i++) {
        vec *row = (vec *)(void *)(table + (int64_t)rows[i] * stride);
        if (ahead && i + ahead < n) {
            const float *next = table + (int64_t)rows[i + ahead] * stride;
            for (int64_t d = 0; d < stride; d += 16)
                __builtin_prefetch(next + d, 1, 3);
        }
        for (int64_t d = 0; d < stride / LANES; d++) {
            vec value = row[d];
            sum += value;
            if (write)
                row[d] = value * 0.999f;
        }
    }
    for (int lane = 0; lane < LANES; lane++)
        total += sum[lane];
    return total;
}
