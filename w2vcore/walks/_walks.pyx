"""Random walks drawn in C, several at a time: while one waits for memory, others go on.

A walk draws from a stream of its own (kernels/random.h): stream w of the epoch's key, block after block, word after
word. So it is the same whichever thread draws it, and with whichever others.

    first step, or p = q = 1    one word w: the edge w * degree / 2**32, or with weights the first whose upper draw is
                                not below w
    any other step              trials: a word for the edge as above, and whether to take it by w * degree mod 2**32,
                                or with weights by another word; after TRIALS of them, two words for a draw from the
                                step's whole distribution

A trial proposes x as a first step from the node v would, and takes it with probability a(t, x) / max(1, 1/p, 1/q),
where t is the node before v and a is 1/p for x = t, 1 for a neighbour of t, else 1/q (KnightKing: Yang et al., SOSP
2019). What is taken has the distribution of node2vec (Grover and Leskovec, KDD 2016) whatever the number of trials, and
so has the draw that ends them. It is there for p and q that would refuse nearly everything.
"""

import numpy as np

from libc.string cimport memcpy

from w2vcore.kernels._contract cimport w2v_block_table
from w2vcore.kernels._dispatch cimport block_table
from w2vcore.kernels._prefetch cimport w2v_prefetch
from w2vcore.kernels._random cimport w2v_random_block
from w2vcore.kernels._types cimport int64_t, uint32_t, uint64_t

cdef enum:
    LANES = 16     # walks at a time: as many lines of memory as a core of today fetches at once, and some more
    MOST_TRIALS = 64
    RUN = 4        # blocks of random numbers made at a time: block.h makes so many in the time of one
    WORDS = 4 * RUN
    MOST_WORDS = 4     # that a lane takes in a round: a trial, and the draw after the last one

TRIALS = MOST_TRIALS

cdef struct Network:
    const int64_t *begin    # edges begin[v]..begin[v + 1] - 1 leave node v
    const uint32_t *ends    # where they lead, ascending for each node
    const uint32_t *upper   # the highest draw that takes each, ascending for each node; NULL: all alike
    uint64_t key
    int64_t length
    bint second_order
    double back, near, far  # weights of a step: 1/p, 1, 1/q
    uint64_t take_back, take_near, take_far     # a trial is taken if its draw is below: 2**32 for always
    uint64_t take_any               # the least of the three
    uint64_t take_both, take_most   # the lesser and the greater of the last two

cdef struct Lane:
    int64_t walk            # its number in this call; -1: none
    int64_t at              # nodes that it has
    uint32_t node, before
    int64_t edge, trials
    uint32_t rest           # of the draw that chose the edge
    uint64_t stream
    int64_t made, taken     # words of the stream
    uint32_t[2 * WORDS] words   # the last ones made: word number w at w % (2 * WORDS)


cdef inline uint32_t next_word(Lane *lane) noexcept nogil:
    lane.taken += 1
    return lane.words[(lane.taken - 1) % (2 * WORDS)]


cdef void make_words(const w2v_block_table *table, uint64_t key, Lane *lanes) noexcept nogil:
    """See to it that each lane has the words of a round."""
    cdef uint64_t[LANES] streams, blocks
    cdef int[LANES] lacking
    cdef w2v_random_block[LANES * RUN] made
    cdef Lane *lane
    cdef int64_t runs = 0
    cdef int i
    for i in range(LANES):
        if lanes[i].walk >= 0 and lanes[i].made - lanes[i].taken < MOST_WORDS:
            streams[runs] = lanes[i].stream
            blocks[runs] = <uint64_t>(lanes[i].made // 4)
            lacking[runs] = i
            runs += 1
    if not runs:
        return
    table.random(key, streams, blocks, runs, RUN, made)
    for i in range(<int>runs):
        lane = &lanes[lacking[i]]
        memcpy(&lane.words[lane.made % (2 * WORDS)], &made[i * RUN], WORDS * sizeof(uint32_t))
        lane.made += WORDS


cdef inline int64_t first_not_below(const uint32_t *row, int64_t size, uint32_t value) noexcept nogil:
    """Return where the first number of an ascending row is that is not below `value`; `size` if there is none.

    Without a branch that depends on the numbers, which would be foreseen half of the time.
    """
    cdef int64_t low = 0, half
    while size > 1:
        half = size >> 1
        low += half * (row[low + half - 1] < value)
        size -= half
    return low + (size == 1 and row[low] < value)


cdef inline bint has_edge(const Network *network, uint32_t node, uint32_t end) noexcept nogil:
    cdef int64_t begin = network.begin[node], degree = network.begin[node + 1] - begin
    cdef int64_t at = first_not_below(network.ends + begin, degree, end)
    return at < degree and network.ends[begin + at] == end


cdef inline int64_t proposed(const Network *network, Lane *lane, int64_t begin, int64_t degree) noexcept nogil:
    """Return an edge of the lane's node, as a first step takes it."""
    cdef uint32_t draw = next_word(lane)
    cdef uint64_t product
    if network.upper is NULL:
        product = <uint64_t>draw * <uint64_t>degree
        lane.rest = <uint32_t>product
        return begin + <int64_t>(product >> 32)
    return begin + first_not_below(network.upper + begin, degree, draw)


cdef inline bint is_taken(const Network *network, Lane *lane, uint32_t end) noexcept nogil:
    """Whether a trial is taken; edges are looked for only where they decide.

    Between `take_both` and `take_most` near nodes are taken and far ones are not, or the other way round.
    """
    cdef uint32_t draw = lane.rest if network.upper is NULL else next_word(lane)
    if draw < network.take_any:
        return True
    if end == lane.before:
        return draw < network.take_back
    if draw < network.take_both or draw >= network.take_most:
        return draw < network.take_both
    return has_edge(network, lane.before, end) == (network.take_near > network.take_far)


cdef inline double width(const Network *network, int64_t begin, int64_t edge) noexcept nogil:
    """Return how many of 2**32 draws take an edge of the node whose edges begin there; 1 if all are alike."""
    if network.upper is NULL:
        return 1.0
    return <double>network.upper[edge] - (<double>network.upper[edge - 1] if edge > begin else -1.0)


cdef int64_t drawn_from_all(const Network *network, Lane *lane) noexcept nogil:
    """Return an edge of the lane's node, drawn from the distribution of a step that is not the first."""
    cdef int64_t begin = network.begin[lane.node], end = network.begin[lane.node + 1], edge, last = begin
    cdef double total = 0.0, weight = 0.0, target = 0.0
    cdef uint64_t high = next_word(lane), low = next_word(lane)
    cdef int again
    for again in range(2):  # the sum, then the place in it
        target = total * <double>((high << 32 | low) >> 11) * (1.0 / <double>(<uint64_t>1 << 53))
        total = 0.0
        for edge in range(begin, end):
            weight = width(network, begin, edge)
            if network.ends[edge] == lane.before:
                weight *= network.back
            elif network.near == network.far or has_edge(network, lane.before, network.ends[edge]):
                weight *= network.near
            else:
                weight *= network.far
            total += weight
            if weight > 0.0:
                last = edge
                if again and total > target:
                    return edge
    return last


cdef inline void begin_walk(
    Lane *lane, int64_t walk, uint64_t first_walk, const uint32_t *starts, uint32_t *out, const Network *network
) noexcept nogil:
    lane.walk = walk
    lane.at = 1
    lane.node = lane.before = starts[walk]
    lane.trials = 0
    lane.stream = first_walk + <uint64_t>walk
    lane.made = lane.taken = 0
    out[walk * network.length] = lane.node
    w2v_prefetch(network.begin + lane.node)


cdef void draw_all(
    const Network *network, const uint32_t *starts, int64_t walks, uint64_t first_walk, uint32_t *out, int64_t *lengths
) noexcept nogil:
    """Draw walks from these nodes into rows of `network.length` ids, and say how long each has become."""
    cdef const w2v_block_table *table = block_table()
    cdef Lane[LANES] lanes
    cdef Lane *lane
    cdef int64_t upcoming = 0, running = 0, begin, degree
    cdef uint32_t end
    cdef int i
    for i in range(LANES):
        lanes[i].walk = -1
        if upcoming < walks:
            begin_walk(&lanes[i], upcoming, first_walk, starts, out, network)
            upcoming += 1
            running += 1
    while running:
        make_words(table, network.key, lanes)
        for i in range(LANES):  # choose an edge, or begin the next walk
            lane = &lanes[i]
            lane.edge = -1
            if lane.walk < 0:
                continue
            begin = network.begin[lane.node]
            degree = network.begin[lane.node + 1] - begin
            if degree and lane.at < network.length:
                lane.edge = proposed(network, lane, begin, degree)
                w2v_prefetch(network.ends + lane.edge)
                continue
            lengths[lane.walk] = lane.at
            lane.walk = -1
            if upcoming < walks:
                begin_walk(lane, upcoming, first_walk, starts, out, network)
                upcoming += 1
            else:
                running -= 1
        for i in range(LANES):  # go where it leads
            lane = &lanes[i]
            if lane.edge < 0:
                continue
            end = network.ends[lane.edge]
            if network.second_order and lane.at > 1 and not is_taken(network, lane, end):
                lane.trials += 1
                if lane.trials < MOST_TRIALS:
                    continue
                end = network.ends[drawn_from_all(network, lane)]
            out[lane.walk * network.length + lane.at] = end
            lane.at += 1
            lane.before = lane.node
            lane.node = end
            lane.trials = 0
            w2v_prefetch(network.begin + end)


cdef uint64_t threshold(double share) noexcept nogil:
    return <uint64_t>(share * 4294967296.0 + 0.5)


def draw(
    const int64_t[::1] begin not None, const uint32_t[::1] ends not None, const uint32_t[::1] upper,
    const uint32_t[::1] starts not None, uint64_t first_walk, uint64_t key, int64_t length, double p=1.0, double q=1.0,
):
    """Draw a walk from each of some nodes.

    Parameters
    ----------
    begin : ndarray of int64, shape (nodes + 1,)
        The edges of node v are begin[v]..begin[v + 1] - 1.
    ends : ndarray of uint32
        Where each edge leads; ascending for each node, and without repeats.
    upper : ndarray of uint32, or None
        A draw from 0 to 2**32 - 1 takes the first edge of a node whose number here is not below it; the last of each
        node is 2**32 - 1. None: all edges are alike.
    starts : ndarray of uint32
        The first node of each walk.
    first_walk : int
        The stream of the first walk; that of each other one is one more.
    key : int
        Of the random numbers.
    length : int
        Nodes of a walk; it ends before at a node without edges.
    p, q : float

    Returns
    -------
    ids : ndarray of uint32
        The walks, one after the other.
    offsets : ndarray of int64
        Where each begins, and where the last ends.
    """
    cdef int64_t walks = starts.shape[0], nodes = begin.shape[0] - 1, i, k, used = 0
    cdef double most = max(1.0, 1.0 / p, 1.0 / q)
    cdef Network network
    if length < 1 or not (p > 0 and q > 0) or nodes < 1 or begin[nodes] != ends.shape[0]:
        raise ValueError(f"need length, p and q above 0 and a graph, got {length}, {p}, {q} and {nodes} nodes")
    if (upper is not None and upper.shape[0] != ends.shape[0]) or (walks and np.max(starts) >= nodes):
        raise ValueError("need a number in upper for each edge, and starts that are nodes")
    network.begin = &begin[0]
    network.ends = network.upper = NULL
    if ends.shape[0]:
        network.ends = &ends[0]
    if upper is not None and ends.shape[0]:
        network.upper = &upper[0]
    network.key = key
    network.length = length
    network.second_order = p != 1.0 or q != 1.0
    network.back, network.near, network.far = 1.0 / p, 1.0, 1.0 / q
    network.take_back = threshold(network.back / most)
    network.take_near = threshold(network.near / most)
    network.take_far = threshold(network.far / most)
    network.take_any = min(network.take_back, network.take_near, network.take_far)
    network.take_both = min(network.take_near, network.take_far)
    network.take_most = max(network.take_near, network.take_far)
    ids, offsets = np.empty(walks * length, np.uint32), np.zeros(walks + 1, np.int64)
    cdef uint32_t[::1] out = ids
    cdef int64_t[::1] borders = offsets
    if walks:
        with nogil:
            draw_all(&network, &starts[0], walks, first_walk, &out[0], &borders[1])
            for i in range(walks):  # those that ended before leave gaps
                if used != i * length:
                    for k in range(borders[i + 1]):
                        out[used + k] = out[i * length + k]
                used += borders[i + 1]
                borders[i + 1] = used
    return (ids if used == walks * length else ids[:used].copy()), offsets
