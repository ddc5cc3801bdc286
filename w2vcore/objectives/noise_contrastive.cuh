/* Noise contrastive estimation on a GPU (backends/cuda/launch.h says what such a file has): the draws of negative
 * sampling. Arrays: the alias table, and the offset of each word. */
#ifndef W2VCORE_OBJECTIVES_NOISE_CONTRASTIVE_CUH
#define W2VCORE_OBJECTIVES_NOISE_CONTRASTIVE_CUH

#include "negative_sampling.cuh"

struct noise_contrastive : negative_sampling {};

W2V_DEVICE void begin(noise_contrastive &table, const w2v_objective &own, float *shared)
{
    begin_table(table, own, shared, 3);
}

W2V_DEVICE Targets targets_of(
    noise_contrastive &table, const w2v_launch &launch, const w2v_objective &own, const Sentence &sentence,
    const Example &asked)
{
    Targets targets = drawn_targets<MERGED_WITH_CENTRE>(table, launch, own, sentence, asked);
    targets.offsets = at_address<const float>(own.array1);
    return targets;
}

#endif
