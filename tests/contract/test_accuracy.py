"""What every backend judges is exactly what the reference judges, with any number of workers.

The weights here are whole numbers and the learning rate is 0: every score is exact in float32 in any order of adding, nothing
depends on who trains first, and there are many ties and zeros, which are wrong by definition.
"""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from problems import ALL_OBJECTIVES, ALONE, ARCHITECTURES, OBJECTIVES, Problem, plain, run
from same_training import LOSS_TOLERANCE, TIES

from w2vcore.backends.reference import ReferenceBackend
from w2vcore.backends.registry import BACKENDS, create

KINDS = {
    **ARCHITECTURES,
    # half a sum of two rows is exact, a third of three is not
    "cbow": {"architecture": "cbow", "window": 1},
    "cbow_mean 0": {"architecture": "cbow", "cbow_mean": False},
}


class WholeNumbers(Problem):
    """A problem whose weights are small whole numbers."""

    def weights(self, dtype=np.float32):
        weights = super().weights(dtype)
        size = self.config.vector_size
        for name, matrix in weights.matrices.items():
            rng = np.random.default_rng([3, *name.encode()])
            matrix[:, :size] = rng.integers(-1, 2, (len(matrix), size))
        return weights


def problem_of(kind, objectives, **settings):
    made = plain(12, lengths=[25, 1, 0, 60, 3] * 2, vector_size=6, negative=3, **settings)
    made = made.with_config(**KINDS[kind], objectives=ALL_OBJECTIVES[objectives])
    return WholeNumbers(**{**vars(made), "alpha": 0.0})


@cache
def expected(kind, objectives):
    stats, _ = run(ReferenceBackend(np.float64), problem_of(kind, objectives), 2)
    assert (
        (0.01 if objectives == "softmax" else 0.1) < stats.accuracy < 0.9
    )  # which is to be above eleven others, with many ties
    return stats


# A GPU has no use for workers, and takes each score's loss in float32.
CASES = [("cuda", 1, 1e-7)] + [
    (name, workers, 1e-12) for name in sorted(set(BACKENDS) - {"reference", "cuda"}) for workers in range(1, 5)
]


@pytest.mark.parametrize(("backend", "workers", "tolerance"), CASES)
@pytest.mark.parametrize("objectives", sorted(OBJECTIVES))
@pytest.mark.parametrize("kind", KINDS)
def test_loss_and_accuracy_are_those_of_the_reference(backend, workers, tolerance, objectives, kind):
    problem = problem_of(kind, objectives, workers=workers)
    stats, _ = run(create(backend), problem, 2, tuple(range(7, problem.words, 13)))
    same = expected(kind, objectives)
    assert replace(stats, loss=0.0) == replace(same, loss=0.0)
    np.testing.assert_allclose(stats.loss, same.loss, rtol=tolerance)  # the same numbers, added in another order


@pytest.mark.parametrize(("backend", "workers"), [case[:2] for case in CASES])
@pytest.mark.parametrize("objectives", sorted(ALONE))
@pytest.mark.parametrize("kind", KINDS)
def test_so_are_those_of_objectives_with_offsets_and_the_softmax(backend, workers, objectives, kind):
    """Scores with offsets are no whole numbers, and a softmax is taken in float32: losses differ by its rounding."""
    problem = problem_of(kind, objectives, workers=workers)
    stats, _ = run(create(backend), problem, 2, tuple(range(7, problem.words, 13)))
    same = expected(kind, objectives)
    assert replace(stats, loss=0.0, correct=0) == replace(same, loss=0.0, correct=0)
    assert abs(stats.correct - same.correct) <= (0 if objectives == "softmax" else TIES)
    np.testing.assert_allclose(stats.loss, same.loss, rtol=LOSS_TOLERANCE)


@pytest.mark.parametrize("backend", sorted(BACKENDS))
@pytest.mark.parametrize("kind", KINDS)
def test_what_is_judged(backend, kind):
    """Examples once for negative sampling, and once for each node of the centre's path."""
    stats = {name: run(create(backend), problem_of(kind, name))[0] for name in OBJECTIVES}
    assert stats["negative"].judged == stats["negative"].examples
    assert stats["tree"].judged > 2 * stats["tree"].examples  # 12 words have paths of three nodes and more
    for name in ("judged", "correct"):
        assert getattr(stats["both"], name) == sum(getattr(stats[each], name) for each in ("negative", "tree"))


@pytest.mark.parametrize("backend", sorted(BACKENDS))
@pytest.mark.parametrize("kind", KINDS)
def test_a_word_without_noise_words_is_right(backend, kind):
    """A vocabulary of one word: each noise word is the centre itself, and masked."""
    made = problem_of(kind, "negative")
    made = replace(made, sentences=[[0] * 5], counts=made.counts[:1])
    stats, _ = run(create(backend), made)
    assert stats.judged == stats.correct == stats.examples > 0
