/* The kept tokens of a sentence, and how far the window of each reaches. Their random numbers, those of
 * kernels/random.h, depend only on the token's place in the epoch.
 */
#ifndef W2VCORE_CUDA_TOKENS_CUH
#define W2VCORE_CUDA_TOKENS_CUH

#include "rows.cuh"

#define W2V_INLINE W2V_DEVICE
#include "random.h"

template <class T> W2V_DEVICE T *at_address(uint64_t address)
{
    return reinterpret_cast<T *>(address);
}

/* The numbers of the token at a place of the epoch: whether it is kept, and how much its window shrinks. */
struct TokenNumbers {
    uint32_t keep, shrink;
};

W2V_DEVICE TokenNumbers token_numbers(const w2v_launch &launch, uint64_t place)
{
    const w2v_random_block numbers = w2v_random(launch.token_key, 0, place / 2);
    return place % 2 ? TokenNumbers{numbers.word[2], numbers.word[3]} : TokenNumbers{numbers.word[0], numbers.word[1]};
}

/* The kept tokens of one sentence, numbered from 0. */
struct Sentence {
    const uint32_t *ids;
    const uint32_t *from; /* their places in the sentence; NULL: all were kept */
    int count;
    const uint32_t *tags; /* their rows, with W2V_BAGS */
    int n_tags;
    int64_t position; /* of the sentence's first token in the epoch */
};

W2V_DEVICE Sentence sentence_of(const w2v_launch &launch, int64_t number)
{
    const int64_t *const offsets = at_address<const int64_t>(launch.offsets);
    const int64_t first = offsets[number];
    Sentence sentence;
    sentence.position = launch.position + first;
    if (launch.keep) {
        sentence.ids = at_address<const uint32_t>(launch.kept_ids) + first;
        sentence.from = at_address<const uint32_t>(launch.kept_from) + first;
        sentence.count = (int)at_address<const uint32_t>(launch.kept_counts)[number];
    } else {
        sentence.ids = at_address<const uint32_t>(launch.ids) + first;
        sentence.from = nullptr;
        sentence.count = (int)(offsets[number + 1] - first);
    }
    sentence.tags = nullptr;
    sentence.n_tags = 0;
    if (W2V_BAGS && launch.tag_from) {
        const int64_t *const from = at_address<const int64_t>(launch.tag_from) + number;
        sentence.tags = at_address<const uint32_t>(launch.tag_rows) + from[0];
        sentence.n_tags = (int)(from[1] - from[0]);
    }
    return sentence;
}

/* Place in the epoch of a kept token. */
W2V_DEVICE uint64_t place_of(const Sentence &sentence, int token)
{
    return (uint64_t)sentence.position + (sentence.from ? sentence.from[token] : (uint32_t)token);
}

/* The first kept token at or after a place in the sentence. */
W2V_DEVICE int first_kept(const Sentence &sentence, int64_t place)
{
    if (!sentence.from)
        return (int)place;
    int low = 0, high = sentence.count;
    while (low < high) {
        const int middle = low + (high - low) / 2;
        if (sentence.from[middle] < place)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The window of a centre: the kept tokens left .. right, except the centre itself. */
struct Window {
    int left, right;
};

/* How far the windows of 32 centres reach, drawn at once: each lane keeps one of them. */
struct Reaches {
    int first; /* the centre of lane 0 */
    int reach; /* of the lane's centre, cut to the length of the sentence */
};

W2V_DEVICE Reaches draw_reaches(const w2v_launch &launch, const Sentence &sentence, int first)
{
    const int token = first + lane_number();
    int64_t reach = launch.window ? launch.window : sentence.count;
    if (launch.window && launch.shrink && token < sentence.count)
        reach -= w2v_below(token_numbers(launch, place_of(sentence, token)).shrink, (uint64_t)launch.window);
    return {first, (int)(reach < sentence.count ? reach : sentence.count)};
}

/* The window of a centre; draws the next 32 if necessary. */
W2V_DEVICE Window window_of(const w2v_launch &launch, const Sentence &sentence, Reaches &reaches, int centre)
{
    if (centre - reaches.first >= W2V_WARP)
        reaches = draw_reaches(launch, sentence, centre);
    const int reach = __shfl_sync(W2V_ALL_LANES, reaches.reach, centre - reaches.first);
    const int after = sentence.count - 1 - centre;
    return {reach < centre ? centre - reach : 0, centre + (reach < after ? reach : after)};
}

#endif
