"""seed=None draws a seed from the system, says which, and keeps it: the run can be made again."""

import re

import numpy as np
import pytest

from w2vcore import Word2Vec
from w2vcore.backends.team import simulate
from w2vcore.visual.recording import record

SENTENCES = [["the", "cat", "sat"], ["the", "dog", "sat"], ["a", "cat", "ran"]] * 20
SMALL = {"vector_size": 8, "min_count": 1, "workers": 1, "epochs": 2}


def test_a_drawn_seed_is_logged_kept_and_gives_the_same_model_again(caplog, tmp_path):
    caplog.set_level("INFO", "w2vcore.word2vec")
    model = Word2Vec(SENTENCES, seed=None, **SMALL)
    (logged,) = re.findall(r"seed=None: drew the seed (\d+)", caplog.text)
    assert type(model.seed) is int
    assert model.seed == int(logged)
    again = Word2Vec(SENTENCES, seed=model.seed, **SMALL)
    np.testing.assert_array_equal(again.wv.vectors, model.wv.vectors)
    model.save(tmp_path / "model")
    assert Word2Vec.load(tmp_path / "model").seed == model.seed
    assert model.random.random_sample() == again.random.random_sample()


def test_each_draw_is_another():
    """Of 32-bit numbers; that two of five are equal has a chance of 10 in 2**32."""
    assert len({Word2Vec(seed=None).seed for _ in range(5)}) == 5
    assert all(0 <= Word2Vec(seed=None).seed < 2**32 for _ in range(5))


def test_the_whole_life_of_a_model_has_one_seed(tmp_path):
    model = Word2Vec(seed=None, **SMALL)
    seed = model.seed
    model.build_vocab(SENTENCES)
    model.train(SENTENCES, total_examples=60, epochs=2, checkpoint=tmp_path / "run")
    assert model.seed == seed
    assert Word2Vec.resume(tmp_path / "run").seed == seed
    twin = Word2Vec(SENTENCES, seed=seed, **SMALL)
    np.testing.assert_array_equal(twin.wv.vectors, model.wv.vectors)


def test_a_seed_that_is_taken_away_is_drawn_when_it_is_needed():
    model = Word2Vec(SENTENCES, **SMALL)
    model.seed = None
    model.train(SENTENCES, total_examples=60, epochs=1)
    assert model.seed not in (None, 1)


def test_several_processes_must_have_one_seed():
    def program(rank):
        with pytest.raises(
            ValueError, match="seed=None would draw another seed in each process: give all the same one"
        ):
            Word2Vec(SENTENCES, seed=None, backend="mpi", **SMALL)

    simulate(2, program)


def test_a_recorded_training():
    film = record(SENTENCES, seed=None, epochs=2, snapshots=2)
    assert film.model.seed != 1


@pytest.mark.parametrize("seed", [-1, 2**32, 1.5, "random"])
def test_what_is_no_seed(seed):
    with pytest.raises(
        (ValueError, TypeError), match=r"seed must be an int from 0 to 4294967295, got .*seed=None draws one"
    ):
        Word2Vec(seed=seed)
