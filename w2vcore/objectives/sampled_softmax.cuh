/* Sampled softmax on a GPU (backends/cuda/launch.h says what such a file has): the draws of negative sampling, each word
 * once. Arrays: the alias table, and what is added to the score of each word, or nothing. */
#ifndef W2VCORE_OBJECTIVES_SAMPLED_SOFTMAX_CUH
#define W2VCORE_OBJECTIVES_SAMPLED_SOFTMAX_CUH

#include "negative_sampling.cuh"

struct sampled_softmax : negative_sampling {};

W2V_DEVICE void begin(sampled_softmax &table, const w2v_objective &own, float *shared)
{
    begin_table(table, own, shared, 2);
}

W2V_DEVICE Targets targets_of(
    sampled_softmax &table, const w2v_launch &launch, const w2v_objective &own, const Sentence &sentence,
    const Example &asked)
{
    Targets targets = drawn_targets<DROPPED>(table, launch, own, sentence, asked);
    targets.offsets = at_address<const float>(own.array1);
    return targets;
}

#endif
