/* Hierarchical softmax on a GPU (backends/cuda/launch.h says what such a file has): the centre's path, as it lies in
 * device memory. Arrays: where the path of each word begins, its nodes, and their labels (one minus the code). */
#ifndef W2VCORE_OBJECTIVES_HIERARCHICAL_SOFTMAX_CUH
#define W2VCORE_OBJECTIVES_HIERARCHICAL_SOFTMAX_CUH

#include "targets.cuh"

struct hierarchical_softmax {};

W2V_DEVICE void begin(hierarchical_softmax &, const w2v_objective &, float *)
{
}

W2V_DEVICE Targets targets_of(
    hierarchical_softmax &, const w2v_launch &, const w2v_objective &own, const Sentence &sentence,
    const Example &asked)
{
    const int64_t *const offsets = at_address<const int64_t>(own.array0) + sentence.ids[asked.centre];
    const int64_t first = offsets[0];
    return {
        at_address<float>(own.matrix),
        at_address<const uint32_t>(own.array1) + first,
        nullptr,
        at_address<const uint8_t>(own.array2) + first,
        (int)(offsets[1] - first),
        true};
}

#endif
