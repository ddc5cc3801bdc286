/* The contract between the host and the device code: what one launch is told, which instance of the kernel it needs,
 * and how much memory that takes. Plain C; the host repeats it in Python, and a test holds both equal.
 *
 * Kernels (train.cu, keep.cu; extern "C", one argument: w2v_launch by value)
 *
 *   w2v_keep    subsampling, once for the tokens on the device and an epoch, before any w2v_train on them: writes
 *               kept_ids, kept_from and kept_counts. Left out without subsampling.
 *   w2v_train   trains segments until next_segment has reached n_segments. Warps take segments in ascending order, so a
 *               launch of one warp computes what the reference computes.
 *
 * Both take whole warps: any grid, blocks of W2V_WARP * (1 .. W2V_BLOCK_WARPS) threads. w2v_keep needs no shared
 * memory, w2v_train w2v_warp_bytes for each warp of a block.
 *
 * Instances of w2v_train: macros at compile time.
 *
 *   W2V_UNIT          what is trained at once: W2V_UNIT_PAIR, one context with targets of its own; W2V_UNIT_WINDOW,
 *                     all contexts of a centre with the same targets; W2V_UNIT_MEAN, the mean of the contexts (0, 1, 2)
 *   W2V_OBJECTIVES    how many objectives are trained, 1 or 2
 *   W2V_FIRST         the first one: the name of its file (without .cuh) and of the struct in it
 *   W2V_SECOND        the second one, trained after the first at each centre (or pair)
 *   W2V_FLOATS        w2v_floats(size): floats of a row that a lane works on
 *   W2V_TILE          w2v_tile(...): targets that are in registers at once
 *   W2V_RING          1: context rows stay in shared memory, for windows up to W2V_RING_WINDOW if w2v_warp_bytes fit;
 *                     0: they are read anew for each window
 *   W2V_LOSS          1: sum loss, judged and correct
 *   W2V_WEIGHTS       1: contexts have weights by their distance
 *   W2V_BAGS          1: an input may be several rows, and sentences may have tags; without W2V_UNIT_WINDOW and W2V_RING
 *   W2V_SOFT          1: targets may have offsets, and labels between 0 and 1
 *   W2V_JOINT         1: the link is the softmax over the targets of an input, in place of a sigmoid of each
 *
 * The file of an objective is included by centres.cuh. It includes targets.cuh, and has
 *
 *   struct x { ... };         what a warp keeps, in registers, from the beginning of a segment to its end
 *   void begin(x &, const w2v_objective &, float *shared)
 *                             called at the beginning, with `shared_bytes` of shared memory on a 16-byte border
 *   Targets targets_of(x &, const w2v_launch &, const w2v_objective &, const Sentence &, const Example &)
 *                             names the targets of an example; all lanes call it. DeviceHalf (objectives/base.py) says
 *                             whether they may be soft, and which link they have
 */
#ifndef W2VCORE_CUDA_LAUNCH_H
#define W2VCORE_CUDA_LAUNCH_H

#ifdef __CUDACC_RTC__ /* NVRTC has no system headers */
typedef unsigned char uint8_t;
typedef int int32_t;
typedef unsigned int uint32_t;
typedef long long int64_t;
typedef unsigned long long uint64_t;
#define UINT32_C(number) number##u
#define UINT64_C(number) number##ull
#else
#include <stdint.h>
#endif

#ifndef W2V_HOST_DEVICE
#ifdef __CUDACC__
#define W2V_HOST_DEVICE static __host__ __device__ inline
#else
#define W2V_HOST_DEVICE static inline
#endif
#endif

#define W2V_WARP 32
#define W2V_BLOCK_WARPS 8   /* warps of a block, at most */
#define W2V_MAX_SIZE 1024   /* floats of a vector, at most */
#define W2V_RING_WINDOW 15  /* widest window with a ring: its 2 * 15 + 1 slots have a lane each */
#define W2V_MAX_OBJECTIVES 2

#define W2V_UNIT_PAIR 0
#define W2V_UNIT_WINDOW 1
#define W2V_UNIT_MEAN 2

/* Sums of one job: 48 bytes. What is judged counts by the weight of its example. */
typedef struct {
    double loss;
    uint64_t words;
    uint64_t examples;
    double judged;
    double correct;
    double weight; /* of the examples, where contexts have weights */
} w2v_job_sums;

/* What one warp trains in one go: tokens start..stop of one sentence as centres. 32 bytes. */
typedef struct {
    int64_t sentence; /* number in `offsets` */
    int64_t start;    /* as indices into ids, inside the sentence */
    int64_t stop;
    float alpha;
    uint32_t job;     /* index into `sums` */
} w2v_segment;

/* What the device half of one objective is told: 48 bytes. Addresses are those of the device; 0 where there is nothing.
 */
typedef struct {
    uint64_t matrix;      /* float32 [rows][stride]: its target table */
    uint64_t array0;      /* its arrays, in the order in which its `device` names them (objectives/base.py) */
    uint64_t array1;
    uint64_t array2;
    uint64_t key;         /* random_key(seed, epoch, its purpose); 0 if it draws nothing */
    int32_t draws;        /* random draws for an example */
    int32_t shared_bytes; /* of shared memory for each warp, a multiple of 16 */
} w2v_objective;

/* The argument of a launch: 328 bytes without padding. Addresses are those of the device, as numbers; 0 where there is
 * nothing. */
typedef struct {
    /* Weights: float32, `stride` floats from row to row, a multiple of 4, 16-byte aligned; the padding is zero. */
    uint64_t input;        /* [input rows][stride] */
    int64_t stride;
    int64_t vocabulary;
    /* Tokens. */
    uint64_t ids;          /* uint32 [offsets[sentences]] */
    uint64_t offsets;      /* int64 [sentences + 1]; a sentence has less than 2^31 tokens */
    int64_t sentences;
    int64_t position;      /* place of ids[0] in the epoch */
    uint64_t keep;         /* uint32 [vocabulary]; 0: no subsampling, and the next three are 0 as well */
    uint64_t kept_ids;     /* uint32, as long as ids: from offsets[s] on, the kept tokens of sentence s; or 0 */
    uint64_t kept_from;    /* uint32, as long as ids: their places in sentence s, counted from 0; or 0 */
    uint64_t kept_counts;  /* uint32 [sentences]: how many; or 0 */
    /* Inputs, with W2V_BAGS. */
    uint64_t bag_from;     /* int64 [vocabulary + 1]: where rows of each id begin in bag_rows; 0: id i has row i */
    uint64_t bag_rows;     /* uint32 */
    uint64_t bag_weights;  /* float, as long as bag_rows; 0: each row counts once */
    uint64_t tag_from;     /* int64 [sentences + 1]: where its tags begin in tag_rows; 0: there are none */
    uint64_t tag_rows;     /* uint32 */
    /* Work. */
    uint64_t segments;     /* w2v_segment [n_segments] */
    int64_t n_segments;
    uint64_t next_segment; /* uint64 [1], set to 0 by the host before each launch */
    uint64_t sums;         /* w2v_job_sums, added to */
    uint64_t scratch;      /* float [warps of the launch][w2v_scratch_rows(...)][stride] if that is not 0: zeroed once
                              by the host, and zero again after each launch */
    /* Settings. */
    uint64_t lock;         /* float [lock_size]: row i learns at lock[i % lock_size] times the rate; 0: all at 1 */
    int64_t lock_size;
    uint64_t weights;      /* float, by the distance of a context, from 1, as far as windows reach; 0: none */
    uint64_t token_key;    /* random_key(seed, epoch, W2V_PURPOSE_TOKEN) */
    int64_t window;        /* words on each side; 0: the whole sentence */
    int32_t size;          /* floats of a vector, 1 .. W2V_MAX_SIZE */
    int32_t targets;       /* that every example has; 0: examples differ */
    int32_t shrink;        /* 1: windows shrink */
    int32_t cbow_mean;     /* 1: the hidden row is the mean of the context rows, 0: their sum; see block.h */
    int32_t max_targets;   /* that an example can have */
    int32_t corrected;     /* 1: of the mean's error, too, each context row takes its share */
    w2v_objective first;
    w2v_objective second;
} w2v_launch;

/* Floats of a row that a lane works on: pieces of four, and perhaps one of two. */
W2V_HOST_DEVICE int32_t w2v_floats(int32_t size)
{
    int32_t floats = (size + W2V_WARP - 1) / W2V_WARP;
    return floats <= 12 ? (floats + 1) / 2 * 2 : (floats + 3) / 4 * 4;
}

/* Whether a ring may be used; the host must also find w2v_warp_bytes of shared memory for at least one warp. */
W2V_HOST_DEVICE int32_t w2v_has_ring(int64_t window)
{
    return window >= 1 && window <= W2V_RING_WINDOW;
}

/* Targets in registers at once: at most 8, fewer for long rows, and all tiles as full as can be. With a ring, a
 * unit of all contexts keeps each target's delta beside its value. */
W2V_HOST_DEVICE int32_t w2v_tile(int32_t unit, int32_t floats, int32_t ring, int32_t targets)
{
    int32_t rows = unit == W2V_UNIT_WINDOW && ring ? 2 : 1;
    int32_t most = (168 / floats - 3) / rows; /* beside the context, its error and a row at work, of 255 registers */
    most = most < 1 ? 1 : most > 8 ? 8 : most;
    int32_t tiles = (targets + most - 1) / most;
    return targets ? (targets + tiles - 1) / tiles : most;
}

/* Rows of a ring's slot: the value, the value when it came, and with several tiles of targets what is to be added. */
W2V_HOST_DEVICE int32_t w2v_slot_rows(int32_t unit, int32_t tile, int32_t targets)
{
    return unit == W2V_UNIT_WINDOW && (!targets || targets > tile) ? 3 : 2;
}

/* Bytes of dynamic shared memory for each warp, a multiple of 16: the ring, and what the objectives take. */
W2V_HOST_DEVICE int64_t w2v_warp_bytes(
    int32_t unit, int32_t ring, int32_t tile, int32_t size, int64_t window, int32_t targets, int64_t objectives)
{
    int64_t width = (size + 3) / 4 * 4;
    int64_t rows = ring ? (2 * window + 1) * w2v_slot_rows(unit, tile, targets) : 0;
    return rows * width * 4 + objectives;
}

/* Rows of scratch in device memory for each warp. */
W2V_HOST_DEVICE int64_t w2v_scratch_rows(int32_t unit, int32_t ring, int32_t max_targets)
{
    return unit == W2V_UNIT_WINDOW && !ring ? max_targets : 0;
}

#endif
