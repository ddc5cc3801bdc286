"""The slow, honest twin of every kernel, in NumPy: what the fast ones must compute, and what they are tested against.

What a backend computes, exactly
--------------------------------
*Draws.* Random numbers are those of kernels/random.h (twin: reference_random.py), with one key an epoch and purpose. A
token is named by its place in the epoch: ``batch.ids[i]`` of a job is token ``job.position + i``. So nothing depends on
where jobs begin and end, nor on who runs them.

*Tokens.* For token t, ``w = random(key(TOKEN), t, 0)``. It is kept if ``config.subsample`` is off or ``w[0] <=
keep[id]``. Its window shrinks by ``b = (w[1] * window) >> 32``, which is in [0, window), if ``shrink_windows`` is on;
the window "sentence" is the whole sentence on both sides and never shrinks.

*Contexts.* The kept tokens of a sentence are numbered one after the other. The contexts of a centre are the kept tokens
at distances 1 to ``window - b`` on either side, in ascending order, also those outside ``start..stop`` of the job. A
centre without contexts, whose sentence has no tags, is passed over: no update, no loss, no example.

*Targets.* An objective names distinct target rows with labels and counts (twins: reference_objectives.py). Negative
sampling takes draws ``draw0 .. draw0 + negative`` of ``random(key(NEGATIVE), t, draw // 2)``, two words a draw.
Hierarchical softmax takes the centre's path down the plan's tree, or
the Huffman tree of the counts. Scores are linked to labels by the sigmoid (reference_links.py); an
objective of somebody else's may bring another link.

*Inputs.* What stands for a context is a bag: the plan's features name its rows and their weights. Without features it
is the row of its id, with weight 1. The tags of a centre's sentence, if it has any, are bags of one row of weight 1;
they follow the contexts, in their order. A centre with tags and without contexts is trained with the tags alone.

*Skip-gram, negative_sharing "pair".* The bags predict the centre one by one. For the n-th each objective in turn
selects with ``draw0 = n * objective.draws``, and the block "pairs" is run with its row; or, with features, the block
"mean": the hidden row is the weighted mean of the bag's rows, each of which receives the whole error times its weight.
Each bag sees the updates of those before.

*Skip-gram, negative_sharing "window".* The rows of the bags are merged into distinct rows with counts; each objective
in turn selects with ``draw0 = 0`` and the block "pairs" is run once for all of them: all scores and gradients are from
the values at its start. There are no features.

*CBOW.* The rows of all bags are merged into distinct rows, whose weights are added up; each objective in turn selects
with ``draw0 = 0`` and the block "mean" is run. With n the sum of the weights (without features, the number of contexts
and tags), the hidden row is the weighted sum of the rows divided by n and each receives the whole error times its
weight if ``cbow_mean``; else it is the weighted sum, and each receives the error times its weight, divided by n.

*Sums.* ``words`` counts the kept tokens in ``start..stop``, with or without contexts. ``examples`` counts pairs
(skip-gram), those of tags too, or windows with at least one context or tag (CBOW), however many objectives there are.
``loss``, ``judged`` and ``correct`` sum up all blocks if ``compute_loss``, else they are 0.

*Accuracy.* It is taken from the scores of a block, before its update, and shared over what the objective has judged.
Negative sampling: examples, each pair or window once. One is right if the true word's score is greater than that of
each noise word drawn for it; a tie is wrong. A noise word equal to the centre is masked: it is not compared with. An
example whose noise words are all masked is right, as the true word is above all of none. Hierarchical softmax: the
decisions, one for each node of the path of each example. One is right if the score is greater than 0 for label 1 and
less than 0 for label 0; a score of 0 is wrong. Pairs that are merged count by their number. With both objectives the
two are added up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import DTypeLike, NDArray

from w2vcore.corpus.encoding import Batch
from w2vcore.model.config import CBOW, SENTENCE, SKIP_GRAM, WINDOW, TrainingConfig
from w2vcore.model.weights import Weights
from w2vcore.objectives import registry

from .base import Backend, EpochStats, Job, Plan, Report
from .reference_links import Link, Real, sigmoid_link
from .reference_objectives import EXAMPLES, TARGETS, Objective, twin
from .reference_random import PURPOSE_TOKEN, random_key, random_words

Rows = NDArray[np.uint32]
Bag = tuple[Rows, Real]  # rows of the input matrix, and the weight of each


def block_pairs(
    inputs: Real,
    targets: Real,
    input_rows: Rows,
    input_counts: Real,
    target_rows: Rows,
    labels: Real,
    target_counts: Real,
    lock: Real,
    alpha: float,
    judge: str = EXAMPLES,
    link: Link = sigmoid_link,
) -> EpochStats:
    """Update both matrices in place for every input row against every target row; return the sums (block.h, "pairs").

    The rows of either side are distinct; counts are multiplicities; a target with count 0 takes no part.
    """
    x, y = inputs[input_rows], targets[target_rows]
    score = x @ y.T
    gradient = alpha * link(score, labels)[0] * target_counts
    inputs[input_rows] += (input_counts * lock[input_rows % len(lock)])[:, None] * (gradient @ y)
    targets[target_rows] += (gradient * input_counts[:, None]).T @ x
    return sums_of(score, labels, target_counts, input_counts, judge, link)


def block_mean(
    inputs: Real,
    targets: Real,
    input_rows: Rows,
    input_counts: Real,
    target_rows: Rows,
    labels: Real,
    target_counts: Real,
    lock: Real,
    alpha: float,
    scale: float,
    error_scale: float,
    judge: str = EXAMPLES,
    link: Link = sigmoid_link,
) -> EpochStats:
    """Update both matrices in place for one hidden row against every target row; return the sums (block.h, "mean").

    The hidden row is ``scale`` times the sum of the input rows; each of these receives ``error_scale`` times its error.
    """
    hidden = scale * (input_counts @ inputs[input_rows])
    y = targets[target_rows]
    score = y @ hidden
    gradient = alpha * link(score, labels)[0] * target_counts
    factors = error_scale * input_counts * lock[input_rows % len(lock)]
    np.add.at(inputs, input_rows, factors[:, None] * (gradient @ y))
    targets[target_rows] += np.outer(gradient, hidden)
    return sums_of(score[None], labels, target_counts, np.ones(1), judge, link)


def sums_of(
    score: Real, labels: Real, target_counts: Real, input_counts: Real, judge: str, link: Link = sigmoid_link
) -> EpochStats:
    """Return the loss, and what was judged, of scores of shape (inputs, targets); a target with count 0 is left out."""
    there = target_counts > 0
    if not there.any():
        return EpochStats()
    score = score.astype(np.float64)
    losses = link(score, labels)[1][:, there]
    score, labels = score[:, there], labels[there]
    times = np.multiply.outer(input_counts, target_counts[there]).astype(np.float64)
    loss = float((losses * times).sum())
    if judge == TARGETS:
        right = np.where(labels == 1, score > 0, score < 0)
        return EpochStats(loss=loss, judged=int(times.sum()), correct=int(times[right].sum()))
    lowest = score[:, labels == 1].min(axis=1, initial=np.inf)
    highest = score[:, labels == 0].max(axis=1, initial=-np.inf)
    examples = input_counts.astype(np.int64)
    return EpochStats(loss=loss, judged=int(examples.sum()), correct=int(examples[lowest > highest].sum()))


def one_row(row: np.uint32, dtype: DTypeLike) -> Bag:
    """Return a bag of one row."""
    return np.array([row], np.uint32), np.ones(1, dtype)


def merged(bags: list[Bag]) -> tuple[Rows, NDArray[np.float64]]:
    """Return the distinct rows of some bags, in ascending order, and the sum of the weights of each.

    Examples
    --------
    >>> rows, weights = merged([(np.array([4, 2], np.uint32), np.array([1.0, 0.5])), one_row(np.uint32(4), np.float64)])
    >>> rows.tolist(), weights.tolist()
    ([2, 4], [0.5, 2.0])
    """
    named, weights = (np.concatenate(arrays) for arrays in zip(*bags, strict=True))
    rows, places = np.unique(named, return_inverse=True)
    return rows, np.bincount(places, weights).astype(np.float64)


def kept_and_windows(
    config: TrainingConfig, keep: NDArray[np.uint32], batch: Batch, position: int, epoch: int
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Return for each token of a batch whether it survives subsampling, and its window's size on either side."""
    size = len(batch)
    key = random_key(config.seed, epoch, PURPOSE_TOKEN)
    positions = np.arange(size) + position
    words = random_words(key, 0, positions // 2)
    first, second = words[np.arange(size), positions % 2 * 2], words[np.arange(size), positions % 2 * 2 + 1]
    kept = first <= keep[batch.ids] if config.subsample else np.ones(size, np.bool_)
    if config.window == SENTENCE:
        return kept, np.full(size, size, np.int64)
    window = int(config.window)
    shrink = (second * np.uint64(window)) >> np.uint64(32) if config.shrink_windows else np.zeros(size, np.uint64)
    return kept, window - shrink.astype(np.int64)


def windows(
    config: TrainingConfig, keep: NDArray[np.uint32], job: Job, epoch: int
) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Yield each kept centre of a job and its contexts, as indices into ``job.batch.ids``."""
    batch = job.batch
    kept, reach = kept_and_windows(config, keep, batch, job.position, epoch)
    for first, last in zip(batch.offsets[:-1].tolist(), batch.offsets[1:].tolist(), strict=True):
        if last <= job.start or first >= job.stop:
            continue
        sentence = first + np.flatnonzero(kept[first:last])
        for place, centre in enumerate(sentence.tolist()):
            if job.start <= centre < job.stop:
                left, right = max(0, place - int(reach[centre])), place + int(reach[centre]) + 1
                yield centre, np.concatenate([sentence[left:place], sentence[place + 1 : right]])


class ReferenceBackend(Backend):
    """Runs jobs one after the other in the calling thread, in plain NumPy: the meaning of every other backend.

    Parameters
    ----------
    dtype : dtype
        ``np.float32`` works in the borrowed matrices; ``np.float64`` works on copies, rounds nothing between jobs and
        writes the rounded result back after each run.

    Examples
    --------
    >>> from w2vcore.model.weights import zeros
    >>> config = TrainingConfig(vector_size=2, architecture="skipgram", negative=1, subsample=False, compute_loss=True)
    >>> batch = Batch(np.array([0, 1], np.uint32), np.array([0, 2]), raw_words=2, sentences=1)
    >>> weights = Weights({"input": zeros(2, 2), "negative": zeros(2, 2)}, vector_size=2)
    >>> weights.matrices["input"][:, :2] = 0.5
    >>> counts, keep, lock = np.array([1, 1]), np.full(2, 2**32 - 1, np.uint32), np.ones(1, np.float32)
    >>> backend = ReferenceBackend(np.float64)
    >>> backend.open(Plan(config, counts, keep, lock), weights)
    >>> stats = backend.run(0, iter([Job(batch, 0, 2, 0.1, 0, 2, 1)]), lambda job, stats: None)
    >>> backend.close()
    >>> stats.words, stats.examples
    (2, 2)
    """

    def __init__(self, dtype: DTypeLike = np.float64) -> None:
        self.dtype = np.dtype(dtype)
        if self.dtype not in (np.float32, np.float64):
            raise ValueError(f"dtype must be float32 or float64, got {self.dtype}")
        self._plan: Plan | None = None
        self._borrowed: dict[str, Real] = {}
        self._matrices: dict[str, Real] = {}
        self._objectives: list[tuple[Objective, Real]] = []
        self._lock: Real = np.ones(1)
        self._unwritten = False  # what was trained is in the copies alone

    def open(self, plan: Plan, weights: Weights) -> None:
        """Borrow the matrices, or copies of them in float64."""
        config = plan.config
        plan.check_features(weights)
        if config.architecture not in (SKIP_GRAM, CBOW):
            raise ValueError(f"architecture must be {SKIP_GRAM!r} or {CBOW!r}, got {config.architecture!r}")
        twins = {name: twin(name)(config, *plan.parts(registry.objective(name).made_of)) for name in config.objectives}
        self._borrowed = {
            name: weights.matrices[name][:, : weights.vector_size] for name in ("input", *config.objectives)
        }
        self._matrices = {name: np.asarray(matrix, self.dtype) for name, matrix in self._borrowed.items()}
        self._objectives = [(made, self._matrices[name]) for name, made in twins.items()]
        self._lock = plan.lock.astype(self.dtype)
        self._plan = plan

    def run(self, epoch: int, jobs: Iterator[Job], report: Report) -> EpochStats:
        """Train one epoch; see Backend.run."""
        if self._plan is None:
            raise RuntimeError("this backend is not open: call open(plan, weights) before run()")
        train = self._training(self._plan.config)
        self._read_again()
        self._unwritten = True
        total = EpochStats()
        for job in jobs:
            stats = EpochStats(raw_words=job.raw_words, sentences=job.sentences)
            for centre, contexts in windows(self._plan.config, self._plan.keep, job, epoch):
                stats.words += 1
                bags = self._bags(job.batch, centre, contexts)
                if bags:
                    trained = train(job, epoch, centre, bags)
                    stats += trained if self._plan.config.compute_loss else EpochStats(examples=trained.examples)
            total += stats
            report(job, stats)
        self._write_back()
        return total

    def close(self) -> None:
        """Let go of the matrices; what a run that raised has trained is written back first."""
        self._write_back()
        self._plan, self._borrowed, self._matrices, self._objectives = None, {}, {}, []

    def _write_back(self) -> None:
        """Round copies into the borrowed matrices, where callbacks and checkpoints look between two runs."""
        if self._unwritten:
            for name, matrix in self._matrices.items():
                if matrix.dtype != self._borrowed[name].dtype:
                    self._borrowed[name][...] = matrix
        self._unwritten = False

    def _read_again(self) -> None:
        """Take into the copies what somebody has written into the borrowed matrices since the last run."""
        for name, matrix in self._matrices.items():
            borrowed = self._borrowed[name]
            written = borrowed != matrix.astype(borrowed.dtype)
            matrix[written] = borrowed[written]

    def _bags(self, batch: Batch, centre: int, contexts: NDArray[np.int64]) -> list[Bag]:
        """Return what stands for the contexts of a centre, and for the tags of its sentence."""
        assert self._plan is not None
        features, tags = self._plan.features, batch.tags
        if features is None:
            bags = [one_row(row, self.dtype) for row in batch.ids[contexts]]
        else:
            bags = [features.bag(word) for word in batch.ids[contexts].tolist()]
        if tags is not None:
            sentence = int(np.searchsorted(batch.offsets, centre, "right")) - 1
            bags += [one_row(row, self.dtype) for row in tags.of(sentence)]
        return [(rows, weights.astype(self.dtype)) for rows, weights in bags]

    def _training(self, config: TrainingConfig) -> Callable[[Job, int, int, list[Bag]], EpochStats]:
        """Return what trains one centre with its inputs."""
        if config.architecture == CBOW:
            return self._cbow
        return self._shared_window if config.negative_sharing == WINDOW else self._skip_gram

    def _skip_gram(self, job: Job, epoch: int, centre: int, bags: list[Bag]) -> EpochStats:
        """Train the pairs of one window; return their number and sums."""
        assert self._plan is not None
        stats, matrix = EpochStats(examples=len(bags)), self._matrices["input"]
        for n, (inputs, weights) in enumerate(bags):
            for objective, targets in self._objectives:
                rows, labels, counts = self._select(objective, job, epoch, centre, n * objective.draws)
                if len(rows) and self._plan.features is None:
                    stats += block_pairs(
                        matrix, targets, inputs, weights,
                        rows, labels, counts, self._lock, job.alpha, objective.judge, objective.link,
                    )  # fmt: skip
                elif len(rows):
                    stats += block_mean(
                        matrix, targets, inputs, weights, rows, labels, counts, self._lock, job.alpha,
                        1.0 / float(weights.sum()), 1.0, objective.judge, objective.link,
                    )  # fmt: skip
        return stats

    def _shared_window(self, job: Job, epoch: int, centre: int, bags: list[Bag]) -> EpochStats:
        """Train the pairs of one window at once; return their number and sums."""
        inputs, weights = merged(bags)
        stats = EpochStats(examples=len(bags))
        for objective, targets in self._objectives:
            named, labels, times = self._select(objective, job, epoch, centre, 0)
            if len(named):
                stats += block_pairs(
                    self._matrices["input"], targets, inputs, weights.astype(self.dtype),
                    named, labels, times, self._lock, job.alpha, objective.judge, objective.link,
                )  # fmt: skip
        return stats

    def _cbow(self, job: Job, epoch: int, centre: int, bags: list[Bag]) -> EpochStats:
        """Train one window as a whole; return its sums."""
        assert self._plan is not None
        inputs, weights = merged(bags)
        share = 1.0 / float(weights.sum())
        scale, error_scale = (share, 1.0) if self._plan.config.cbow_mean else (1.0, share)
        stats = EpochStats(examples=1)
        for objective, targets in self._objectives:
            named, labels, times = self._select(objective, job, epoch, centre, 0)
            if len(named):
                stats += block_mean(
                    self._matrices["input"], targets, inputs, weights.astype(self.dtype),
                    named, labels, times, self._lock, job.alpha, scale, error_scale, objective.judge, objective.link,
                )  # fmt: skip
        return stats

    def _select(self, objective: Objective, job: Job, epoch: int, centre: int, draw0: int) -> tuple[Rows, Real, Real]:
        """Return an objective's target rows, labels and counts in this backend's dtype."""
        rows, labels, counts = objective.select(epoch, int(job.batch.ids[centre]), job.position + centre, draw0)
        return rows, labels.astype(self.dtype), counts.astype(self.dtype)
