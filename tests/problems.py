"""Small training problems for the backends, and one way to run them."""

from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

from w2vcore.architectures.registry import architecture
from w2vcore.backends.base import REAL_SUMS, EpochStats, Job, Plan
from w2vcore.corpus.encoding import Batch
from w2vcore.corpus.order import reordered
from w2vcore.corpus.tagging import Tags
from w2vcore.model.config import TrainingConfig
from w2vcore.model.features import Features
from w2vcore.model.weights import Weights, zeros
from w2vcore.objectives.code_tree import CodeTree
from w2vcore.objectives.growth import grown
from w2vcore.objectives.huffman import huffman_tree
from w2vcore.training.jobs import order_of

KEEP_ALL = 2**32 - 1
OBJECTIVES = {"negative": ("negative",), "tree": ("tree",), "both": ("tree", "negative")}
# Those that are trained alone
ALONE = {name: (name,) for name in ("nce", "sampled_softmax", "softmax")}
ALL_OBJECTIVES = OBJECTIVES | ALONE
ARCHITECTURES = {
    "skipgram": {"architecture": "skipgram"},
    "skipgram, shared negatives": {"architecture": "skipgram", "negative_sharing": "window"},
    "cbow": {"architecture": "cbow"},
}

SUBWORD_ARCHITECTURES = {
    "subword_skipgram": {"architecture": "subword_skipgram"},
    "subword_skipgram, shared negatives": {"architecture": "subword_skipgram", "negative_sharing": "window"},
    "subword_cbow": {"architecture": "subword_cbow"},
}


def batch_of(sentences, tags=None):
    """Sentences of ids as a batch, with the tags of each; empty ones count, but have no offsets."""
    lengths = [len(sentence) for sentence in sentences if len(sentence)]
    ids = np.array([i for sentence in sentences for i in sentence], np.uint32)
    offsets = np.cumsum([0, *lengths], dtype=np.int64)
    if tags is not None:
        kept = [rows for rows, sentence in zip(tags, sentences, strict=True) if len(sentence)]
        rows = np.array([row for rows in kept for row in rows], np.uint32)
        tags = Tags(np.cumsum([0, *map(len, kept)], dtype=np.int64), rows)
    return Batch(ids, offsets, raw_words=len(ids), sentences=len(sentences), tags=tags)


@dataclass(frozen=True)
class Problem:
    """A corpus of ids and everything that a backend wants to know of it."""

    sentences: list
    counts: np.ndarray
    config: TrainingConfig
    keep: np.ndarray = None
    lock: np.ndarray = field(default_factory=lambda: np.ones(1, np.float32))
    position: int = 0
    alpha: float = 0.05
    tree: CodeTree = None  # another one than that of the counts
    features: Features = None
    tags: list = None  # of each sentence, rows of the input matrix

    def with_config(self, **settings):
        return replace(self, config=replace(self.config, **settings))

    @property
    def plan(self):
        keep = np.full(len(self.counts), KEEP_ALL, np.uint32) if self.keep is None else self.keep
        return Plan(self.config, self.counts, keep, self.lock, tree=self.tree, features=self.features)

    @property
    def words(self):
        return sum(len(sentence) for sentence in self.sentences)

    @property
    def input_rows(self):
        """Rows of the input matrix: those of words or of their features, and those of tags."""
        rows = len(self.counts) if self.features is None else self.features.input_rows
        return max(rows, 1 + max((row for tags in self.tags or () for row in tags), default=-1))

    def weights(self, dtype=np.float32):
        """Fresh weights, the same each time; no matrix is zero, so that every update shows in both of its rows."""
        size, vocabulary = self.config.vector_size, len(self.counts)
        rng = np.random.default_rng(20)
        matrices = {}
        for name in dict.fromkeys(["input", "tree", "negative", *self.config.objectives]):
            rows = self.input_rows if name == "input" else vocabulary
            size = self.columns(name)
            matrices[name] = zeros(rows, size).astype(dtype) if dtype != np.float32 else zeros(rows, size)
            matrices[name][:, :size] = rng.uniform(-0.7, 0.7, (rows, size)) / size**0.5
        return Weights({name: matrices[name] for name in ("input", *self.config.objectives)}, self.config.vector_size)

    def columns(self, name):
        """The length of a row of a matrix."""
        config = self.config
        return config.vector_size if name == "input" else architecture(config.architecture).target_columns(config)

    def batches(self):
        """The sentences, or with `shuffle` the same in the order of epoch 0."""
        batch = batch_of(self.sentences, self.tags)
        order = order_of(self.config, 0, 0, len(batch))
        return [batch] if order is None else list(reordered(batch, order))

    def jobs(self, borders=(), alpha=None):
        """The jobs of an epoch: one of each batch, or one more for each border (a number of tokens)."""
        rate, position = self.alpha if alpha is None else alpha, self.position
        for batch in self.batches():
            cuts = [0, *sorted(border for border in borders if border <= len(batch)), len(batch)]
            for number, (start, stop) in enumerate(pairwise(cuts)):
                sentences = batch.sentences if number == 0 else 0
                yield Job(batch, start, stop, rate, position, raw_words=stop - start, sentences=sentences)
            position += len(batch)


def text(vocabulary, lengths, seed=5):
    """Sentences with many frequent and few rare words."""
    rng = np.random.default_rng(seed)
    return [np.minimum(rng.geometric(min(0.7, 2.5 / vocabulary), n) - 1, vocabulary - 1).tolist() for n in lengths]


def tree_of(counts, *sizes):
    """A tree of the first so many words that has grown to so many, and so on, and at last to all."""
    tree = huffman_tree(np.array(counts[: sizes[0]]))
    for size in (*sizes[1:], len(counts)):
        tree = grown(tree, np.array(counts[:size]))
    return tree


def with_features(problem, seed=3, rows=50, weighted=False):
    """The same words, each with its own row and up to five others, which may repeat and are shared."""
    rng = np.random.default_rng(seed)
    parts = [[id, *rng.integers(rows, size=rng.integers(6))] for id in range(len(problem.counts))]
    weights = [rng.uniform(0.25, 3, len(part)) for part in parts] if weighted else None
    return replace(problem, features=Features.of(parts, weights, max(rows, len(parts))))


def with_tree(problem, *sizes):
    """The same problem after updates of its vocabulary."""
    return replace(problem, tree=tree_of(problem.counts, *sizes))


def plain(vocabulary=30, lengths=(9, 1, 14, 2, 0, 7), lock=(1.0,), keep=None, counts=None, **settings):
    """A problem with these words, sentence lengths and settings."""
    counts = np.arange(3 * vocabulary, 2 * vocabulary, -1) if counts is None else np.array(counts)
    settings = {
        "vector_size": 20,
        "workers": 1,
        "seed": 7,
        "compute_loss": True,
        "subsample": keep is not None,
        **settings,
    }
    keep = None if keep is None else np.resize(np.array(keep, np.uint32), vocabulary)
    return Problem(text(vocabulary, lengths), counts, TrainingConfig(**settings), keep, np.array(lock, np.float32))


def whole_sums(stats):
    """The sums that are whole numbers: the same in any order of adding."""
    return replace(stats, **dict.fromkeys(REAL_SUMS, 0))


def run(backend, problem, epochs=1, borders=(), rates=(1.0, 0.5), dtype=np.float32):
    """Train and return (stats of the whole run, matrices without their padding)."""
    weights = problem.weights(dtype)
    total, reported = EpochStats(), EpochStats()
    backend.open(problem.plan, weights)
    try:
        for epoch in range(epochs):

            def report(job, stats):
                nonlocal reported
                reported += stats

            total += backend.run(epoch, problem.jobs(borders, problem.alpha * rates[epoch % len(rates)]), report)
    finally:
        backend.close()
    # the sum of what was reported is the result (losses may be added in another order)
    real = sorted(REAL_SUMS)
    np.testing.assert_allclose(*([getattr(sums, name) for name in real] for sums in (reported, total)), rtol=1e-12)
    assert whole_sums(reported) == whole_sums(total)
    trained = {}
    for name, matrix in weights.matrices.items():
        size = problem.columns(name)
        assert not matrix[:, size:].any(), f"the padding of {name!r} was written to"
        trained[name] = matrix[:, :size].copy()
    return total, trained
