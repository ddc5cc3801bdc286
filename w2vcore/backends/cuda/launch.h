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
 *   W2V_ARCHITECTURE  W2V_SKIPGRAM_PAIR, W2V_SKIPGRAM_WINDOW, W2V_CBOW (as numbers: 0, 1, 2)
 *   W2V_OBJECTIVES    W2V_TREE, W2V_NEGATIVE, or their sum (1, 2, 3); with both, tree first
 *   W2V_FLOATS        w2v_floats(size): floats of a row that a lane works on
 *   W2V_TILE          w2v_tile(...): targets that are in registers at once
 *   W2V_RING          1: context rows stay in shared memory, for windows up to W2V_RING_WINDOW if w2v_warp_bytes fit;
 *                     0: they are read anew for each window
 *   W2V_LOSS          1: sum loss, judged and correct
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
#define W2V_DRAWS 128       /* targets that negative sampling names ahead, at least */

#define W2V_SKIPGRAM_PAIR 0
#define W2V_SKIPGRAM_WINDOW 1
#define W2V_CBOW 2

#define W2V_TREE 1
#define W2V_NEGATIVE 2

/* Sums of one job: 40 bytes. */
typedef struct {
    double loss;
    uint64_t words;
    uint64_t examples;
    uint64_t judged;
    uint64_t correct;
} w2v_job_sums;

/* What one warp trains in one go: tokens start..stop of one sentence as centres. 32 bytes. */
typedef struct {
    int64_t sentence; /* number in `offsets` */
    int64_t start;    /* as indices into ids, inside the sentence */
    int64_t stop;
    float alpha;
    uint32_t job;     /* index into `sums` */
} w2v_segment;

/* One slot of the noise table, as in objectives/_negative_sampling.pyx: 8 bytes. */
typedef struct {
    uint32_t threshold;
    uint32_t alias;
} w2v_alias_slot;

/* The argument of a launch: 240 bytes without padding. Addresses are those of the device, as numbers; 0 where there is
 * nothing. */
typedef struct {
    /* Weights: float32, `stride` floats from row to row, a multiple of 4, 16-byte aligned; the padding is zero. */
    uint64_t input;        /* [vocabulary][stride] */
    uint64_t negative;     /* [vocabulary][stride] */
    uint64_t tree;         /* [max(vocabulary - 1, 1)][stride] */
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
    uint64_t alias;        /* w2v_alias_slot [vocabulary] */
    uint64_t path_offsets; /* int64 [vocabulary + 1]: where the path of each word begins in the next two */
    uint64_t path_nodes;   /* uint32, rows of `tree` */
    uint64_t path_labels;  /* uint8, one minus the code */
    uint64_t token_key;    /* random_key(seed, epoch, W2V_PURPOSE_TOKEN) */
    uint64_t negative_key; /* random_key(seed, epoch, W2V_PURPOSE_NEGATIVE) */
    int64_t window;        /* words on each side; 0: the whole sentence */
    int32_t size;          /* floats of a vector, 1 .. W2V_MAX_SIZE */
    int32_t noise;         /* noise draws for an example (`negative`); 0 without negative sampling */
    int32_t shrink;        /* 1: windows shrink */
    int32_t cbow_mean;     /* 1: the hidden row is the mean of the context rows, 0: their sum; see block.h */
    int32_t max_targets;   /* 1 + noise, or the longest path if that is longer */
    int32_t unused;        /* 0 */
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

/* Targets in registers at once: at most 8, fewer for long rows, and all tiles as full as can be. Skip-gram's shared
 * window with a ring keeps each target's delta beside its value. */
W2V_HOST_DEVICE int32_t w2v_tile(int32_t architecture, int32_t objectives, int32_t floats, int32_t ring, int32_t noise)
{
    int32_t rows = architecture == W2V_SKIPGRAM_WINDOW && ring ? 2 : 1;
    int32_t most = (168 / floats - 3) / rows; /* beside the context, its error and a row at work, of 255 registers */
    most = most < 1 ? 1 : most > 8 ? 8 : most;
    int32_t tiles = (1 + noise + most - 1) / most;
    return objectives & W2V_TREE ? most : (1 + noise + tiles - 1) / tiles;
}

/* Rows of a ring's slot: the value, the value when it came, and with several tiles of targets what is to be added. */
W2V_HOST_DEVICE int32_t w2v_slot_rows(int32_t architecture, int32_t objectives, int32_t tile, int32_t noise)
{
    return architecture == W2V_SKIPGRAM_WINDOW && (objectives & W2V_TREE || 1 + noise > tile) ? 3 : 2;
}

/* Bytes of dynamic shared memory for each warp, a multiple of 16. */
W2V_HOST_DEVICE int64_t w2v_warp_bytes(
    int32_t architecture, int32_t objectives, int32_t ring, int32_t tile, int32_t size, int64_t window, int32_t noise)
{
    int64_t width = (size + 3) / 4 * 4;
    int64_t rows = ring ? (2 * window + 1) * w2v_slot_rows(architecture, objectives, tile, noise) : 0;
    int64_t draws = objectives & W2V_NEGATIVE ? (1 + noise > W2V_DRAWS ? 1 + noise : W2V_DRAWS) : 0;
    return rows * width * 4 + (draws * 8 + 15) / 16 * 16;
}

/* Rows of scratch in device memory for each warp. */
W2V_HOST_DEVICE int64_t w2v_scratch_rows(int32_t architecture, int32_t ring, int32_t max_targets)
{
    return architecture == W2V_SKIPGRAM_WINDOW && !ring ? max_targets : 0;
}

#endif
