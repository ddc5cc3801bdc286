/* Full softmax on a GPU (backends/cuda/launch.h says what such a file has): every row, in order. No arrays. */
#ifndef W2VCORE_OBJECTIVES_SOFTMAX_CUH
#define W2VCORE_OBJECTIVES_SOFTMAX_CUH

#include "targets.cuh"

struct softmax {};

W2V_DEVICE void begin(softmax &, const w2v_objective &, float *)
{
}

W2V_DEVICE Targets targets_of(
    softmax &, const w2v_launch &launch, const w2v_objective &own, const Sentence &sentence, const Example &asked)
{
    Targets targets = {at_address<float>(own.matrix), nullptr, nullptr, nullptr, (int)launch.vocabulary, false};
    targets.true_target = (int)sentence.ids[asked.centre];
    return targets;
}

#endif
