"""The oracle of every kernel, slow and in NumPy: it defines what the fast kernels compute, and tests compare with it.

What a backend computes, exactly
--------------------------------
*Draws.* Random numbers are those of kernels/random.h (in NumPy: kernels/reference_random.py), with one key for each
epoch and purpose. A token is identified by its place in the epoch: ``batch.ids[i]`` of a job is token ``job.position +
i``. So nothing depends on where jobs begin and end, nor on who runs them.

*Tokens.* For token t, ``w = random(key(TOKEN), t, 0)``. It is kept if ``config.subsample`` is off or ``w[0] <=
keep[id]``. Its window shrinks by ``b = (w[1] * window) >> 32``, which is in [0, window), if ``shrink_windows`` is on.
The window "sentence" is the whole sentence on both sides, and never shrinks; nor does any window whose contexts have
weights.

*Contexts.* The kept tokens of a sentence are numbered consecutively. The contexts of a centre are the kept tokens at
distances 1 to ``window - b`` on either side, in ascending order, including those outside ``start..stop`` of the job. A
centre without contexts, whose sentence has no tags, is skipped: no update, no loss, no example. With ``window_weights``
each context has the weight of its distance (model/window_weights.py); a context of weight 0 is left out, as if it were
not in the window.

*Targets.* An objective selects distinct target rows with labels and counts (`select` of the classes in objectives/),
and perhaps offsets, which are added to the scores. Negative sampling uses draws ``draw0 .. draw0 + negative`` of
``random(key(purpose), t, draw // 2)``, two words a draw. Hierarchical softmax selects the centre's path down the plan's
tree, or down the Huffman tree of the counts. The sigmoid links scores to labels (objectives/links.py); an objective
from outside may have another link.

*Units.* An architecture decides in which calls of a block the contexts of a centre are trained (`units` of the classes
in architectures/).

*Inputs.* A context is represented by a bag of input rows with weights, from the plan's features. Without features the
bag is the row of its id, with weight 1. The tags of a centre's sentence, if it has any, are bags of one row of weight
1; they follow the contexts, in their order. A centre with tags and without contexts is trained with the tags alone. If
contexts have weights, that of a tag is 1.

*Skip-gram, negative_sharing "pair".* The bags predict the centre one by one. For the n-th, each objective in turn
selects with ``draw0 = n * objective.draws``, and the block "pairs" is run with its row; or, with features, the block
"mean": the hidden row is the weighted mean of the bag's rows, each of which receives the whole error times its weight.
Each bag sees the updates of the bags before it. All gradients are multiplied by the weight of the context, if it has
one.

*Skip-gram, negative_sharing "window".* The rows of the bags are merged into distinct rows with counts, or with the sums
of the weights of their contexts. Each objective in turn selects with ``draw0 = 0``, and the block "pairs" is run once
for all rows: all scores and gradients come from the values at its start. There are no features.

*Subword skip-gram* ("subword_skipgram"). The centre's bag is the input. Each objective in turn selects for a context
word, with the random numbers of the centre's place: for the n-th context ``draw0 = n * objective.draws``. Each context
is an example. A sentence may have no tags.

With negative_sharing "pair" the input is the weighted sum S of the centre's rows as they are before its first context.
The block "mean" is run with S for one context after the other, with each objective in turn. The hidden row is S divided
by the sum of the weights. S receives the error times f, where f adds up the squares of the weights of the rows times
their lock factors. All gradients are multiplied by the weight of the context, if it has one. After the last context
each row receives its weight times its lock factor times (S - what S was) / f; if f is 0, nothing.

With negative_sharing "window" the hidden row is the weighted mean of the rows, each of which receives the whole error
times its weight. The contexts are predicted in groups of at most MOST_POSITIVES (architectures/base.py), one group
after the other, and all of a group have the ``draw0`` of its first. The gradients of all contexts come from the values
before the group, times the weights of the contexts if they have any, and are added up. If an objective has a link other
than the sigmoid, a group is one context.

*CBOW.* The rows of all bags are merged into distinct rows, whose weights (times those of their contexts) are added up.
Each objective in turn selects with ``draw0 = 0``, and the block "mean" is run. Let n be the sum of the weights (without
features, the number of contexts and tags). With ``cbow_mean``, the hidden row is the weighted sum of the rows divided
by n, and each row receives the whole error times its weight; without, the hidden row is the weighted sum, and each row
receives the error times its weight, divided by n. With ``cbow_corrected`` the hidden row is the weighted mean, and each
row receives the error times its weight, divided by n.

*Subword CBOW* ("subword_cbow"). In windows of at most WIDEST_SUMS (architectures/subword_sums.py) the inputs are not
rows but sums of the rows of a word, which are kept while a job trains its part of a sentence. Before the window of a
centre with contexts, the kept tokens of the sentence that are more than ``window`` (which does not shrink here) before
it leave, in ascending order; then those at most ``window`` after it come that have not come yet, within the job or
outside, each with the weighted sum S of its rows as they are at that moment. The same word twice is two sums. The block
"mean" is run on the sums of the contexts with the same factors as in CBOW, where n adds up the weights of all their
rows: so each sum receives the error times f, where f adds up the squares of the weights of the word's rows times the
lock factors of these. When a word leaves, each of its rows receives its weight times its lock factor times (S - what S
was when it came) / f; if f is 0, nothing. At the end of the part of the sentence all leave. So with the sums the result
depends on where jobs begin and end. In wider windows it is CBOW. A sentence may have no tags.

*DBOW.* Only the tags of a sentence are inputs. A sentence is stretches of STRETCH tokens (architectures/base.py), from
its first one on, and the kept tokens of a stretch are trained by the job that has the stretch's first token. One tag
after the other predicts them all, each an example: the n-th tag selects with ``draw0 = n * objective.draws`` at the
place of each of them. Each objective in turn takes all scores and gradients from the values at its start. Then the
examples are gone through in their order: to the error of the tag each adds its gradients times its target rows as it
finds them, and updates these. At last the tag receives the error. If an objective has a link other than the sigmoid,
each kept token is a stretch by itself. Contexts are not looked at.

*DM with joined inputs* ("dm_concat"). The input is the rows of the sentence's tags, in their order, and then one row
for each place of the window, from left to right; where there is no context, the row of the word ``config.padding``. The
hidden row is these side by side, and so long are the target rows. Each objective in turn selects with ``draw0 = 0``.
The error has as many numbers, of which each row receives those of its place; a row that stands twice receives both.

*Sums.* ``words`` counts the kept tokens in ``start..stop``, with or without contexts, or those of the stretches that
begin there (DBOW). ``examples`` counts pairs
(skip-gram, DBOW), including those of tags, or windows with at least one context or tag (CBOW), however many objectives
there are. ``loss``, ``judged`` and ``correct`` are sums over all blocks if ``compute_loss``, otherwise 0; an example
adds to each by its weight. ``weight`` is the sum of the weights of the examples if contexts have weights, with or
without ``compute_loss``, otherwise 0; a window of CBOW counts once.

*Accuracy.* It comes from the scores of a block before its update. What it counts depends on the objective. Negative
sampling counts examples, each pair or window once. An example is correct if the true word's score is greater than that
of each noise word drawn for it; a tie is wrong. A noise word equal to the centre is masked: it is not compared with. An
example whose noise words are all masked is correct. Hierarchical softmax counts decisions, one for each node of the
path of each example. A decision is correct if the score is greater than 0 for label 1 and less than 0 for label 0; a
score of 0 is wrong. Merged pairs count by their number. With both objectives the two are added up.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from w2vcore.architectures.base import STRETCH, Architecture, Unit
from w2vcore.architectures.cbow import Cbow
from w2vcore.architectures.registry import architecture
from w2vcore.corpus.encoding import Batch
from w2vcore.model.config import TrainingConfig
from w2vcore.model.features import one_row
from w2vcore.model.weights import Weights
from w2vcore.objectives.base import Objective, Targets
from w2vcore.objectives.links import Real, sigmoid_link
from w2vcore.objectives.registry import objective

from .base import Backend, EpochStats, Job, Plan, Report
from .reference_blocks import block_joined, block_mean, block_pairs, block_positives
from .reference_sums import WordSums
from .reference_windows import context_weights, kept_and_windows, parts, windows
from .run_tables import check_features, check_tags, check_takes_weights, config_tables


class ReferenceBackend(Backend):
    """Runs jobs one by one in the calling thread, in plain NumPy. It defines the result of every other backend.

    Parameters
    ----------
    dtype : dtype
        With ``np.float32`` it works in the borrowed matrices. With ``np.float64`` it works on copies, which are not
        rounded between jobs, and writes the rounded result back after each run.

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
        self._architecture: type[Architecture]
        self._config = TrainingConfig()
        self._lock: Real = np.ones(1)
        self._weighs = False
        self._unwritten = False  # whether only the copies hold what was trained

    def open(self, plan: Plan, weights: Weights) -> None:
        """Borrow the matrices, or copies of them in float64."""
        config = plan.config
        check_features(plan, weights)
        check_takes_weights(config)
        self._architecture = architecture(config.architecture)
        chosen: dict[str, Any] = {name: objective(name) for name in config.objectives}
        made = {name: kind(config, *plan.parts(kind.made_of)) for name, kind in chosen.items()}
        self._borrowed = {
            name: weights.matrices[name][:, : table.columns] for name, table in config_tables(config).items()
        }
        self._matrices = {name: np.asarray(matrix, self.dtype) for name, matrix in self._borrowed.items()}
        self._objectives = [(each, self._matrices[name]) for name, each in made.items()]
        self._lock = plan.lock.astype(self.dtype)
        self._weighs = config.weighs_contexts
        self._config = config
        self._plan = plan

    def run(self, epoch: int, jobs: Iterator[Job], report: Report) -> EpochStats:
        """Train one epoch; see Backend.run."""
        if self._plan is None:
            raise RuntimeError("this backend is not open: call open(plan, weights) before run()")
        self._read_again()
        self._unwritten = True
        total = EpochStats()
        for job in jobs:
            check_tags(self._plan.config, job.batch)
            stats = EpochStats(raw_words=job.raw_words, sentences=job.sentences)
            if self._architecture.takes_stretches:
                stats += self._train_stretches(job, epoch)
            elif self._architecture.sums_words(self._plan.config):
                stats += self._train_sums(job, epoch)
            else:
                stats += self._train_windows(job, epoch)
            if not self._plan.config.compute_loss:
                stats.loss = stats.judged = stats.correct = 0.0
            total += stats
            report(job, stats)
        self._write_back()
        return total

    def _train_windows(self, job: Job, epoch: int) -> EpochStats:
        """Train the windows of a job, each as the units that the architecture makes of it."""
        assert self._plan is not None
        stats = EpochStats()
        for centre, contexts in windows(self._plan.config, self._plan.keep, job, epoch):
            stats.words += 1
            units = self._units(job.batch, centre, contexts)
            if units is not None:
                stats += self._train(job, epoch, centre, units)
        return stats

    def _train_stretches(self, job: Job, epoch: int) -> EpochStats:
        """Train the stretches of sentences that begin within a job."""
        assert self._plan is not None
        config, batch, stats = self._plan.config, job.batch, EpochStats()
        kept, _ = kept_and_windows(config, self._plan.keep, batch, job.position, epoch)
        apart = any(trained.link is not sigmoid_link for trained, _ in self._objectives)
        for sentence, (first, last) in enumerate(pairwise(batch.offsets.tolist())):
            begin = first + -(-max(job.start - first, 0) // STRETCH) * STRETCH
            tags = np.zeros(0, np.uint32) if batch.tags is None else batch.tags.of(sentence)
            for start in range(begin, min(last, job.stop), STRETCH):
                places = start + np.flatnonzero(kept[start : min(start + STRETCH, last)])
                stats.words += len(places)
                for unit in self._architecture.units_of_stretch(config, tags, batch.ids[places], places, apart):
                    stats.examples += unit.examples
                    for trained, targets in self._objectives:
                        stats += self._block_of_positives(unit, trained, targets, job, epoch, start)
        return stats

    def _train_sums(self, job: Job, epoch: int) -> EpochStats:
        """Train the windows of a job on sums of rows that are kept from one to the next."""
        assert self._plan is not None
        config, stats = self._plan.config, EpochStats()
        for sentence, centres, reach in parts(config, self._plan.keep, job, epoch):
            sums = WordSums(self._matrices["input"], self._lock, self._plan.features)
            for place in centres:
                stats.words += 1
                centre = int(sentence[place])
                first, last = max(0, place - int(reach[centre])), min(place + int(reach[centre]), len(sentence) - 1)
                near = [other for other in range(first, last + 1) if other != place]
                weights = np.ones(len(near))
                if config.weighs_contexts:
                    weights = context_weights(config, centre, sentence[near])
                    near = [other for other, weight in zip(near, weights, strict=True) if weight > 0]
                    weights = weights[weights > 0]
                if near:
                    window = int(config.window)
                    sums.move(job.batch.ids[sentence], max(0, place - window), min(place + window, len(sentence) - 1))
                    stats += self._train_sum(job, epoch, centre, sums, near, weights)
            sums.clear()
        return stats

    def _train_sum(
        self, job: Job, epoch: int, centre: int, sums: WordSums, near: list[int], weights: Real
    ) -> EpochStats:
        """Train one window on the sums of its words."""
        stats = EpochStats(examples=1, weight=float(self._weighs))
        for trained, targets in self._objectives:
            rows, labels, times, offsets = self._select(trained, job, epoch, centre, 0)
            words, factors, totals = sums.take(near)
            scale, error_scale = Cbow.scales(self._config, float(weights @ totals))
            stats += block_mean(
                words, targets, np.arange(len(near), dtype=np.uint32), weights.astype(self.dtype), rows, labels, times,
                factors, job.alpha, scale, error_scale, trained.judge, trained.link, offsets,
            )  # fmt: skip
            sums.put(near, words)
        return stats

    def close(self) -> None:
        """Release the matrices, after writing back what a run that raised has trained."""
        self._write_back()
        self._plan, self._borrowed, self._matrices, self._objectives = None, {}, {}, []

    def _write_back(self) -> None:
        """Round copies into the borrowed matrices, which callbacks and checkpoints read between two runs."""
        if self._unwritten:
            for name, matrix in self._matrices.items():
                if matrix.dtype != self._borrowed[name].dtype:
                    self._borrowed[name][...] = matrix
        self._unwritten = False

    def _read_again(self) -> None:
        """Update the copies with changes of the borrowed matrices since the last run."""
        for name, matrix in self._matrices.items():
            borrowed = self._borrowed[name]
            written = borrowed != matrix.astype(borrowed.dtype)
            matrix[written] = borrowed[written]

    def _units(self, batch: Batch, centre: int, contexts: NDArray[np.int64]) -> Iterator[Unit] | None:
        """Return the units of a centre, of its contexts and the tags of its sentence; None where there are neither."""
        assert self._plan is not None
        config, features, tags = self._plan.config, self._plan.features, batch.tags
        weights = None
        if config.weighs_contexts:
            weights = context_weights(config, centre, contexts)
            contexts, weights = contexts[weights > 0], weights[weights > 0]
        if self._architecture.joins:
            return self._joined_units(batch, centre, contexts)
        words = batch.ids[contexts]
        if self._architecture.predicts_contexts:
            return self._units_of_centre(batch, centre, words, weights)
        if features is None and tags is None:
            return self._architecture.units(config, words, *_given(weights)) if len(words) else None
        bags = [one_row(row) if features is None else features.bag(int(row)) for row in words]
        if tags is not None:
            sentence = int(np.searchsorted(batch.offsets, centre, "right")) - 1
            bags += [one_row(row) for row in tags.of(sentence)]
        if weights is not None:
            weights = np.pad(weights, (0, len(bags) - len(words)), constant_values=1.0)
        return self._architecture.units_of_bags(config, bags, *_given(weights)) if bags else None

    def _joined_units(self, batch: Batch, centre: int, contexts: NDArray[np.int64]) -> Iterator[Unit] | None:
        """Return the units of a centre whose inputs are rows side by side; None where its sentence has no tags."""
        assert self._plan is not None
        batch.check_tags(self._plan.config.joined_tags)
        assert batch.tags is not None
        tags = batch.tags.of(int(np.searchsorted(batch.offsets, centre, "right")) - 1)
        before, after = batch.ids[contexts[contexts < centre]], batch.ids[contexts[contexts > centre]]
        return self._architecture.joined_units(self._plan.config, tags, before, after)

    def _units_of_centre(
        self, batch: Batch, centre: int, words: NDArray[np.uint32], weights: NDArray[np.float64] | None
    ) -> Iterator[Unit] | None:
        """Return the units of a centre that is the input; None where it has no contexts."""
        assert self._plan is not None
        if not len(words):
            return None
        features, word = self._plan.features, int(batch.ids[centre])
        bag = one_row(word) if features is None else features.bag(word)
        apart = any(trained.link is not sigmoid_link for trained, _ in self._objectives)
        return self._architecture.units_of_centre(self._plan.config, bag, words, weights, apart)

    def _train(self, job: Job, epoch: int, centre: int, units: Iterator[Unit]) -> EpochStats:
        """Train the units of one centre, each for every objective in turn; return their examples and sums."""
        stats = EpochStats()
        for unit in units:
            stats.examples += unit.examples
            if self._weighs:
                stats.weight += unit.examples_weight
            if unit.positives is not None and not unit.shares_draws:
                stats += self._train_in_turn(unit, job, epoch, centre)
                continue
            for trained, targets in self._objectives:
                if unit.positives is not None:
                    stats += self._block_of_positives(unit, trained, targets, job, epoch, centre)
                    continue
                named = self._select(trained, job, epoch, centre, unit.ordinal * trained.draws)
                if len(named.rows):
                    stats += self._block(unit, trained, targets, named, job.alpha)
        return stats

    def _block(self, unit: Unit, trained: Objective, targets: Real, named: Targets, alpha: float) -> EpochStats:
        """Run the block that the unit asks for."""
        inputs, counts = self._matrices["input"], unit.counts.astype(self.dtype)
        rows, labels, times, offsets = named
        if self._architecture.joins:
            return block_joined(
                inputs, targets, unit.rows, rows, labels, times, self._lock, alpha, trained.judge, trained.link, offsets
            )
        if unit.scale is None or unit.error_scale is None:
            return block_pairs(
                inputs, targets, unit.rows, counts, rows, labels, times, self._lock, alpha,
                trained.judge, trained.link, offsets,
            )  # fmt: skip
        return block_mean(
            inputs, targets, unit.rows, counts, rows, labels, times, self._lock, alpha, unit.scale, unit.error_scale,
            trained.judge, trained.link, offsets, unit.weight,
        )  # fmt: skip

    def _train_in_turn(self, unit: Unit, job: Job, epoch: int, centre: int) -> EpochStats:
        """Train the words that the centre predicts one after the other on the sum of its rows."""
        assert self._plan is not None
        assert unit.positives is not None
        assert unit.scale is not None
        assert unit.error_scale is not None
        stats = EpochStats()
        sums = WordSums(self._matrices["input"], self._lock, self._plan.features)
        sums.move(job.batch.ids[centre : centre + 1], 0, 0)
        weights = np.ones(len(unit.positives)) if unit.positive_weights is None else unit.positive_weights
        for ordinal, (word, weight) in enumerate(zip(unit.positives.tolist(), weights.tolist(), strict=True)):
            for trained, targets in self._objectives:
                rows, labels, times, offsets = self._select(trained, job, epoch, centre, ordinal * trained.draws, word)
                own, factors, _ = sums.take([0])
                stats += block_mean(
                    own, targets, np.zeros(1, np.uint32), np.ones(1, self.dtype), rows, labels, times, factors,
                    job.alpha, unit.scale, unit.error_scale, trained.judge, trained.link, offsets, weight,
                )  # fmt: skip
                sums.put([0], own)
        sums.clear()
        return stats

    def _block_of_positives(
        self, unit: Unit, trained: Objective, targets: Real, job: Job, epoch: int, centre: int
    ) -> EpochStats:
        """Run the block of a unit that predicts several words."""
        assert unit.positives is not None
        assert unit.scale is not None
        assert unit.error_scale is not None
        draw0 = unit.ordinal * trained.draws
        places = np.full(len(unit.positives), centre) if unit.places is None else unit.places
        named = [
            self._select(trained, job, epoch, place, draw0, word)
            for place, word in zip(places.tolist(), unit.positives.tolist(), strict=True)
        ]
        weights = np.ones(len(named)) if unit.positive_weights is None else unit.positive_weights
        return block_positives(
            self._matrices["input"], targets, unit.rows, unit.counts.astype(self.dtype), named,
            weights.astype(self.dtype), self._lock, job.alpha, unit.scale, unit.error_scale, trained.judge,
            trained.link, unit.weight, unit.places is not None,
        )  # fmt: skip

    def _select(
        self, trained: Objective, job: Job, epoch: int, centre: int, draw0: int, word: int | None = None
    ) -> Targets:
        """Return the targets that an objective selects for the centre, or a word, in this backend's dtype."""
        word = int(job.batch.ids[centre]) if word is None else word
        named = trained.select(epoch, word, job.position + centre, draw0)
        rows, labels, counts, offsets = Targets(*named)
        offsets = None if offsets is None else np.asarray(offsets, self.dtype)
        return Targets(rows, labels.astype(self.dtype), counts.astype(self.dtype), offsets)


def _given(weights: NDArray[np.float64] | None) -> tuple[NDArray[np.float64], ...]:
    """Return a further argument, or none: architectures that take no weights are called without."""
    return () if weights is None else (weights,)
