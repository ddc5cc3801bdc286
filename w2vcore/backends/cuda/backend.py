"""The CUDA backend's entry point: borrows the weights, keeps them on the device during a run, and copies them back."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Iterator
from typing import Any

from w2vcore.backends.base import Backend, EpochStats, Job, Plan, Report
from w2vcore.backends.run_tables import check_features
from w2vcore.corpus.encoding import Batch
from w2vcore.model.weights import Weights

from .compiling import keep_kernel, train_kernel
from .devices import find, numbers_of
from .feeding import LONGEST_SENTENCE, LaunchGroup, Resident, Slot, as_launch, launch_groups
from .gpu import Gpu
from .grouping import groups
from .layout import BLOCK_WARPS, JOB_SUMS, WARP, Instance, device_code, instance
from .memory import SPARE_BYTES, STAGED_BYTES, check_fits, token_bytes, too_large
from .several import SeveralGpus
from .staleness import most_warps
from .tables import context_weights, matrix_fields, put, set_keys, settings, tables

logger = logging.getLogger("w2vcore.word2vec")

# Batches from this size on stay on the device if they fit: they are an encoded corpus, which every epoch trains.
RESIDENT_FROM = 1 << 20
# Tokens of the first group, and bounds of the later ones, which take about GROUP_SECONDS.
FIRST_TOKENS, FEWEST_TOKENS, MOST_TOKENS = 1 << 18, 1 << 16, 6 << 20
GROUP_SECONDS = 0.15
# Most centres of a segment, and most floating-point operations: Ctrl-C waits for the current segments, and a warp does
# some 10^10 operations a second.
LONGEST_SEGMENT = 512
SEGMENT_OPERATIONS = 2e9
# Of all warps together: a window without a ring keeps the change of each of its targets, with full softmax all words'.
SCRATCH_BYTES = 1 << 30


class CudaBackend(Backend):
    """Trains on one GPU, or on several (several.py); see the package's docstring.

    Results differ from run to run by rounding and by the order of the warps' additions, as with several threads. With
    ``warps=1`` they are repeatable, and the reference's; that is slow, and meant for tests.

    Parameters
    ----------
    warps : int, optional
        Warps that work at the same time; default: as many as the device holds and staleness.py allows.
    """

    def __init__(self, warps: int | None = None) -> None:
        self.warps = warps
        self._session: Session | None = None
        self._several: SeveralGpus | None = None

    def open(self, plan: Plan, weights: Weights) -> None:
        """Find the device, compile the kernels, and check that everything fits."""
        device_code(plan.config)  # first, as it refuses what no GPU trains
        self.close()
        check_features(plan, weights)
        if len(numbers_of(plan.config.device)) > 1:
            if plan.features is not None or plan.tag_words is not None:
                what = "tags of sentences" if plan.features is None else "features of words"
                raise ValueError(f"{what} are trained on one GPU, not on several: take device='cuda'")
            self._several = SeveralGpus(lambda: CudaBackend(self.warps))
            self._several.open(plan, weights)
            return
        cupy, number = find(plan.config.device)
        gpu = Gpu(cupy, number)
        with gpu:
            self._session = Session(gpu, plan, weights, self.warps)

    def run(self, epoch: int, jobs: Iterator[Job], report: Report) -> EpochStats:
        """Train one epoch; see Backend.run. The matrices are copied to the device before, and back at the end."""
        if self._several is not None:
            return self._several.run(epoch, jobs, report)
        if self._session is None:
            raise RuntimeError("this backend is not open: call open(plan, weights) before run()")
        with self._session.gpu:
            return self._session.run(epoch, jobs, report)

    def close(self) -> None:
        """Release the matrices and the device's memory."""
        several, self._several = self._several, None
        if several is not None:
            several.close()
        session, self._session = self._session, None
        if session is not None:
            with session.gpu:
                session.close()


class Session:
    """What an open backend holds on its device."""

    def __init__(self, gpu: Gpu, plan: Plan, weights: Weights, warps: int | None) -> None:
        self.gpu, self._plan = gpu, plan
        # Field of the launch that holds the address -> matrix
        self._matrices = {field: weights.matrices[name] for name, field in matrix_fields(plan.config).items()}
        host_tables = tables(plan)
        self._halves, self._warps = host_tables.halves, most_warps(plan) if warps is None else warps
        self._settings = settings(plan, weights, host_tables)
        self._keep = keep_kernel(gpu.cupy)
        self._compile(bags=plan.features is not None or plan.tag_words is not None)
        self._rooms: dict[str, Any] = {}
        self._allocate(host_tables.arrays)
        self._resident: Resident | None = None
        self._longest_sentence = 0  # that the weights of contexts are for
        self._slots = [Slot(gpu, plan.config.subsample) for _ in range(2)]
        self._group_tokens = FIRST_TOKENS
        self._pinned = [matrix for matrix in self._matrices.values() if gpu.pin(matrix)]
        logger.info("training on %s with %i warps, %s", gpu.name, self.blocks * self.block_warps, self._instance.macros)

    def _compile(self, bags: bool) -> None:
        """Choose the instance of the kernel, and its grid."""
        self._instance = instance(self._plan.config, self._halves, self.gpu.shared_bytes, bags)
        self._train = train_kernel(self.gpu.cupy, self._instance)
        allowed = max(1, min(self._warps, SCRATCH_BYTES // max(self._scratch_bytes, 1)))
        self.blocks, self.block_warps = grid(self.gpu, self._train, self._instance, allowed)

    @property
    def _scratch_bytes(self) -> int:
        """Scratch in device memory for each warp."""
        return self._instance.scratch_rows * int(self._settings["stride"][0]) * 4

    def _allocate(self, arrays: dict[str, Any]) -> None:
        """Allocate the memory that does not depend on the corpus, or raise MemoryError with the sizes."""
        gpu = self.gpu
        scratch = self.blocks * self.block_warps * self._scratch_bytes
        rows = len(self._matrices["input"])
        need = {
            f"V={rows:,} x D={self._settings['size'][0]:,} x {len(self._matrices)} float32 tables": sum(
                matrix.nbytes for matrix in self._matrices.values()
            ),
            "vocabulary and noise": sum(array.nbytes for array in arrays.values()),
            "buffers": STAGED_BYTES + scratch,
        }
        free, total = gpu.memory()
        check_fits(need, free, total, gpu.name)
        try:
            for name, array in {**self._matrices, **arrays}.items():
                self._rooms[name] = gpu.room(array.nbytes)
            if scratch:
                self._rooms["scratch"] = gpu.room(scratch)
        except MemoryError as error:  # another program took the memory
            self._rooms.clear()
            raise MemoryError(too_large(need, *gpu.memory(), gpu.name)) from error
        put(self._settings, {name: room.ptr for name, room in self._rooms.items()})
        for name, array in arrays.items():
            gpu.upload(self._rooms[name].ptr, array, gpu.compute)
        if scratch:
            gpu.zero(self._rooms["scratch"].ptr, scratch, gpu.compute)
        gpu.finish(gpu.compute)

    def run(self, epoch: int, jobs: Iterator[Job], report: Report) -> EpochStats:
        """Train an epoch, with one group on the device and the next one queued."""
        total, waiting = EpochStats(), deque[Slot]()
        set_keys(self._settings, self._plan.config, epoch)
        for name, matrix in self._matrices.items():
            self.gpu.upload(self._rooms[name].ptr, matrix, self.gpu.compute)
        try:
            for group in groups(jobs, lambda: self._group_tokens):
                if len(waiting) == len(self._slots):
                    self._book(waiting.popleft(), total, report)
                waiting.append(self._begin(epoch, group))
            while waiting:
                self._book(waiting.popleft(), total, report)
        except BaseException:
            for slot in self._slots:
                slot.stop()
            raise
        finally:
            for slot in self._slots:
                slot.jobs = []
            self._copy_back()
        return total

    def _begin(self, epoch: int, group: list[Job]) -> Slot:
        """Load a group, and launch its kernels."""
        if not self._instance.bags and any(job.batch.tags is not None for job in group):
            self._compile(bags=True)  # the plan did not say that there are tags
        self._make_resident(group[0].batch)
        if self._plan.config.weighs_contexts:
            self._weigh_contexts(max(job.batch.longest for job in group))
        batch = self._resident.batch if self._resident else None
        slot = next(slot for slot in self._slots if not slot.jobs)
        prepared = launch_groups(self._plan, epoch, group, self._longest(group), batch, len(self._matrices["input"]))
        slot.load(group, prepared)
        slot.begun.record(self.gpu.compute)
        for one, fields in zip(prepared, slot.fields(prepared, self._resident), strict=True):
            self._launch(epoch, one, fields)
        slot.collect()
        return slot

    def _weigh_contexts(self, longest: int) -> None:
        """Put the weights of contexts on the device, for sentences of so many words."""
        if longest <= self._longest_sentence:
            return
        self._longest_sentence = max(longest, 2 * self._longest_sentence)
        weights = context_weights(self._plan.config, self._longest_sentence)
        self.gpu.finish(self.gpu.compute)  # kernels may still read what was there
        self._rooms["weights"] = self.gpu.room(weights.nbytes)
        put(self._settings, {"weights": self._rooms["weights"].ptr})
        self.gpu.upload(self._rooms["weights"].ptr, weights, self.gpu.compute)
        self.gpu.finish(self.gpu.compute)

    def _launch(self, epoch: int, group: LaunchGroup, fields: dict[str, int]) -> None:
        launch = as_launch(self._settings, fields)
        if self._plan.config.subsample:
            state = (epoch, group.position)
            if not group.resident or (self._resident and self._resident.kept != state):
                blocks = 1 if self.blocks == 1 else 4 * self.gpu.multiprocessors
                self.gpu.launch(self._keep, blocks, WARP * BLOCK_WARPS, 0, launch)
            if group.resident and self._resident:
                self._resident.kept = state
        shared = self.block_warps * self._instance.warp_bytes
        self.gpu.launch(self._train, self.blocks, WARP * self.block_warps, shared, launch)

    def _longest(self, group: list[Job]) -> int:
        """Return the most centres of a segment: several segments for each warp, and none that takes long."""
        config = self._plan.config
        tokens = sum(job.stop - job.start for job in group)
        contexts = 2 * int(config.window) if config.window != "sentence" else 2 * LONGEST_SEGMENT
        one = 6.0 * config.vector_size * contexts * int(self._settings["max_targets"][0])
        share = tokens // (4 * self.blocks * self.block_warps)
        return int(max(8, min(LONGEST_SEGMENT, max(share, 32), SEGMENT_OPERATIONS / one)))

    def _book(self, slot: Slot, total: EpochStats, report: Report) -> None:
        """Wait for a group, and report its jobs."""
        self.gpu.wait(slot.done)
        seconds = max(self.gpu.seconds(slot.begun, slot.done), 1e-6)
        jobs, results = slot.jobs, slot.sums.host.tolist()
        slot.jobs = []
        tokens = sum(job.stop - job.start for job in jobs)
        wanted = int(tokens / seconds * GROUP_SECONDS)
        self._group_tokens = min(max(wanted, FEWEST_TOKENS), MOST_TOKENS)
        for job, sums in zip(jobs, results, strict=True):
            named = dict(zip(JOB_SUMS.names or (), sums, strict=True))
            stats = EpochStats(raw_words=job.raw_words, sentences=job.sentences, **named)
            total += stats
            report(job, stats)

    def _make_resident(self, batch: Batch) -> None:
        """Put a large batch on the device, if it fits."""
        if len(batch) < RESIDENT_FROM or batch.longest > LONGEST_SENTENCE:
            return
        if self._resident is not None:
            if self._resident.batch is batch:
                return
            self.gpu.finish(self.gpu.compute)  # kernels may still use it
            self._resident = None
        need = token_bytes(batch, self._plan.config.subsample)
        free, _ = self.gpu.memory()
        if need + STAGED_BYTES + SPARE_BYTES > free:
            return
        try:
            self._resident = Resident(self.gpu, batch, self._plan.config.subsample)
        except MemoryError:  # another program took the memory: the batch is staged
            return

    def _copy_back(self) -> None:
        """Wait for the device, and copy the matrices back to the borrowed ones."""
        self.gpu.finish(self.gpu.compute)
        self.gpu.finish(self.gpu.copies)
        for name, matrix in self._matrices.items():
            self.gpu.download(matrix, self._rooms[name].ptr, self.gpu.compute)
        self.gpu.finish(self.gpu.compute)

    def close(self) -> None:
        """Free everything on the device."""
        for matrix in self._pinned:
            self.gpu.unpin(matrix)
        self._pinned, self._slots, self._resident = [], [], None
        self._rooms.clear()
        self.gpu.give_back()


def grid(gpu: Gpu, kernel: Any, instance: Instance, allowed: int) -> tuple[int, int]:
    """Return blocks, and warps per block: as many as the device holds, spread evenly, but no more than are allowed.

    Raises
    ------
    RuntimeError
        If the device cannot hold a block of one warp.
    """
    found = []
    for warps in (BLOCK_WARPS, BLOCK_WARPS // 2, 2, 1):
        shared = warps * instance.warp_bytes
        if shared <= gpu.shared_bytes:
            found.append((gpu.most_blocks(kernel, WARP * warps, shared) * warps, warps))
    resident, block_warps = max(found)
    if not resident:
        raise RuntimeError(f"{gpu.name} cannot hold one warp of the kernel {instance}; please report this")
    warps = max(1, min(resident, allowed))
    block_warps = max(1, min(block_warps, warps // gpu.multiprocessors))
    return warps // block_warps, block_warps
