"""Threads for slices of work: how many, that all parts are done, that failures come out, and that a forked child has its own."""

import multiprocessing
import os
import threading

import numpy as np
import pytest

from w2vcore import threads
from w2vcore.query import similarity


@pytest.mark.parametrize(("openblas", "omp", "expected"), [("3", "5", 3), ("", "5", 5), ("0", "many", None)])
def test_usual_threads(monkeypatch, openblas, omp, expected):
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", openblas)
    monkeypatch.setenv("OMP_NUM_THREADS", omp)
    assert threads.usual_threads() == expected or (expected is None and threads.usual_threads() >= 1)


@pytest.mark.parametrize("size", [0, 1, 2, 7, 100])
@pytest.mark.parametrize("parts", [1, 2, 5])
def test_all_is_done_once(size, parts):
    done = np.zeros(size, int)

    def work(part):
        done[part] += 1

    threads.in_slices(work, size, parts)
    assert (done == 1).all()


@pytest.mark.parametrize("failing", [0, 3, 9])
def test_a_failure_comes_out_after_all_have_ended(failing):
    ended = []

    def work(part):
        if part.start <= failing < part.stop:
            raise LookupError("here")
        ended.append(part)

    with pytest.raises(LookupError, match="here"):
        threads.in_slices(work, 10, 3)
    assert len(ended) == 2


def large():
    rng = np.random.default_rng(1)
    vectors = rng.standard_normal((70_000, 33), np.float32)
    return vectors, similarity.norms(vectors), rng.standard_normal(33)


def test_cosines_are_the_same_for_any_number_of_threads(monkeypatch):
    vectors, lengths, query = large()
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
    alone = similarity.cosines(vectors, lengths, query)
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "3")
    np.testing.assert_array_equal(similarity.cosines(vectors, lengths, query), alone)


def ask(answers):
    answers.put(similarity.cosines(*large())[:5].tolist())


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork on this system")
@pytest.mark.filterwarnings("ignore:.*use of fork:DeprecationWarning")
@pytest.mark.timeout(60)
def test_a_forked_child_does_not_wait_for_threads_that_it_lacks(monkeypatch):
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "2")
    expected = similarity.cosines(*large())[:5].tolist()
    assert threading.active_count() > 1 or not similarity.in_registers(large()[0])
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    child = context.Process(target=ask, args=(answers,))
    child.start()
    assert answers.get(timeout=30) == expected
    child.join()
