"""Call the functions of any block table from Python, with every argument checked: for tests and benchmarks alone.

Nothing else in the package imports this module.
"""

import numpy as np

from w2vcore.kernels._dispatch import available

from ._contract cimport (
    W2V_JUDGE_EXAMPLES, W2V_JUDGE_TARGETS, W2V_LINK_SIGMOID, W2V_LINK_SOFTMAX, W2V_RUN, W2V_SLOTS, w2v_block,
    w2v_block_of_several, w2v_block_table, w2v_blocks, w2v_curvature, w2v_inputs, w2v_matrices, w2v_matrix,
    w2v_scratch, w2v_scratch_at, w2v_scratch_floats, w2v_sums, w2v_targets, w2v_whole)
from ._dispatch cimport block_table_named
from ._random cimport w2v_random_block
from ._types cimport int64_t, uint8_t, uint32_t, uint64_t


cdef const w2v_block_table *require(str name) except NULL:
    cdef const w2v_block_table *table = block_table_named(name.encode())
    if table is NULL:
        raise ValueError(f"name must be one of {', '.join(available())}, got {name!r}")
    return table


cdef check_matrix(str what, matrix):
    if not isinstance(matrix, np.ndarray) or matrix.dtype != np.float32 or matrix.ndim != 2:
        raise ValueError(f"{what} must be a two-dimensional float32 array, got {type(matrix).__name__}")
    if matrix.strides[1] != 4 or matrix.strides[0] % 64 or matrix.ctypes.data % 64 or not matrix.flags.writeable:
        raise ValueError(
            f"{what} must be writable, with rows of a multiple of 16 floats on 64-byte borders (see model/weights.py); "
            f"got strides {matrix.strides}")
    if matrix.shape[1] * 4 != matrix.strides[0]:
        raise ValueError(f"{what} must come with its padding, {matrix.strides[0] // 4} columns, got {matrix.shape[1]}")


cdef check_rows(str what, rows, int64_t size, bint may_repeat):
    rows = np.ascontiguousarray(rows, np.uint32)
    if rows.ndim != 1 or (not may_repeat and len(np.unique(rows)) != len(rows)):
        raise ValueError(f"{what} must be {'' if may_repeat else 'distinct '}row numbers, got {rows}")
    if len(rows) and rows.max() >= size:
        raise ValueError(f"{what} must be less than {size}, the number of rows, got {rows.max()}")
    return rows


cdef check_floats(str what, values, int64_t size):
    values = np.ascontiguousarray(values, np.float32)
    if values.shape != (size,):
        raise ValueError(f"{what} must hold {size} numbers, got shape {values.shape}")
    return values


JUDGES = {"examples": W2V_JUDGE_EXAMPLES, "targets": W2V_JUDGE_TARGETS}
LINKS = {"sigmoid": W2V_LINK_SIGMOID, "softmax": W2V_LINK_SOFTMAX}


cdef class Call:
    """The arguments of one call of a block, checked, with the arrays that its pointers point to."""
    cdef bint soft  # offsets, labels between 0 and 1, or the softmax
    cdef w2v_block block
    cdef w2v_matrix inputs
    cdef w2v_matrix targets
    cdef w2v_matrices matrices
    cdef w2v_inputs chosen
    cdef w2v_targets named
    cdef w2v_scratch scratch
    cdef list keep
    cdef tuple fences

    cdef float *floats(self, array):
        cdef float[::1] view = array
        self.keep.append(array)
        return &view[0] if view.shape[0] else NULL

    cdef uint32_t *ids(self, array):
        cdef uint32_t[::1] view = array
        self.keep.append(array)
        return &view[0] if view.shape[0] else NULL

    cdef uint8_t *bytes(self, array):
        cdef uint8_t[::1] view = array
        self.keep.append(array)
        return &view[0] if view.shape[0] else NULL

    cdef float *matrix(self, array):
        cdef float[:, ::1] view = array
        self.keep.append(array)
        return &view[0, 0]

    def __init__(self, str name, str shape, bint with_loss, inputs, targets, input_rows, input_counts, target_rows,
                 labels, target_counts, lock, float alpha, float scale, float error_scale, str judge, columns=None,
                 offsets=None, str link="sigmoid"):
        cdef const w2v_block_table *table = require(name)
        if shape not in ("pairs", "mean"):
            raise ValueError(f"shape must be 'pairs' or 'mean', got {shape!r}")
        if judge not in JUDGES:
            raise ValueError(f"judge must be one of {', '.join(map(repr, JUDGES))}, got {judge!r}")
        if link not in LINKS:
            raise ValueError(f"link must be one of {', '.join(map(repr, LINKS))}, got {link!r}")
        check_matrix("inputs", inputs)
        check_matrix("targets", targets)
        if inputs.strides[0] != targets.strides[0]:
            raise ValueError(f"inputs and targets must have rows of one length, got {inputs.shape} and {targets.shape}")
        input_rows = check_rows("input_rows", input_rows, len(inputs), shape == "mean")
        target_rows = check_rows("target_rows", target_rows, len(targets), False)
        cdef int64_t n_inputs = len(input_rows), n_targets = len(target_rows)
        self.keep = []
        self.inputs = w2v_whole(self.matrix(inputs))
        self.targets = w2v_whole(self.matrix(targets))
        self.matrices.inputs = &self.inputs
        self.matrices.targets = &self.targets
        self.matrices.stride = inputs.strides[0] // 4
        self.matrices.columns = self.matrices.stride if columns is None else columns
        if not 0 < self.matrices.columns <= self.matrices.stride:
            raise ValueError(f"columns must be from 1 to {self.matrices.stride}, got {columns}")
        self.matrices.alpha = alpha
        if lock is not None:
            self.matrices.lock = self.floats(check_floats("lock", lock, max(len(lock), 1)))
            self.matrices.lock_size = len(lock)
        self.chosen.rows = self.ids(input_rows)
        if input_counts is not None:
            self.chosen.counts = self.floats(check_floats("input_counts", input_counts, n_inputs))
        self.chosen.n = n_inputs
        self.named.rows = self.ids(target_rows)
        labels = check_floats("labels", labels, n_targets)
        if np.isin(labels, (0, 1)).all():
            self.named.labels = self.bytes(labels.astype(np.uint8))
        else:
            self.named.soft_labels = self.floats(labels)
        if offsets is not None:
            self.named.offsets = self.floats(check_floats("offsets", offsets, n_targets))
        if target_counts is not None:
            self.named.counts = self.floats(check_floats("target_counts", target_counts, n_targets))
        self.named.n = n_targets
        self.chosen.scale = scale
        self.chosen.error_scale = error_scale
        self.matrices.judge = JUDGES[judge]
        self.matrices.link = LINKS[link]
        self.soft = self.named.soft_labels is not NULL or self.named.offsets is not NULL or link != "sigmoid"
        cdef const w2v_blocks *blocks = table.soft if self.soft else &table.hard
        self.block = blocks.pairs[with_loss] if shape == "pairs" else blocks.mean[with_loss]
        self.allocate(4 * w2v_scratch_floats(n_inputs, n_targets, self.matrices.stride))

    # Exactly what the contract promises to suffice, on a 64-byte border, between two fences; all ones in every bit,
    # which is NaN as a float, so that whatever is read before it is written shows.
    cdef allocate(self, int64_t size):
        raw = np.full(size + 128, 0xFF, np.uint8)
        first = -raw.ctypes.data % 64
        self.fences = (raw[:first], raw[first + size:])
        self.scratch = w2v_scratch_at(self.floats(raw[first:first + size].view(np.float32)))

    cdef check_fences(self):
        for fence in self.fences:
            if (fence != 0xFF).any():
                raise RuntimeError("the block wrote outside its scratch: w2v_scratch_floats is too small for it")

    cdef w2v_sums run(self, int64_t times) noexcept nogil:
        cdef w2v_sums sums
        cdef int64_t _i
        sums.loss = sums.judged = sums.correct = 0
        for _i in range(times):
            self.block(&self.matrices, &self.chosen, &self.named, &self.scratch, &sums)
        return sums


def run_block(str name, str shape, bint with_loss, inputs, targets, input_rows, input_counts, target_rows, labels,
              target_counts, lock, float alpha, float scale=1.0, int64_t times=1, str judge="examples", columns=None,
              float error_scale=1.0, offsets=None, float weight=1.0, str link="sigmoid"):
    """Call a block of the table `name`; return what it sums up: (loss, judged, correct), zeros unless `with_loss`.

    The arguments are those of `w2v_matrices`, `w2v_inputs` and `w2v_targets` in block.h: padded float32 matrices,
    updated in place, rows, multiplicities, labels, offsets, a weight; `input_counts`, `target_counts`, `lock` and
    `offsets` may be None. `shape` is "pairs" or "mean", `times` how often to call it, `judge` "examples" or "targets",
    `columns` how many are in use (None: all), `link` "sigmoid" or "softmax". The soft blocks are taken for offsets, for
    labels between 0 and 1, and for the softmax.
    """
    cdef Call call = Call(name, shape, with_loss, inputs, targets, input_rows, input_counts, target_rows, labels,
                          target_counts, lock, alpha, scale, error_scale, judge, columns, offsets, link)
    call.chosen.weight = weight
    cdef w2v_sums sums
    with nogil:
        sums = call.run(times)
    call.check_fences()
    return sums.loss, sums.judged, sums.correct


def run_paired(str name, bint with_loss, inputs, targets, first, second, lock, float alpha, str judge="examples",
               columns=None, input_counts=None, str link="sigmoid"):
    """Call `paired` of the table `name`; return (loss, judged, correct).

    Both pairs are given as (input row, target rows, labels, counts) or with offsets after these; `columns` and `link`
    as for `run_block`, and `input_counts`, if there are any, those of both.
    """
    cdef const w2v_block_table *table = require(name)
    cdef list calls = [
        Call(name, "pairs", with_loss, inputs, targets, [row], None if input_counts is None else [input_counts[place]],
             target_rows, labels, target_counts, lock, alpha, 1, 1, judge, columns, *(offsets or [None]), link)
        for place, (row, target_rows, labels, target_counts, *offsets) in enumerate((first, second))]
    cdef Call one = calls[0], other = calls[1]
    cdef w2v_sums sums
    sums.loss = sums.judged = sums.correct = 0
    cdef const w2v_blocks *blocks = table.soft if one.soft or other.soft else &table.hard
    with nogil:
        blocks.paired[with_loss](
            &one.matrices, &one.chosen, &one.named, &other.chosen, &other.named, &one.scratch, &sums)
    one.check_fences()
    return sums.loss, sums.judged, sums.correct


def run_several(str name, bint with_loss, inputs, targets, input_rows, input_counts, examples, lock, float alpha,
                float scale=1.0, float error_scale=1.0, float weight=1.0, str judge="examples", columns=None,
                str link="sigmoid", int64_t frozen_from=-1):
    """Call `several` of the table `name`; return (loss, judged, correct).

    Each of the examples is given as (target rows, labels, counts) or with offsets after these; all else as for
    `run_block`. With `frozen_from` the block is the frozen one, and that the first input row to be written.
    """
    cdef const w2v_block_table *table = require(name)
    cdef list calls = [
        Call(name, "mean", with_loss, inputs, targets, input_rows, input_counts, target_rows, labels, target_counts,
             lock, alpha, scale, error_scale, judge, columns, *(offsets or [None]), link)
        for target_rows, labels, target_counts, *offsets in examples]
    cdef Call one, first = calls[0]
    cdef uint8_t[:, ::1] memory = np.zeros((len(calls), sizeof(w2v_targets)), np.uint8)
    cdef w2v_targets *named = <w2v_targets *>&memory[0, 0]
    cdef int64_t i, n = len(calls), n_targets = 0
    for i, one in enumerate(calls):
        named[i] = one.named
        n_targets += one.named.n
    first.allocate(4 * w2v_scratch_floats(first.chosen.n, n_targets, first.matrices.stride))
    first.chosen.weight = weight
    cdef const w2v_blocks *blocks = table.soft if any((<Call>one).soft for one in calls) else &table.hard
    cdef w2v_block_of_several block = blocks.several[with_loss]
    if frozen_from >= 0:
        block = table.frozen.several
        first.inputs.cut = frozen_from
    cdef w2v_sums sums
    sums.loss = sums.judged = sums.correct = 0
    with nogil:
        block(&first.matrices, &first.chosen, named, n, &first.scratch, &sums)
    first.check_fences()
    return sums.loss, sums.judged, sums.correct


def run_merge(str name, shared, own, base):
    """Call `merge` of the table `name` on three float32 arrays of one size, in place."""
    cdef const w2v_block_table *table = require(name)
    cdef float[::1] to = shared, mine = own, before = base
    if not to.shape[0] == mine.shape[0] == before.shape[0] > 0:
        raise ValueError(f"need three arrays of one size, got {to.shape[0]}, {mine.shape[0]}, {before.shape[0]}")
    table.merge(&to[0], &mine[0], &before[0], to.shape[0])


def run_merge_ranks(str name, own, base, rows, sums, accumulated_lr, log_growth, eigenvectors, eigenvalues,
                    float rest, int64_t ranks):
    """Call `merge_ranks` of the table `name` on padded matrices, in place, for `rows`, or None: the first ones."""
    cdef const w2v_block_table *table = require(name)
    cdef w2v_curvature curvature
    cdef float[:, ::1] mine = own, before = base, change = sums, along = eigenvectors
    cdef float[::1] lr = check_floats("accumulated_lr", accumulated_lr, len(sums))
    cdef float[::1] growth = check_floats("log_growth", log_growth, len(sums))
    cdef float[::1] values = check_floats("eigenvalues", eigenvalues, W2V_SLOTS)
    cdef int64_t[::1] order
    cdef const int64_t *which = NULL
    for what, matrix in (("own", own), ("base", base), ("sums", sums), ("eigenvectors", eigenvectors)):
        check_matrix(what, matrix)
        if matrix.shape[1] != own.shape[1]:
            raise ValueError(f"{what} must have rows of {own.shape[1]} floats, got {matrix.shape[1]}")
    if len(eigenvectors) != W2V_SLOTS or base.shape != own.shape or ranks < 1:
        raise ValueError(f"need {W2V_SLOTS} eigenvectors, own and base of one shape, and a rank at least")
    if rows is not None:
        order = check_rows("rows", rows, len(own), False).astype(np.int64)
        which = &order[0]
    if len(sums) != (len(own) if rows is None else len(rows)):
        raise ValueError(f"need a sum for each row, got {len(sums)}")
    for k in range(W2V_SLOTS):
        curvature.eigenvector[k] = &along[k, 0]
        curvature.eigenvalue[k] = values[k]
    curvature.rest = rest
    curvature.stride = own.shape[1]
    curvature.ranks = ranks
    table.merge_ranks(&curvature, &mine[0, 0], &before[0, 0], which, len(sums), &change[0, 0], &lr[0], &growth[0])


def run_random(str name, uint64_t key, streams, blocks, int64_t length):
    """Return the random numbers that the table `name` makes for runs of `length` blocks: (runs, length, 4), uint32."""
    cdef const w2v_block_table *table = require(name)
    cdef const uint64_t[::1] stream = np.ascontiguousarray(streams, np.uint64)
    cdef const uint64_t[::1] block = np.ascontiguousarray(blocks, np.uint64)
    cdef int64_t runs = stream.shape[0]
    if block.shape[0] != runs or not runs or not 1 <= length <= W2V_RUN:
        raise ValueError(f"need as many streams as blocks and 1 to {W2V_RUN} blocks a run, got {runs}, "
                         f"{block.shape[0]} and {length}")
    out = np.full((runs + 1, W2V_RUN, 4), 0x5EED, np.uint32)
    cdef uint32_t[:, :, ::1] numbers = out
    table.random(key, &stream[0], &block[0], runs, length, <w2v_random_block *>&numbers[0, 0, 0])
    if (out[runs] != 0x5EED).any():
        raise RuntimeError("the table wrote random numbers after its last run")
    return out[:runs, :length]


def run_sigmoid(str name, scores):
    """Return the link function of the table `name` at `scores`, as a new float32 array."""
    cdef const w2v_block_table *table = require(name)
    out = np.array(scores, np.float32, ndmin=1, order="C")
    cdef float[::1] view = out.reshape(-1)
    if view.shape[0]:
        table.sigmoid(&view[0], view.shape[0])
    return out
