"""The interface of a backend, which runs the jobs of an epoch on borrowed weights.

    backend = create("threads")                 # registry.py
    backend.open(plan, weights)                 # borrows the matrices, allocates scratch once
    for epoch in range(plan.config.epochs):
        stats = backend.run(epoch, jobs, report)   # jobs: any iterator; it may raise
    backend.close()                             # the matrices hold the result

A backend never decides *what* is trained: ids, ranges and learning rates come with the jobs, draws come from (seed,
epoch, token position). So backends can be compared job for job with `reference.py`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.corpus.encoding import Batch
from w2vcore.model.config import TrainingConfig
from w2vcore.model.features import Features
from w2vcore.model.weights import Weights
from w2vcore.objectives.code_tree import CodeTree
from w2vcore.objectives.count_tables import CountTables


@dataclass(frozen=True)
class Plan:
    """Everything that stays the same from job to job.

    Attributes
    ----------
    config : TrainingConfig
        Frozen, validated settings.
    counts : ndarray of int64, shape (V,)
        Occurrences of each key, for the noise distribution, and for the Huffman tree unless there is another tree.
    keep : ndarray of uint32, shape (V,)
        A token of id i is kept when its 32-bit draw is at most ``keep[i]``.
    lock : ndarray of float32, shape (n,)
        ``vectors_lockf``: the input row i learns at ``lock[i % n]`` times the rate.
    first_token : int
        Place in the epoch of the first token of the jobs; not 0 for a process that trains a later shard of the corpus.
    short_runs : bool
        Whether an epoch is split into many calls of `run`, whose jobs are in memory: they are trained in the calling
        thread then, if there is one worker.
    tables : CountTables
        Cache of what the last run derived from the counts.
    tree : CodeTree or None
        Of hierarchical softmax, over V words; None: the Huffman tree of the counts.
    features : Features or None
        The input rows of each id; None: one row, whose number is the id.
    tag_words : ndarray of int64, shape (T,), or None
        For each tag, how many words the sentences with it have; their rows are the last of the input matrix.
    """

    config: TrainingConfig
    counts: NDArray[np.int64]
    keep: NDArray[np.uint32]
    lock: NDArray[np.float32]
    first_token: int = 0
    short_runs: bool = False
    tables: CountTables = field(default_factory=CountTables)
    tree: CodeTree | None = None
    features: Features | None = None
    tag_words: NDArray[np.int64] | None = None

    def parts(self, names: Iterable[str]) -> list[Any]:
        """Return some of the attributes, by name, such as the arguments of an objective."""
        return [getattr(self, name) for name in names]


@dataclass(frozen=True)
class Job:
    """Train the tokens ``batch.ids[start:stop]`` as centres; their windows reach past both ends, inside a sentence.

    Attributes
    ----------
    batch : Batch
    start, stop : int
        Range of tokens in the batch; it may begin and end inside a sentence.
    alpha : float
        Learning rate of this job.
    position : int
        Place of ``batch.ids[0]`` in the epoch: random draws for ``ids[i]`` are those of token ``position + i``.
    raw_words, sentences : int
        How much of the corpus this job covers, to report progress.
    """

    batch: Batch
    start: int
    stop: int
    alpha: float
    position: int
    raw_words: int
    sentences: int


# The sums of an EpochStats that need not be whole numbers.
REAL_SUMS = frozenset({"loss", "judged", "correct", "weight"})


@dataclass
class EpochStats:
    """Sums over the jobs of an epoch; also the result of one job.

    Attributes
    ----------
    words : int
        Centres trained: tokens that are in the vocabulary and survived subsampling.
    raw_words, sentences : int
        Tokens and sentences that the jobs stood for.
    examples : int
        Trained examples: (context, centre) pairs in skip-gram, windows in CBOW.
    loss : float
        Sum of losses over examples; 0.0 unless ``compute_loss``.
    judged, correct : float
        What the accuracy is a share of, and how many of them were right; 0 unless ``compute_loss``. Negative sampling
        judges examples: right is a true word that scores above all unmasked noise words, a tie is wrong; one whose
        noise words are all masked is right. Hierarchical softmax judges the decisions on the paths of all examples:
        right is a score on the label's side of zero, and 0 is wrong. The sums of both are added up. Each counts by
        the weight of its example; without weights these are whole numbers.
    weight : float
        Sum of the weights of the examples, where windows have weights; 0: each counts once.

    Examples
    --------
    >>> stats = EpochStats(examples=4, loss=6.0, judged=4, correct=3)
    >>> stats.mean_loss, stats.accuracy
    (1.5, 0.75)
    """

    words: int = 0
    raw_words: int = 0
    sentences: int = 0
    examples: int = 0
    loss: float = 0.0
    judged: float = 0
    correct: float = 0
    weight: float = 0.0

    @property
    def mean_loss(self) -> float | None:
        """Loss of an example, their weighted mean; None without examples."""
        examples = self.weight or self.examples
        return self.loss / examples if examples else None

    @property
    def accuracy(self) -> float | None:
        """Share of what was judged that was right; None if nothing was."""
        return self.correct / self.judged if self.judged else None

    def __iadd__(self, other: EpochStats) -> EpochStats:
        self.words += other.words
        self.raw_words += other.raw_words
        self.sentences += other.sentences
        self.examples += other.examples
        self.loss += other.loss
        self.judged += other.judged
        self.correct += other.correct
        self.weight += other.weight
        return self


Report = Callable[[Job, EpochStats], None]


class Backend(ABC):
    """Runs jobs. Every backend passes tests/contract."""

    @abstractmethod
    def open(self, plan: Plan, weights: Weights) -> None:
        """Borrow the weights and prepare. Whatever can be found wrong raises here, before any work."""

    @abstractmethod
    def run(self, epoch: int, jobs: Iterator[Job], report: Report) -> EpochStats:
        """Train one epoch and return its sums.

        It trains what the matrices hold now, including changes since the last run, and they hold the result when it
        returns; `close` does not write into them. (With several ranks, a backend must be opened again to see changes.)

        `jobs` is consumed, and `report` called after each job, in the calling thread. Whatever `jobs`, `report` or a
        worker raises, this call raises after every worker has stopped; so does KeyboardInterrupt, within a second.
        """

    def may_have_diverged(self) -> bool:
        """Whether a weight may have become infinite or NaN since `open` or the last call. To be called between runs.

        False only if certainly none has. A backend that cannot know returns True, and all weights are then checked.
        """
        return True

    @abstractmethod
    def close(self) -> None:
        """Release the weights. Safe to call twice and after an error."""
