"""Sentences in another order: every backend trains the batches of `reordered` as if the corpus had been in that order."""

import itertools
from dataclasses import dataclass, replace

import numpy as np
import pytest
from problems import ARCHITECTURES, OBJECTIVES, Problem, batch_of, plain, run
from same_training import BORDERS, assert_same_bits, assert_same_training

from w2vcore.backends.reference import ReferenceBackend
from w2vcore.backends.registry import BACKENDS, create
from w2vcore.corpus import order as orders
from w2vcore.corpus.order import Order, reordered
from w2vcore.training.jobs import cut
from w2vcore.training.schedule import LinearDecay

backends = pytest.mark.parametrize("backend", sorted(set(BACKENDS) - {"reference"}))
architectures = pytest.mark.parametrize("architecture", ARCHITECTURES)
objectives = pytest.mark.parametrize("objectives", sorted(OBJECTIVES))
passages = pytest.mark.parametrize("passage", [1, 8])

LENGTHS = (9, 1, 14, 2, 0, 7, 30, 3, 5, 5, 1, 8)
JOB = 7  # tokens: most jobs begin and end inside a sentence
HALF = 2**31


@dataclass(frozen=True)
class Reordered(Problem):
    """The same corpus in batches of another order, cut into jobs as an epoch is."""

    order: Order = None

    def batches(self):
        return list(reordered(batch_of(self.sentences), self.order))

    def jobs(self, borders=(), alpha=None):
        rate = self.alpha if alpha is None else alpha
        decay = LinearDecay(rate, rate, 1, self.words, "words")
        return cut(self.batches(), 0, decay, JOB, self.position)


@pytest.fixture(autouse=True)
def _tiny_batches(monkeypatch):
    monkeypatch.setattr(orders, "BATCH_TOKENS", 25)


def two_of(architecture, objectives, passage, **options):
    """A problem in another order, and one whose corpus is in that order."""
    problem = plain(lengths=LENGTHS, keep=[HALF, 2**32 - 1], **options)
    problem = problem.with_config(**ARCHITECTURES[architecture], objectives=OBJECTIVES[objectives])
    shuffled = Reordered(**vars(problem), order=Order(passage, seed=3, epoch=2))
    sentences = [
        batch.ids[start:stop].tolist()
        for batch in shuffled.batches()
        for start, stop in itertools.pairwise(batch.offsets)
    ]
    assert sentences != [sentence for sentence in problem.sentences if sentence]
    assert sorted(sentences) == sorted(sentence for sentence in problem.sentences if sentence)
    assert len(shuffled.batches()) > 2
    return shuffled, replace(problem, sentences=[*sentences, []])


@backends
@architectures
@objectives
@passages
def test_it_is_what_the_reference_computes_of_the_corpus_in_that_order(backend, architecture, objectives, passage):
    shuffled, listed = two_of(architecture, objectives, passage)
    expected = run(ReferenceBackend(np.float64), listed, 2, BORDERS)
    assert_same_training(run(create(backend), shuffled, 2), expected)


@pytest.mark.parametrize("backend", sorted(set(BACKENDS) - {"cuda"}))
@architectures
@passages
def test_it_is_the_corpus_in_that_order_to_the_bit(backend, architecture, passage):
    """But for CUDA, where changes of a row are added up as long as it is in a warp's ring."""
    shuffled, listed = two_of(architecture, "both", passage, window="sentence")
    _, expected = run(create(backend), listed, 2)
    _, matrices = run(create(backend), shuffled, 2)
    assert_same_bits(matrices, expected)
