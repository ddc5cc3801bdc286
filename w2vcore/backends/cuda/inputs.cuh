/* The inputs of a window that are read anew for each: its words, and after them, with W2V_BAGS, the tags of the sentence.
 * Each is a bag of rows of the input matrix. Inputs have the numbers of their tokens, and tags those that follow.
 */
#ifndef W2VCORE_CUDA_INPUTS_CUH
#define W2VCORE_CUDA_INPUTS_CUH

#include "ring.cuh"

/* The rows of an input, and how much each counts. */
struct Bag {
    const uint32_t *rows;
    const float *weights; /* NULL: each once */
    int n;
};

W2V_DEVICE float *input_row(const w2v_launch &launch, uint32_t row)
{
    return at_address<float>(launch.input) + (int64_t)row * launch.stride;
}

/* The number of the last input. The first is window.left, and the centre's number is none. */
W2V_DEVICE int last_input(const Sentence &sentence, const Window &window)
{
    return window.right + (W2V_BAGS ? sentence.n_tags : 0);
}

/* How often an input counts; 0: it is the centre, or has no weight, and is not trained. */
W2V_DEVICE Times times_of_input(const w2v_launch &launch, const Window &window, int centre, int input)
{
    if (input == centre)
        return 0;
    if (W2V_BAGS && input > window.right)
        return 1;
    return W2V_WEIGHTS ? (Times)weight_of(launch, centre, input) : (Times)1;
}

W2V_DEVICE Bag bag_of_input(const w2v_launch &launch, const Sentence &sentence, const Window &window, int input)
{
    if (W2V_BAGS && input > window.right)
        return {sentence.tags + (input - window.right - 1), nullptr, 1};
    const uint32_t *const id = sentence.ids + input;
    if (!W2V_BAGS || !launch.bag_from)
        return {id, nullptr, 1};
    const int64_t *const from = at_address<const int64_t>(launch.bag_from) + *id;
    const int64_t first = __ldg(from);
    const float *const weights = at_address<const float>(launch.bag_weights);
    return {
        at_address<const uint32_t>(launch.bag_rows) + first, weights ? weights + first : nullptr,
        (int)(__ldg(from + 1) - first)};
}

W2V_DEVICE int size_of(const Bag &bag)
{
    return W2V_BAGS ? bag.n : 1;
}

W2V_DEVICE float weight_of(const Bag &bag, int number)
{
    return W2V_BAGS && bag.weights ? __ldg(bag.weights + number) : 1.0f;
}

/* Add `factor` times the weighted rows of a bag to a sum; return `factor` times the sum of their weights. */
W2V_DEVICE float add_bag(Fragment &sum, const w2v_launch &launch, const Bag &bag, float factor, int width)
{
    float weight = 0.0f;
    for (int number = 0; number < size_of(bag); number++) {
        const float times = factor * weight_of(bag, number);
        Fragment row;
        read_matrix(row, input_row(launch, bag.rows[number]), width);
        add_scaled(sum, times, row);
        weight += times;
    }
    return weight;
}

/* Add `factor` times an error to each row of a bag, as much as it counts and learns. */
W2V_DEVICE void give_bag(const w2v_launch &launch, const Bag &bag, float factor, const Fragment &error, int width)
{
    for (int number = 0; number < size_of(bag); number++) {
        const uint32_t row = bag.rows[number];
        Fragment change = error;
        scale(change, factor * weight_of(bag, number) * lock_of(launch, row));
        add_to_matrix(input_row(launch, row), change, width);
    }
}

#endif
