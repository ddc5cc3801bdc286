"""The memory of a job: scratch that a worker makes once, and what it is lent for a job.

Scratch is a dict of arrays by name, which NumPy frees. The loop over units goes by the addresses that `Work` has.
"""

import math

import numpy as np

from w2vcore.architectures._bags cimport Bags
from w2vcore.architectures._sentences cimport TokenNumbers
from w2vcore.architectures._units cimport COPIED, Unit
from w2vcore.architectures._work cimport GROUP, RING, runs_of, Work
from w2vcore.kernels._contract cimport W2V_RUN, w2v_scratch_at, w2v_scratch_floats, w2v_targets, w2v_whole
from w2vcore.kernels._random cimport w2v_random_block
from w2vcore.kernels._slots cimport slots_for
from w2vcore.kernels._types cimport int64_t, uint32_t, uint64_t

from libc.stdint cimport uint8_t


cdef dict shapes_of_walk(const Sizes *sizes):
    """Return shapes and types of what every job needs."""
    cdef int64_t positives = max(1, sizes.positives), fresh = 1 if sizes.sharing_draws else positives
    cdef int64_t targets = sizes.targets * positives, runs = fresh * max(1, runs_of(sizes.draws))
    cdef int64_t linked = sizes.words if sizes.links_repeats else 0
    cdef int64_t floats = targets * (2 if positives > 1 and sizes.sharing_draws else sizes.floats)
    return {
        "ids": ((sizes.words + COPIED,), np.uint32),
        "positions": ((sizes.words,), np.int64),
        "reach": ((sizes.words,), np.int64),
        "inputs": ((RING, sizes.inputs + COPIED), np.uint32),
        "input_counts": ((RING, sizes.inputs), np.float32),
        "table": ((slots_for(max(sizes.inputs, linked)),), np.uint32),
        "targets": ((sizes.objectives, RING, targets), np.uint32),
        "counts": ((sizes.objectives, RING, targets), np.float32),
        "floats": ((sizes.objectives, RING, max(1, floats)), np.float32),
        "numbers": ((sizes.objectives, RING, runs * W2V_RUN, 4), np.uint32),
        "streams": ((GROUP * runs,), np.uint64),
        "blocks": ((GROUP * runs,), np.uint64),
        "token_numbers": ((sizeof(TokenNumbers),), np.uint8),
        "scratch": ((w2v_scratch_floats(sizes.inputs, targets, sizes.widest),), np.float32),
        "previous": ((linked,), np.int64),
        "latest": ((linked,), np.int64),
        "slot": ((linked,), np.int64),
        "weights": ((2 * sizes.reach + 1,), np.float32),
    }


cdef dict shapes_of_sums(const Sizes *sizes):
    """Return shapes and types of what sums of rows need."""
    return {
        "sums": ((sizes.sum_words, sizes.stride), np.float32),
        "sums_before": ((sizes.sum_words, sizes.stride), np.float32),
        "sum_factors": ((sizes.sum_words,), np.float32),
        "sum_weights": ((sizes.sum_words,), np.float32),
        "sum_words": ((sizes.sum_words,), np.uint32),
        "coming": ((RING, sizes.sum_words), np.uint32),
    }


cdef dict shapes_of_positives(const Sizes *sizes):
    """Return shapes and types of what units need that predict several words."""
    cdef int64_t positives = sizes.positives, fresh = 1 if sizes.sharing_draws else positives
    cdef int64_t targets = sizes.targets * positives, noted = targets if sizes.notes else 0
    return {
        "positives": ((RING, positives), np.uint32),
        "positive_positions": ((RING, positives), np.int64),
        "each": ((sizes.objectives, RING, fresh * sizeof(w2v_targets)), np.uint8),
        "positive_weights": ((RING, positives), np.float32),
        "one_rows": ((sizes.targets,), np.uint32),
        "one_counts": ((sizes.targets,), np.float32),
        "one_floats": ((max(1, sizes.targets * sizes.floats),), np.float32),
        "one_table": ((slots_for(targets),), np.uint32),
        "places": ((sizes.objectives, RING, noted), np.uint32),
        "example_labels": ((sizes.objectives, RING, noted), np.float32),
        "example_counts": ((sizes.objectives, RING, noted), np.float32),
        "ends": ((sizes.objectives, RING, positives), np.int64),
        "example_weights": ((sizes.objectives, RING, positives), np.float32),
    }


cdef dict make_scratch(const Sizes *sizes):
    """Return arrays of zeros by name.

    They are one allocation with a margin at both ends: small arrays of two workers on one cache line halve their speed.
    """
    shapes = shapes_of_walk(sizes)
    if sizes.sum_words:
        shapes |= shapes_of_sums(sizes)
    if sizes.positives:
        shapes |= shapes_of_positives(sizes)
    bytes_of = {name: np.dtype(kind).itemsize * math.prod(shape) for name, (shape, kind) in shapes.items()}
    block = np.zeros(sum(-(-size // 128) * 128 for size in bytes_of.values()) + 3 * 128, np.uint8)
    start = 128 + -block.ctypes.data % 128
    memory = {}
    for name, (shape, kind) in shapes.items():
        memory[name] = block[start:start + bytes_of[name]].view(kind).reshape(shape)
        start += -(-bytes_of[name] // 128) * 128
    return memory


cdef object lend_walk(dict memory, Work *work):
    """Point the work to the scratch memory for the walk and for random numbers."""
    cdef uint8_t[::1] token_numbers = memory["token_numbers"]
    cdef uint32_t[::1] walk_ids = memory["ids"], walk_table = memory["table"]
    cdef int64_t[::1] walk_positions = memory["positions"], walk_reach = memory["reach"]
    cdef int64_t[::1] walk_previous = memory["previous"], walk_latest = memory["latest"], walk_slot = memory["slot"]
    cdef float[::1] weights = memory["weights"]
    cdef uint64_t[::1] run_streams = memory["streams"], run_blocks = memory["blocks"]
    cdef uint32_t[:, ::1] unit_inputs = memory["inputs"]
    cdef float[:, ::1] unit_input_counts = memory["input_counts"]
    cdef uint32_t[:, :, ::1] unit_rows = memory["targets"]
    cdef float[:, :, ::1] unit_counts = memory["counts"], unit_floats = memory["floats"]
    cdef uint32_t[:, :, :, ::1] unit_numbers = memory["numbers"]
    cdef float[::1] floats = memory["scratch"]
    cdef Unit *unit
    cdef int i, k
    work.token_numbers = <TokenNumbers *>&token_numbers[0]
    work.walk.ids = &walk_ids[0]
    work.walk.positions = &walk_positions[0]
    work.walk.reach = &walk_reach[0]
    work.walk.table = &walk_table[0]
    if weights.shape[0] > 1:
        work.walk.weights = &weights[weights.shape[0] // 2]
    if walk_previous.shape[0]:
        work.walk.previous = &walk_previous[0]
        work.walk.latest = &walk_latest[0]
        work.walk.slot = &walk_slot[0]
    work.runs.stream = &run_streams[0]
    work.runs.block = &run_blocks[0]
    work.scratch = w2v_scratch_at(&floats[0])
    for i in range(RING):
        unit = &work.ring[i]
        unit.rows = &unit_inputs[i, 0]
        unit.inputs.rows = unit.rows
        unit.counts = &unit_input_counts[i, 0]
        unit.inputs.weight = 1
        for k in range(work.n_objectives):
            unit.room[k].rows = &unit_rows[k, i, 0]
            unit.room[k].counts = &unit_counts[k, i, 0]
            unit.room[k].floats = &unit_floats[k, i, 0]
            unit.numbers[k] = <w2v_random_block *>&unit_numbers[k, i, 0, 0]


cdef object lend_positives(dict memory, Work *work):
    """Point the work to the scratch memory for what units predict."""
    cdef uint32_t[:, ::1] words = memory["positives"]
    cdef int64_t[:, ::1] positions = memory["positive_positions"]
    cdef float[:, ::1] weights = memory["positive_weights"]
    cdef uint8_t[:, :, ::1] each = memory["each"]
    cdef uint32_t[::1] one_rows = memory["one_rows"], one_table = memory["one_table"]
    cdef float[::1] one_counts = memory["one_counts"], one_floats = memory["one_floats"]
    cdef uint32_t[:, :, ::1] places = memory["places"]
    cdef float[:, :, ::1] labels = memory["example_labels"], counts = memory["example_counts"]
    cdef int64_t[:, :, ::1] ends = memory["ends"]
    cdef float[:, :, ::1] example_weights = memory["example_weights"]
    cdef Unit *unit
    cdef int i, k
    work.one.most = one_rows.shape[0]
    work.one.room.rows = &one_rows[0]
    work.one.room.counts = &one_counts[0]
    work.one.room.floats = &one_floats[0]
    work.one.table = &one_table[0]
    for i in range(RING):
        unit = &work.ring[i]
        unit.positives.words = &words[i, 0]
        unit.positives.positions = &positions[i, 0]
        unit.positives.weights = &weights[i, 0]
        unit.positives.weighted = work.walk.weights is not NULL
        for k in range(work.n_objectives):
            unit.each[k] = <w2v_targets *>&each[k, i, 0]
        for k in range(work.n_objectives if places.shape[2] else 0):
            unit.predicted[k].places = &places[k, i, 0]
            unit.predicted[k].labels = &labels[k, i, 0]
            unit.predicted[k].counts = &counts[k, i, 0]
            unit.predicted[k].ends = &ends[k, i, 0]
            unit.predicted[k].weights = &example_weights[k, i, 0]


cdef object lend_sums(dict memory, Work *work):
    """Point the work to the scratch memory for sums of rows, and the blocks to the sums."""
    cdef float[:, ::1] sums = memory["sums"], before = memory["sums_before"]
    cdef float[::1] factors = memory["sum_factors"], weights = memory["sum_weights"]
    cdef uint32_t[::1] words = memory["sum_words"]
    cdef uint32_t[:, ::1] coming = memory["coming"]
    cdef int i, k
    work.words.size = work.walk.sums.size = sums.shape[0]
    work.words.stride = sums.shape[1]
    work.words.matrix = w2v_whole(&sums[0, 0])
    work.words.sums = &sums[0, 0]
    work.words.before = &before[0, 0]
    work.words.factors = &factors[0]
    work.words.words = &words[0]
    work.walk.sums.weights = &weights[0]
    for i in range(RING):
        work.ring[i].coming.words = &coming[i, 0]
    for k in range(work.n_objectives):
        work.target[k].matrices.inputs = &work.words.matrix
        work.target[k].matrices.lock = work.words.factors
        work.target[k].matrices.lock_size = work.words.size


cdef object lend_scratch(dict memory, Work *work):
    """Point the work to the scratch memory, and the blocks to sums of rows if there are any."""
    lend_walk(memory, work)
    if work.predicts:
        lend_positives(memory, work)
    if "sums" in memory:
        lend_sums(memory, work)


cdef object lend_features(object features, Bags *bags):
    """Point to the rows of each id (model/features.py)."""
    cdef const int64_t[::1] indptr = features.indptr
    cdef const uint32_t[::1] rows = features.rows
    cdef const float[::1] weights = features.weights
    bags.indptr = &indptr[0]
    bags.rows = &rows[0]  # an id that is asked for has one at least
    if weights is not None:
        bags.weights = &weights[0]


cdef object lend_tags(object tags, int64_t sentences, int64_t input_rows, Bags *bags):
    """Point to the tags (corpus/tagging.py), which must be those of so many sentences, and within the input matrix."""
    cdef const int64_t[::1] offsets = tags.offsets
    cdef const uint32_t[::1] rows = tags.rows
    if offsets.shape[0] != sentences + 1 or offsets[0] != 0 or offsets[sentences] != rows.shape[0]:
        raise ValueError(f"tags must be those of {sentences} sentences, got {offsets.shape[0] - 1}")
    if tags.highest >= input_rows:
        raise ValueError(f"batch has tag row {tags.highest}, the input matrix {input_rows} rows")
    bags.tag_offsets = &offsets[0]
    bags.tag_rows = &rows[0]  # of none, an address that is not read
