"""From a range of tokens to the kept tokens of a sentence: subsampling, and how far each centre's window reaches.

Inside one file of C, as all that is here is called for each token or each sentence.
"""

from libc.stdint cimport INT64_MAX

from w2vcore.architectures._bags cimport Bags
from w2vcore.architectures._word_sums cimport Reached
from w2vcore.kernels._contract cimport W2V_RUN, w2v_block_table
from w2vcore.kernels._random cimport w2v_below, w2v_random_block
from w2vcore.kernels._types cimport int64_t, uint32_t, uint64_t

cdef enum:
    CHUNK = 32           # tokens whose random numbers are drawn at once
    CHUNK_BLOCKS = 16    # blocks of random numbers that they take
    CHUNK_RUNS = 4       # of W2V_RUN blocks

# The kept tokens of one sentence, or of the part of it that a job needs, and a cursor over its centres.
cdef struct Walk:
    uint32_t *ids          # [size] kept tokens, and room for some more
    int64_t *positions     # [size] place of each in the epoch, before subsampling
    int64_t *reach         # [size] words on each side that its window takes; set for centres only
    int64_t size
    int64_t centre         # index of the current centre
    int64_t stop           # centres end before this index
    int64_t context        # skip-gram: index of the next context; -1: begin this centre's window
    int64_t ordinal        # skip-gram: how many contexts of this centre came before
    int64_t window         # of the settings, before it shrinks; 0: the whole sentence
    Bags bags              # what stands for words, and for the sentence
    uint32_t padding       # joined inputs: the word that stands where there is none
    int64_t tag            # skip-gram with tags: index of the next one
    const float *weights   # of contexts by their place after the centre, from -window to window; NULL: none has one
    int64_t *previous      # skip-gram with shared negatives: [size] the same word's place before; -1: it has none
    int64_t *latest        # the same: [size] the largest of `previous` up to there
    int64_t *slot          # the same: [size] its place among the rows of the current window; -1: it has none
    uint32_t *table        # the same: hash table to find repeats, for a whole walk and the widest window
    int64_t most_positives  # of a unit that predicts several words
    int64_t stretch        # tokens of a sentence whose words make such a unit, if each has draws of its own
    int64_t origin         # position of the first token of the sentence, kept or not
    Reached sums           # which words are in reach, where sums of their rows are kept
    bint mean              # CBOW: the contexts are averaged, not added up
    bint shares_error      # CBOW: each of them gets its share of the error

cdef struct Tokens:      # how to read the corpus: constant for a job
    const uint32_t *ids
    const int64_t *offsets
    int64_t sentences
    int64_t position     # of ids[0] in the epoch
    bint alike           # every sentence begins at position 0, so that all have the same random numbers
    const uint32_t *keep  # NULL: no subsampling
    bint shrink
    int64_t window
    uint64_t key

cdef struct TokenNumbers:  # random numbers of CHUNK tokens, two each
    int64_t first          # position of the first of them, a multiple of CHUNK; -1: of none yet
    w2v_random_block drawn[CHUNK_BLOCKS]


cdef inline const uint32_t *numbers_of(
    const Tokens *tokens, int64_t at, const w2v_block_table *table, TokenNumbers *numbers,
) noexcept nogil:
    """The random numbers of token `at`: one for keeping it, one for its window."""
    cdef int64_t position = tokens.position + at, i
    cdef uint64_t stream[CHUNK_RUNS]
    cdef uint64_t block[CHUNK_RUNS]
    if tokens.keep is NULL and not tokens.shrink:
        return numbers.drawn[0].word  # nobody looks at them
    if numbers.first < 0 or not numbers.first <= position < numbers.first + CHUNK:
        numbers.first = position // CHUNK * CHUNK
        for i in range(CHUNK_RUNS):
            stream[i] = 0
            block[i] = <uint64_t>(numbers.first // 2 + i * W2V_RUN)
        table.random(tokens.key, stream, block, CHUNK_RUNS, W2V_RUN, numbers.drawn)
    return numbers.drawn[0].word + 2 * (position - numbers.first)


cdef inline bint is_kept(const Tokens *tokens, int64_t at, const uint32_t *numbers) noexcept nogil:
    return tokens.keep is NULL or numbers[0] <= tokens.keep[tokens.ids[at]]


cdef inline void collect(
    const Tokens *tokens, int64_t first, int64_t last, int64_t start, int64_t stop, Walk *walk,
    const w2v_block_table *table, TokenNumbers *numbers,
) noexcept nogil:
    """Fill the walk with the kept tokens of start..stop, its centres, and those a window away in first..last."""
    cdef int64_t at = start, n = 0, left = 0, right = 0
    cdef int64_t window = tokens.window if tokens.window else INT64_MAX
    cdef const uint32_t *drawn
    while at > first and left < window:
        at -= 1
        left += is_kept(tokens, at, numbers_of(tokens, at, table, numbers))
    while at < start:
        walk.ids[n] = tokens.ids[at]
        n += is_kept(tokens, at, numbers_of(tokens, at, table, numbers))
        at += 1
    walk.centre = n
    while at < stop:  # each token is written and the next one written over it if it is not kept: no branch on chance
        drawn = numbers_of(tokens, at, table, numbers)
        walk.ids[n] = tokens.ids[at]
        walk.positions[n] = tokens.position + at
        walk.reach[n] = window
        if tokens.shrink:
            walk.reach[n] = window - w2v_below(drawn[1], <uint64_t>window)
        n += is_kept(tokens, at, drawn)
        at += 1
    walk.stop = n
    while at < last and right < window:
        if is_kept(tokens, at, numbers_of(tokens, at, table, numbers)):
            walk.ids[n] = tokens.ids[at]
            n += 1
            right += 1
        at += 1
    walk.size = n
    walk.origin = tokens.position + first
    walk.context = -1
    walk.ordinal = 0


cdef inline int64_t sentence_of(const Tokens *tokens, int64_t at) noexcept nogil:
    """The sentence that token `at` is in, by bisection."""
    cdef int64_t low = 0, high = tokens.sentences, middle
    while high - low > 1:
        middle = low + (high - low) // 2
        if tokens.offsets[middle] <= at:
            low = middle
        else:
            high = middle
    return low
