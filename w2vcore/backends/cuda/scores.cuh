/* From the lanes' shares of a tile's products to scores, gradients and losses.
 *
 * Up to eight products are summed over 32 lanes together: in each of the first steps two lanes exchange halves of their
 * sums, so that eight sums cost 4 + 2 + 1 + 1 + 1 = 9 shuffles in place of 8 * 5. In the end lane l has the sum of
 * target l / TARGET_LANES, and from there on works only on that target's score.
 */
#ifndef W2VCORE_CUDA_SCORES_CUH
#define W2VCORE_CUDA_SCORES_CUH

#include "rows.cuh"

enum {
    TILE_SLOTS = W2V_TILE > 4 ? 8
        : W2V_TILE > 2        ? 4
                              : W2V_TILE, /* the next power of two */
    TARGET_LANES = W2V_WARP / TILE_SLOTS                        /* lanes that have the same score */
};

W2V_DEVICE int own_target()
{
    return lane_number() / TARGET_LANES;
}

/* Whether this lane is the one that adds to the sums for its target. */
W2V_DEVICE bool is_lane_leader()
{
    return lane_number() % TARGET_LANES == 0;
}

/* Broadcast a value of the lanes of a target to all lanes. */
W2V_DEVICE float of_target(float value, int target)
{
    return __shfl_sync(W2V_ALL_LANES, value, target * TARGET_LANES);
}

W2V_DEVICE float sum_products(float (&share)[TILE_SLOTS])
{
    int apart = W2V_WARP / 2;
#pragma unroll
    for (int half = TILE_SLOTS / 2; half > 0; half /= 2) {
        const bool upper = lane_number() & apart;
#pragma unroll
        for (int i = 0; i < half; i++) {
            const float given = upper ? share[i] : share[i + half];
            const float kept = upper ? share[i + half] : share[i];
            share[i] = kept + __shfl_xor_sync(W2V_ALL_LANES, given, apart);
        }
        apart /= 2;
    }
#pragma unroll
    for (int distance = TARGET_LANES / 2; distance > 0; distance /= 2)
        share[0] += __shfl_xor_sync(W2V_ALL_LANES, share[0], distance);
    return share[0];
}

/* 1 / (1 + exp(-score)); exp overflows to infinity, and the quotient is 0. */
W2V_DEVICE float sigmoid(float score)
{
    return __fdividef(1.0f, 1.0f + __expf(-score));
}

/* log(1 + exp(score)) without overflow. */
W2V_DEVICE float softplus(float score)
{
    return fmaxf(score, 0.0f) + log1pf(expf(-fabsf(score)));
}

W2V_DEVICE float infinity()
{
    return __int_as_float(0x7f800000);
}

/* The sum of 32 values, for all lanes. */
W2V_DEVICE float sum_of_lanes(float value)
{
#pragma unroll
    for (int distance = W2V_WARP / 2; distance > 0; distance /= 2)
        value += __shfl_xor_sync(W2V_ALL_LANES, value, distance);
    return value;
}

/* The lowest of 32 values, for all lanes. */
W2V_DEVICE float lowest_of_warp(float value)
{
#pragma unroll
    for (int distance = W2V_WARP / 2; distance > 0; distance /= 2)
        value = fminf(value, __shfl_xor_sync(W2V_ALL_LANES, value, distance));
    return value;
}

/* A lane's scores of one example: the example is correct if its true targets score above all others. */
struct ExampleScores {
    float lowest_true, highest_noise;
};

W2V_DEVICE ExampleScores no_scores()
{
    return {infinity(), -infinity()};
}

W2V_DEVICE bool is_correct(ExampleScores scores)
{
    return lowest_of_warp(scores.lowest_true) > -lowest_of_warp(-scores.highest_noise);
}

/* Sums of a lane; those of a warp are their sums over the lanes. */
struct LaneSums {
    double loss, judged, correct;
};

/* How often a context, or an example, counts: a number of occurrences, or a sum of weights. */
#if W2V_WEIGHTS
typedef float Times;
#else
typedef int Times;
#endif

/* What a target is to say: yes or no, or how likely yes. */
#if W2V_SOFT
typedef float Label;
#else
typedef bool Label;
#endif

W2V_DEVICE bool is_true(Label label)
{
    return W2V_SOFT ? (float)label > 0.5f : (bool)label;
}

/* The loss of one target. `log_sum`: see Normaliser. */
W2V_DEVICE float loss_of(float score, Label label, float log_sum)
{
    if (W2V_JOINT)
        return (float)label * (log_sum - score);
    if (!W2V_SOFT)
        return softplus(label ? -score : score);
    const bool between = (float)label > 0.0f && (float)label < 1.0f;
    return softplus((float)label == 1.0f ? -score : score) - (between ? (float)label * score : 0.0f);
}

/* Add the metrics of one target, which occurs `times` times, to the sums; `alone`: it counts by itself for the
 * accuracy. Returns its score as one of the example's scores. */
W2V_DEVICE ExampleScores
accumulate_metrics(LaneSums &sums, bool alone, float score, Label label, float count, Times times, float log_sum)
{
    if (!is_lane_leader() || !(count > 0.0f))
        return no_scores();
    sums.loss += (double)loss_of(score, label, log_sum) * count * times;
    if (alone) {
        sums.judged += (double)count * times;
        sums.correct += (is_true(label) ? score > 0.0f : score < 0.0f) ? (double)count * times : 0.0;
    }
    return {is_true(label) ? score : infinity(), is_true(label) ? -infinity() : score};
}

#endif
