/* CUDA for one C++ compiler and no GPU: what the device code uses of the language, so that its very text runs on the
 * host.
 *
 * Each thread of a block is a fiber with a stack of its own. A fiber runs until it meets a warp-wide operation; when
 * all 32 lanes of its warp wait at the same one, in the same line of the source, they exchange values and go on. So
 * lanes may diverge as on a GPU, and if they fail to meet again, that is found and reported. Between two meetings
 * lanes run one after the other, in an order that the caller chooses: a result that depends on it shows a missing
 * __syncwarp. Warps of a block take turns at each meeting. Atomics are plain, shared memory is filled with NaN before
 * each block.
 */
#ifndef W2VCORE_TESTS_LANES_H
#define W2VCORE_TESTS_LANES_H

#include <stdint.h>
#include <string.h>

/* Of math.h, whose C++ form takes longer to compile than the device code. */
extern "C" {
float expf(float), logf(float), log1pf(float), fabsf(float), fminf(float, float), fmaxf(float, float),
    fmaf(float, float, float);
}

#define __device__
#define __global__
#define __shared__
#define __forceinline__ inline
#define __grid_constant__
#define __launch_bounds__(...)
#ifndef __CUDA_ARCH__
#define __CUDA_ARCH__ 900
#endif

struct alignas(8) float2 {
    float x, y;
};
struct alignas(16) float4 {
    float x, y, z, w;
};
struct alignas(8) uint2 {
    unsigned x, y;
};
struct dim3 {
    unsigned x, y, z;
};
extern dim3 threadIdx, blockIdx, blockDim, gridDim;

static inline float2 make_float2(float x, float y)
{
    return {x, y};
}
static inline float4 make_float4(float x, float y, float z, float w)
{
    return {x, y, z, w};
}

/* Give 64 bits to the warp and wait for it; returns what all 32 lanes gave. */
enum Meeting { SYNC, SHUFFLE, BALLOT, MATCH };
const uint64_t *meet(Meeting meeting, unsigned mask, uint64_t given, const char *file, int line);
int current_lane();

/* How an access uses memory, told to whom it may concern: watch.cpp, in a build with W2V_WATCHED, whose plain accesses
 * are told by the compiler. */
enum Use { PLAIN_READ, PLAIN_WRITE, READ_PAST_L1, READ_BY_LDG, ATOMIC_ADD };
#ifdef W2V_WATCHED
#define W2V_UNWATCHED __attribute__((no_sanitize_thread, noinline))
void notice(Use use, const void *address, int bytes);
#else
#define W2V_UNWATCHED inline
static inline void notice(Use, const void *, int)
{
}
#endif

#define W2V_HERE const char *file = __builtin_FILE(), int line = __builtin_LINE()

template <class T> static inline uint64_t to_bits(T value)
{
    static_assert(sizeof(T) <= 8, "a shuffle moves 4 or 8 bytes");
    uint64_t bits = 0;
    memcpy(&bits, &value, sizeof value);
    return bits;
}
template <class T> static inline T shuffle(unsigned mask, T value, int from, const char *file, int line)
{
    const uint64_t bits = meet(SHUFFLE, mask, to_bits(value), file, line)[from];
    memcpy(&value, &bits, sizeof value);
    return value;
}
template <class T> static inline T __shfl_sync(unsigned mask, T value, int lane, W2V_HERE)
{
    return shuffle(mask, value, lane & 31, file, line);
}
template <class T> static inline T __shfl_xor_sync(unsigned mask, T value, int distance, W2V_HERE)
{
    return shuffle(mask, value, current_lane() ^ distance, file, line);
}
template <class T> static inline T __shfl_down_sync(unsigned mask, T value, unsigned distance, W2V_HERE)
{
    const int from = current_lane() + (int)distance;
    return shuffle(mask, value, from < 32 ? from : current_lane(), file, line);
}
static inline unsigned __ballot_sync(unsigned mask, int predicate, W2V_HERE)
{
    const uint64_t *const given = meet(BALLOT, mask, predicate != 0, file, line);
    unsigned bits = 0;
    for (int lane = 0; lane < 32; lane++)
        bits |= (unsigned)given[lane] << lane;
    return bits;
}
template <class T> static inline unsigned __match_any_sync(unsigned mask, T value, W2V_HERE)
{
    const uint64_t *const given = meet(MATCH, mask, to_bits(value), file, line);
    unsigned bits = 0;
    for (int lane = 0; lane < 32; lane++)
        bits |= (unsigned)(given[lane] == to_bits(value)) << lane;
    return bits;
}
static inline void __syncwarp(unsigned mask = 0xffffffffu, W2V_HERE)
{
    meet(SYNC, mask, 0, file, line);
}

template <class T> static W2V_UNWATCHED T __ldg(const T *address)
{
    notice(READ_BY_LDG, address, sizeof(T));
    return *address;
}
template <class T> static W2V_UNWATCHED T __ldcg(const T *address)
{
    notice(READ_PAST_L1, address, sizeof(T));
    return *address;
}

template <class T> static W2V_UNWATCHED T atomicAdd(T *address, T value)
{
    notice(ATOMIC_ADD, address, sizeof(T));
    const T before = *address;
    *address = before + value;
    return before;
}
static W2V_UNWATCHED float2 atomicAdd(float2 *address, float2 value)
{
    notice(ATOMIC_ADD, address, sizeof value);
    const float2 before = *address;
    *address = {before.x + value.x, before.y + value.y};
    return before;
}
static W2V_UNWATCHED float4 atomicAdd(float4 *address, float4 value)
{
    notice(ATOMIC_ADD, address, sizeof value);
    const float4 before = *address;
    *address = {before.x + value.x, before.y + value.y, before.z + value.z, before.w + value.w};
    return before;
}

static inline int __popc(unsigned bits)
{
    return __builtin_popcount(bits);
}
static inline int __ffs(int bits)
{
    return __builtin_ffs(bits);
}
static inline float __int_as_float(int bits)
{
    float value;
    memcpy(&value, &bits, sizeof value);
    return value;
}
static inline float __expf(float x)
{
    return expf(x);
}
static inline float __fdividef(float x, float y)
{
    return x / y;
}

#endif
