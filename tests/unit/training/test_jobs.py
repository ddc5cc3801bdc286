"""Cutting into jobs: every token once, exact sums, learning rates that fall linearly."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2vcore.corpus.encoding import Batch
from w2vcore.training.jobs import cut
from w2vcore.training.schedule import LinearDecay


def batch_of(lengths, raw_words=None):
    offsets = np.concatenate([[0], np.cumsum([n for n in lengths if n])]).astype(np.int64)
    ids = np.arange(offsets[-1], dtype=np.uint32)
    return Batch(ids, offsets, int(raw_words if raw_words is not None else offsets[-1]), len(lengths))


@settings(deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 30), min_size=1, max_size=8), max_size=6),
    st.integers(1, 40),
    st.integers(0, 5),
)
def test_every_token_once_and_sums_exact(corpus, batch_words, unknown):
    batches = [batch_of(lengths, sum(lengths) + unknown) for lengths in corpus]
    decay = LinearDecay(0.025, 0.0001, 1, sum(b.raw_words for b in batches), "words")
    jobs = list(cut(batches, 0, decay, batch_words))
    positions = [job.position + i for job in jobs for i in range(job.start, job.stop)]
    assert positions == list(range(sum(len(b) for b in batches)))
    assert sum(job.raw_words for job in jobs) == sum(b.raw_words for b in batches)
    assert sum(job.sentences for job in jobs) == sum(b.sentences for b in batches)
    assert all(job.stop - job.start <= batch_words for job in jobs)
    alphas = [job.alpha for job in jobs]
    assert alphas == sorted(alphas, reverse=True)


def test_a_small_corpus_is_one_job():
    assert len(list(cut([batch_of([5, 5])], 0, LinearDecay(1, 0, 1, 10, "words"), 10))) == 1


def test_sums_are_exact_past_2_to_the_32():
    ids = np.broadcast_to(np.uint32(0), (7,))
    batch = Batch(ids, np.array([0, 7], np.int64), raw_words=2**33 + 5, sentences=2**32 + 3)
    jobs = list(cut([batch], 0, LinearDecay(1, 0, 1, 2**33 + 5, "words"), 2))
    assert sum(job.raw_words for job in jobs) == 2**33 + 5
    assert sum(job.sentences for job in jobs) == 2**32 + 3


@pytest.mark.parametrize("unit", ["words", "sentences"])
def test_decay_is_linear_over_all_epochs(unit):
    decay = LinearDecay(0.1, 0.0, epochs=4, total=100, unit=unit)
    assert decay.alpha(0, 0, 0) == 0.1
    assert decay.alpha(2, 50, 50) == pytest.approx(0.1 * (1 - 2.5 / 4))
    assert decay.alpha(3, 100, 100) == pytest.approx(0.0, abs=1e-12)
    assert decay.alpha(3, 500, 500) == pytest.approx(0.0, abs=1e-12)  # a corpus longer than was said stays at the end


def test_decay_of_an_unknown_total_is_by_epochs():
    assert LinearDecay(0.1, 0.0, 2, 0, "words").alpha(1, 12345, 6) == pytest.approx(0.05)


def test_the_later_of_two_rates():
    falling, rising = LinearDecay(0.1, 0.0, 1, 10, "words"), LinearDecay(0.0, 0.1, 1, 10, "words")
    assert falling.later(0.05, 0.02) == falling.later(0.02, 0.05) == 0.02
    assert rising.later(0.05, 0.02) == rising.later(0.02, 0.05) == 0.05
