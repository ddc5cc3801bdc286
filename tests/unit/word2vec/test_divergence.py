"""A model whose weights are no longer finite never comes out of train() without an error, wherever they are."""

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from w2vcore import Word2Vec
from w2vcore.kernels._dispatch import available
from w2vcore.kernels._finite import overflows_are_noted
from w2vcore.training import finiteness, given

KINDS = {
    "sgns": {"sg": 1, "negative_sharing": "window"},
    "sgns by pairs": {"sg": 1, "negative_sharing": "pair"},
    "cbow": {"sg": 0},
    "cbow, sums": {"sg": 0, "cbow_mean": 0},
    "sghs": {"sg": 1, "hs": 1, "negative": 0},
    "sghs by pairs": {"sg": 1, "hs": 1, "negative": 0, "negative_sharing": "pair"},
    "cbowhs": {"sg": 0, "hs": 1, "negative": 0},
    "both": {"sg": 1, "hs": 1, "negative": 5},
}
WORDS = 500
RARE, COMMON = f"w{WORDS - 1}", "w0"
SENTENCE = [RARE, COMMON]
TOTALS = {"total_examples": 1, "epochs": 1}

kinds = pytest.mark.parametrize("kind", KINDS)


@pytest.fixture(autouse=True)
def _no_look_before_training(monkeypatch):
    """Of few rows, all are looked at before each call: tests/unit/word2vec/test_not_finite_before.py."""
    monkeypatch.setattr(given, "FEW_ROWS", 0)
    monkeypatch.setattr(given, "TOKENS_A_ROW", 10**9)


def untrained(kind, **settings):
    """A model of many words, of which a test trains two."""
    model = Word2Vec(vector_size=10, min_count=1, sample=0, seed=1, **{"workers": 1, **KINDS[kind], **settings})
    model.build_vocab_from_freq({f"w{row}": 2 * WORDS - row for row in range(WORDS)})
    return model


def targets_of(model):
    return [getattr(model, name) for name in ("syn1", "syn1neg") if hasattr(model, name)]


def about_to_overflow(kind, **settings):
    """A model that a sentence brings to infinity in one row of the input matrix alone: it takes the error very often."""
    model = untrained(kind, **settings)
    model.wv.vectors_lockf = np.ones(WORDS, np.float32)
    model.wv.vectors_lockf[-1] = 1e38
    for matrix in targets_of(model):
        matrix[:] = 1000
    return model


def infinite_rows(matrix):
    return np.flatnonzero(~np.isfinite(matrix).all(axis=1)).tolist()


@kinds
@pytest.mark.parametrize("compute_loss", [False, True])
def test_one_row_that_overflows_once(kind, compute_loss):
    model = about_to_overflow(kind, compute_loss=compute_loss)
    model.train([[COMMON, "w1"]], **TOTALS)  # nothing is known of it after this but that it is finite
    with pytest.raises(FloatingPointError, match=r"in epoch 0 \(matrix 'input'\) with alpha=0.025; lower alpha"):
        model.train([SENTENCE], **TOTALS)
    assert infinite_rows(model.wv.vectors) == [WORDS - 1]


@kinds
def test_target_rows_alone(kind):
    model = untrained(kind)
    model.train([[COMMON, "w1"]], **TOTALS)
    model.wv.vectors[:] = 1000
    for matrix in targets_of(model):
        matrix[:] = 0
    with pytest.raises(
        FloatingPointError, match=r"in epoch 0 \(matrix '\w+'\) with alpha=1e\+38; lower alpha"
    ) as error:
        model.train([SENTENCE], start_alpha=1e38, end_alpha=1e38, **TOTALS)
    if not model.hs:  # two paths have the root in common, so that the second word takes it back to the input rows
        assert "'negative'" in str(error.value)
        assert not infinite_rows(model.wv.vectors)
    assert all(map(infinite_rows, targets_of(model)))


@kinds
def test_the_epoch_is_named_in_which_it_happens(kind):
    model = about_to_overflow(kind)

    class Corpus:
        def __init__(self):
            self.passes = 0

        def __iter__(self):
            self.passes += 1
            yield SENTENCE if self.passes == 3 else [COMMON, "w1"]

    with pytest.raises(FloatingPointError, match=r"in epoch 2 \(matrix 'input'\)"):
        model.train(Corpus(), total_examples=1, epochs=10)


@kinds
@pytest.mark.parametrize("workers", [2, 4])
def test_several_workers(kind, workers):
    """Whichever of them has the job."""
    model = about_to_overflow(kind, workers=workers, batch_words=1000)
    rng = np.random.default_rng(1)
    words = np.array([f"w{row}" for row in range(WORDS - 1)])
    # the lock factors of all other rows are 0: they keep out of it
    model.wv.vectors_lockf[:-1] = 0
    corpus = [words[rng.integers(0, WORDS - 1, 10)].tolist() for _ in range(3000)]
    totals = {"total_examples": len(corpus), "epochs": 1, "start_alpha": 1e-6, "end_alpha": 1e-6}
    model.train(corpus, **totals)
    for place in (0, 1500, 2999):
        for matrix in targets_of(model):
            matrix[:] = 1000
        model.wv.vectors_lockf[-1] = 3e38
        model.wv.vectors[:] = 1e-3
        assert not infinite_rows(model.wv.vectors)
        with_it = [*corpus[:place], [RARE, *corpus[place]], *corpus[place + 1 :]]
        with pytest.raises(FloatingPointError, match=r"in epoch 0 \(matrix 'input'\) with alpha=0\.001; lower alpha"):
            model.train(with_it, **{**totals, "start_alpha": 1e-3, "end_alpha": 1e-3})


def test_what_was_found_once_is_found_again():
    """A model that has diverged does not pass because the next sentences are others."""
    model = about_to_overflow("sgns")
    for sentence in (SENTENCE, ["w7", "w8"], ["w7", "w8"]):
        with pytest.raises(FloatingPointError, match="matrix 'input'"):
            model.train([sentence], **TOTALS)
    model.wv.vectors = np.nan_to_num(model.wv.vectors, posinf=0, neginf=0)
    model.train([["w7", "w8"]], **TOTALS)


def test_a_run_that_was_broken_off_is_looked_at_later():
    """What had overflowed before a callback or the corpus raised is found by the next call."""

    class Breaking:
        def __iter__(self):
            yield SENTENCE
            yield from [["w1", "w2"]] * 20_000
            raise OSError("the cable")

    model = about_to_overflow("sgns")
    with pytest.raises(OSError, match="the cable"):
        model.train(Breaking(), **TOTALS)
    assert infinite_rows(model.wv.vectors) == [WORDS - 1]
    with pytest.raises(FloatingPointError, match="matrix 'input'"):
        model.train([["w7", "w8"]], **TOTALS)


@pytest.mark.parametrize("name", ["vectors", "syn1neg"])
def test_arrays_that_users_bring_are_looked_at(name):
    """Rows that no sentence touches too."""
    model = untrained("sgns")
    model.train([["w7", "w8"]], **TOTALS)
    owner = model.wv if name == "vectors" else model
    broken = getattr(owner, name).copy()
    broken[17, 3] = np.inf
    setattr(owner, name, broken)
    matrix = {"vectors": "input", "syn1neg": "negative"}[name]
    for _ in range(2):
        with pytest.raises(FloatingPointError, match=f"matrix '{matrix}'"):
            model.train([["w7", "w8"]], **TOTALS)


@kinds
@pytest.mark.parametrize("name", ["vectors", "syn1neg", "syn1"])
def test_nan_that_a_user_writes_into_a_row_that_is_trained(kind, name):
    model = untrained(kind)
    if name != "vectors" and not hasattr(model, name):
        pytest.skip("another kind of model")
    model.train([["w7", "w8"]], **TOTALS)
    matrix = model.wv.vectors if name == "vectors" else getattr(model, name)
    matrix[:, 3] = np.nan
    with pytest.raises(FloatingPointError, match="in epoch 0"):
        model.train([["w7", "w8"]], **TOTALS)


def test_a_model_that_was_saved_after_it_diverged(tmp_path):
    model = about_to_overflow("cbow")
    with pytest.raises(FloatingPointError):
        model.train([SENTENCE], **TOTALS)
    model.save(tmp_path / "model")
    with pytest.raises(FloatingPointError, match="matrix 'input'"):
        Word2Vec.load(tmp_path / "model").train([["w7", "w8"]], **TOTALS)


def test_an_objective_that_was_not_trained_for_a_while():
    """What is known of a matrix is known of that matrix: others are trained between."""
    model = about_to_overflow("both")
    model.syn1 = model.syn1.copy()
    model.syn1[3, 3] = np.nan
    with pytest.raises(FloatingPointError, match="matrix 'tree'"):
        model.train([["w7", "w8"]], **TOTALS)
    model.hs = 0
    model.train([["w7", "w8"]], **TOTALS)
    model.hs, model.negative = 1, 0
    with pytest.raises(FloatingPointError, match="matrix 'tree'"):
        model.train([["w7", "w8"]], **TOTALS)


def looks_at_all_weights(kind):
    """How often ten calls of two ordinary epochs look at all weights."""
    looks = []
    model = untrained(kind)
    model.train([["w7", "w8"]], **TOTALS)
    rng = np.random.default_rng(1)
    corpus = [[f"w{row}" for row in rng.integers(0, WORDS, 20)] for _ in range(70)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(finiteness, "check_finite", lambda *arguments: looks.append(arguments))
        for _ in range(10):
            model.train(corpus, total_examples=len(corpus), epochs=2, start_alpha=0.05, end_alpha=0.01)
    assert not infinite_rows(model.wv.vectors)
    return len(looks)


@kinds
def test_ordinary_training_raises_no_flag(kind):
    assert looks_at_all_weights(kind) == (0 if overflows_are_noted() else 20)


@pytest.mark.parametrize("isa", available())
def test_every_instruction_set(isa, tmp_path):
    """Each kind of model, in a process that has these kernels."""
    script = (
        "import sys; sys.path.insert(0, sys.argv[1])\n"
        "import test_divergence as this\n"
        "this.given.FEW_ROWS = 0\n"
        "for kind in this.KINDS:\n"
        "    for compute_loss in (False, True):\n"
        "        this.test_one_row_that_overflows_once(kind, compute_loss)\n"
        "    this.test_target_rows_alone(kind)\n"
        "    this.test_nan_that_a_user_writes_into_a_row_that_is_trained(kind, 'vectors')\n"
        "    looks = this.looks_at_all_weights(kind)\n"
        "    assert looks == (20 if sys.argv[2] == 'blas' else 0), looks\n"
        "print('all found')"
    )
    command = [sys.executable, "-c", script, str(Path(__file__).resolve().parent), isa]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=tmp_path, env={**os.environ, "W2VCORE_ISA": isa}, check=False
    )
    assert done.stdout.strip() == "all found", done.stderr
