"""How the jobs of the CUDA backend are cut into segments, and how far a part of a corpus must reach."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from problems import KEEP_ALL, Problem, batch_of

from w2vcore.backends.base import Job
from w2vcore.backends.cuda.segments import cut, sentences_of, with_context
from w2vcore.backends.reference_windows import windows
from w2vcore.corpus.encoding import Batch
from w2vcore.model.config import TrainingConfig


@st.composite
def cut_problems(draw):
    lengths = draw(st.lists(st.integers(1, 40), min_size=1, max_size=12))
    offsets = np.cumsum([draw(st.sampled_from([0, 2**33])), *lengths])
    borders = draw(st.lists(st.integers(int(offsets[0]), int(offsets[-1])), min_size=2, max_size=9))
    return offsets.astype(np.int64), np.array(sorted(borders), np.int64), draw(st.integers(1, 50))


@settings(deadline=None)
@given(cut_problems())
def test_every_token_of_every_job_is_the_centre_of_one_segment(problem):
    offsets, borders, longest = problem
    found = cut(offsets, borders, longest)
    assert all(part.dtype == np.int64 for part in (found.sentence, found.start, found.stop, found.job))
    covered = [i for a, b in zip(found.start.tolist(), found.stop.tolist(), strict=True) for i in range(a, b)]
    assert covered == list(range(borders[0], borders[-1]))  # in order, each once
    assert (found.stop - found.start).max(initial=1) <= longest
    for sentence, start, stop, job in zip(found.sentence, found.start, found.stop, found.job, strict=True):
        assert offsets[sentence] <= start < stop <= offsets[sentence + 1]
        assert borders[job] <= start and stop <= borders[job + 1]


def test_parts_of_a_long_sentence_are_of_about_one_size():
    found = cut(np.array([0, 1000]), np.array([0, 1000]), 300)
    assert np.diff([*found.start, 1000]).tolist() == [250, 250, 250, 250]


@pytest.mark.parametrize("borders", [[5, 5], [0, 0], [17, 17]])
def test_jobs_without_tokens_have_no_segments(borders):
    assert len(cut(np.array([0, 4, 17]), np.array(borders), 10)) == 0


@st.composite
def context_problems(draw):
    vocabulary = draw(st.sampled_from([1, 5, 60]))
    lengths = draw(st.lists(st.sampled_from([1, 3, 30, 400, 900]), min_size=1, max_size=4))
    rng = np.random.default_rng(draw(st.integers(0, 99)))
    keep = draw(st.sampled_from([[KEEP_ALL], [0], [2**31], [2**28, KEEP_ALL, 2**24]]))
    config = TrainingConfig(
        window=draw(st.sampled_from([1, 5, 12, "sentence"])),
        shrink_windows=draw(st.booleans()),
        subsample=draw(st.booleans()),
    )
    sentences = [rng.integers(0, vocabulary, length).tolist() for length in lengths]
    keep = np.resize(np.array(keep, np.uint32), vocabulary)
    problem = Problem(
        sentences, np.ones(vocabulary, np.int64), config, keep, position=draw(st.sampled_from([0, 2**40 + 1]))
    )
    ends = draw(st.tuples(st.integers(0, problem.words - 1), st.integers(1, problem.words)))
    return problem, min(ends), max(*ends, min(ends) + 1)


@settings(deadline=None, max_examples=60)
@given(context_problems(), st.integers(0, 2))
def test_what_is_sent_holds_every_window_whole(problem_and_range, epoch):
    problem, start, stop = problem_and_range
    batch, plan = batch_of(problem.sentences), problem.plan
    low, high = with_context(plan, batch, problem.position, epoch, start, stop)
    assert 0 <= low <= start < stop <= high <= len(batch)

    def found(batch, start, stop, position):
        job = Job(batch, start, stop, 0.1, position, 0, 0)
        return [
            (centre + position, (contexts + position).tolist())
            for centre, contexts in windows(plan.config, plan.keep, job, epoch)
        ]

    first, offsets = sentences_of(batch.offsets, low, high)
    assert batch.offsets[first] <= low and offsets[0] == 0 and offsets[-1] == high - low
    part = Batch(batch.ids[low:high], offsets, 0, 0)
    whole = found(batch, start, stop, problem.position)
    assert found(part, start - low, stop - low, problem.position + low) == whole


def test_a_part_of_an_endless_sentence_stays_small():
    ids = np.random.default_rng(3).integers(0, 1000, 1_000_000).astype(np.uint32)
    batch = Batch(ids, np.array([0, len(ids)]), len(ids), 1)
    keep = np.full(1000, 2**30, np.uint32)
    problem = Problem([], np.ones(1000, np.int64), TrainingConfig(window=5), keep)
    low, high = with_context(problem.plan, batch, 0, 0, 400_000, 500_000)
    assert 400_000 - low < 1000 and high - 500_000 < 1000
