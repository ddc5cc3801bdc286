"""Launches of the device code on problems of problems.py, without a GPU and without the backend's queues and copies."""

import numpy as np
from emulator import ADDED_TO, ONLY_READ, OWN, WARP, emulate, watch

from w2vcore.backends.base import EpochStats
from w2vcore.backends.cuda import layout, tables

EVERYTHING = 227 << 10  # bytes of shared memory of a block


class Emulated:
    """The weights and tables of a problem, and its epochs.

    Parameters
    ----------
    problem : Problem
    ring : bool
        False: as on a device whose shared memory is just too small for the ring.
    warps : int
        Warps of the one block.
    order : int
        See emulate.
    longest : int
        Tokens in a segment, at most.
    watched : bool
        True: look at every access to memory, with the warps interleaved at random by `order` (emulator.watch).
    macros : dict
        To put in place of the instance's.
    """

    def __init__(self, problem, ring=True, warps=1, order=0, longest=1000, watched=False, **macros):
        plan, self.weights = problem.plan, problem.weights()
        self.problem, self.warps, self.order, self.longest = problem, warps, order, longest
        self.watched, self.memory = watched, {}
        self.tables = tables.tables(plan)
        self.instance = layout.instance(plan.config, self.tables.halves, EVERYTHING)
        if self.instance.ring and not ring:
            self.instance = layout.instance(plan.config, self.tables.halves, self.instance.warp_bytes - 1)
            assert not self.instance.ring
        self.macros = {**self.instance.macros, **macros}
        self.launch = tables.settings(plan, self.weights, self.tables)
        matrices = {field: self.weights.matrices[name] for name, field in tables.matrix_fields(plan.config).items()}
        self.point({**matrices, **self.tables.arrays})
        self.scratch = np.zeros((warps * self.instance.scratch_rows, int(self.launch["stride"][0])), np.float32)
        self.point({"scratch": self.scratch})

    def point(self, arrays):
        """Write addresses into the launch; the arrays must outlive it."""
        assert all(array.flags.c_contiguous for array in arrays.values())
        self.memory.update(arrays)
        tables.put(self.launch, {name: array.ctypes.data for name, array in arrays.items()})

    def run(self, epoch, borders=(), alpha=None):
        """Train an epoch; its sums by job."""
        problem, launch = self.problem, self.launch
        jobs = list(problem.jobs(borders, alpha))
        batch = jobs[0].batch
        tables.set_keys(launch, problem.config, epoch)
        launch["sentences"], launch["position"] = len(batch.offsets) - 1, problem.position
        tokens = {"ids": batch.ids, "offsets": batch.offsets}
        if problem.config.subsample:
            tokens["kept_ids"], tokens["kept_from"] = np.full((2, len(batch)), 0xDDDDDDDD, np.uint32)
            tokens["kept_counts"] = np.zeros(len(batch.offsets) - 1, np.uint32)
        if problem.config.weighs_contexts:
            tokens["weights"] = tables.context_weights(problem.config, batch.longest)
        self.point(tokens)
        if problem.config.subsample:
            self.call("w2v_keep", {}, 2, 0, own=[name for name in tokens if name.startswith("kept")])
        segments = self.cut(jobs)
        sums, next_segment = np.zeros(len(jobs), layout.JOB_SUMS), np.zeros(1, np.uint64)
        self.point({"segments": segments, "sums": sums, "next_segment": next_segment})
        launch["n_segments"] = len(segments)
        shared = self.warps * self.instance.warp_bytes
        self.call("w2v_train", self.macros, 1, shared, own=["scratch"])
        assert not self.scratch.any(), "the scratch was not cleared"
        return [
            EpochStats(
                raw_words=job.raw_words,
                sentences=job.sentences,
                **dict(zip(layout.JOB_SUMS.names, s.tolist(), strict=True)),
            )
            for s, job in zip(sums, jobs, strict=True)
        ]

    def call(self, function, macros, blocks, shared, own):
        """Run a kernel; `own` names what its lanes have for themselves."""
        if not self.watched:
            emulate(function, macros, self.launch, blocks, self.warps * WARP, shared, self.order)
            return
        added = {"input", "first.matrix", "second.matrix", "sums", "next_segment"}
        memory = {
            name: (array, OWN if name in own else ADDED_TO if name in added else ONLY_READ, name == "scratch")
            for name, array in self.memory.items()
            if array.nbytes
        }
        watch(function, macros, self.launch, self.warps, shared, memory, self.order)

    def cut(self, jobs):
        """Segments: jobs cut at the ends of sentences and after `longest` tokens."""
        rows = []
        for number, job in enumerate(jobs):
            offsets = job.batch.offsets
            for sentence, (first, last) in enumerate(zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True)):
                for start in range(max(first, job.start), min(last, job.stop), self.longest):
                    stop = min(last, job.stop, start + self.longest)
                    rows.append((sentence, start, stop, job.alpha, number))
        return np.array(rows, layout.SEGMENT)


def train(problem, epochs=1, borders=(), rates=(1.0, 0.5), **options):
    """Train as problems.run does; (sums of the whole run, matrices without their padding)."""
    device, total = Emulated(problem, **options), EpochStats()
    for epoch in range(epochs):
        for stats in device.run(epoch, borders, problem.alpha * rates[epoch % len(rates)]):
            total += stats
    size = problem.config.vector_size
    for name, matrix in device.weights.matrices.items():
        assert not matrix[:, size:].any(), f"the padding of {name!r} was written to"
    return total, {name: matrix[:, :size].copy() for name, matrix in device.weights.matrices.items()}
