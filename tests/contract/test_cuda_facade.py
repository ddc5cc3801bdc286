"""`Word2Vec(device="cuda")` from sentences to vectors, on the emulated device: what the CPU learns with one worker."""

import numpy as np
import pytest
from cuda_backend import make_emulated

from w2vcore import Doc2Vec, Word2Vec
from w2vcore.backends.cuda import backend
from w2vcore.doc2vec import TaggedDocument

KINDS = {
    "sgns": {"sg": 1, "negative_sharing": "window"},
    "sgns, pairs": {"sg": 1, "negative_sharing": "pair"},
    "cbow": {"sg": 0},
    "sghs": {"sg": 1, "hs": 1, "negative": 0, "negative_sharing": "window"},
    "sghs, pairs": {"sg": 1, "hs": 1, "negative": 0, "negative_sharing": "pair"},
    "nce": {"sg": 1, "objective": "nce", "negative_sharing": "window"},
    "sampled softmax": {"sg": 1, "objective": "sampled_softmax", "candidates": "log_uniform", "subtract_log_q": False},
    "softmax": {"sg": 0, "objective": "softmax"},
    "weighted windows": {"sg": 1, "window_weights": "harmonic", "window": "sentence", "negative_sharing": "window"},
    "corrected cbow": {"sg": 0, "window_weights": "sqrt", "cbow_corrected": True},
}
pytestmark = pytest.mark.usefixtures("tiny_jobs")

SETTINGS = {
    "vector_size": 12,
    "min_count": 1,
    "epochs": 2,
    "sample": 0.05,
    "seed": 3,
    "compute_loss": True,
    "workers": 1,
}


def sentences():
    rng = np.random.default_rng(4)
    return [[f"w{int(i)}" for i in rng.geometric(0.2, size).clip(max=30)] for size in (30, 4, 1, 50, 12, 7)]


@pytest.fixture
def device(monkeypatch):
    monkeypatch.setattr(backend, "most_warps", lambda plan: 1)
    return make_emulated(monkeypatch.setattr)


@pytest.mark.parametrize("kind", KINDS)
def test_a_model_is_that_of_the_cpu(device, kind):
    settings = {**SETTINGS, **KINDS[kind]}
    there, here = Word2Vec(sentences(), device="cuda", **settings), Word2Vec(sentences(), **settings)
    assert device.launches >= 2
    np.testing.assert_allclose(there.wv.vectors, here.wv.vectors, atol=2e-6)
    for mine, theirs in zip(here.training_history, there.training_history, strict=True):
        assert [mine[name] for name in ("words", "raw_words", "sentences", "examples", "alpha")] == [
            theirs[name] for name in ("words", "raw_words", "sentences", "examples", "alpha")
        ]
        assert theirs["loss"] == pytest.approx(mine["loss"], rel=1e-5)
    assert there.wv.most_similar("w1", topn=1)[0][0] == here.wv.most_similar("w1", topn=1)[0][0]


@pytest.mark.parametrize("kind", [{}, {"dm_mean": 0, "hs": 1, "negative": 0}, {"window_weights": "linear"}])
def test_distributed_memory_is_that_of_the_cpu(device, kind):
    documents = [TaggedDocument(words, [number, "all"]) for number, words in enumerate(sentences())]
    settings = {**SETTINGS, "vector_size": 8, **kind}
    there, here = Doc2Vec(documents, device="cuda", **settings), Doc2Vec(documents, **settings)
    assert device.launches >= 2
    np.testing.assert_allclose(there.wv.vectors, here.wv.vectors, atol=2e-6)
    np.testing.assert_allclose(there.dv.vectors, here.dv.vectors, atol=2e-6)
    assert there.training_history[-1]["loss"] == pytest.approx(here.training_history[-1]["loss"], rel=1e-5)
    np.testing.assert_allclose(there.infer_vector(["w1", "w2"]), here.infer_vector(["w1", "w2"]), atol=2e-6)


@pytest.mark.parametrize("kind", ["sgns", "weighted windows"])
def test_a_corpus_that_is_read_while_it_is_trained(device, kind):
    """Its sentences grow longer, and so does the table of weights of windows that are whole sentences."""

    class Stream:
        def __iter__(self):
            return iter(sorted(sentences(), key=len))

    settings = {**SETTINGS, **KINDS[kind], "batch_words": 20}
    there, here = Word2Vec(Stream(), device="cuda", **settings), Word2Vec(Stream(), **settings)
    np.testing.assert_allclose(there.wv.vectors, here.wv.vectors, atol=2e-6)


@pytest.mark.parametrize("hs", [0, 1])
def test_new_words_join_a_model_as_on_the_cpu(device, hs):
    models = []
    for where in ("cuda", "cpu"):
        model = Word2Vec(sentences(), device=where, **{**SETTINGS, "sg": 1, "hs": hs, "negative": 3 * (1 - hs)})
        more = [["new", "w1", "newer", "w2", "new"]] * 4
        model.build_vocab(more, update=True)
        model.train(more, total_examples=4, epochs=2)
        models.append(model)
    there, here = models
    np.testing.assert_allclose(there.wv.vectors, here.wv.vectors, atol=2e-6)
    if hs:
        np.testing.assert_allclose(there.syn1, here.syn1, atol=2e-6)


def test_callbacks_and_checkpoints_see_the_weights_and_may_change_them(device, tmp_path):
    class Halving:
        def __init__(self):
            self.seen = []

        def __getattr__(self, event):
            return lambda model: None

        def on_epoch_end(self, model):
            self.seen.append(model.wv.vectors.copy())
            model.wv.vectors[:] *= 0.5

    settings = {**SETTINGS, **KINDS["sgns"], "batch_words": 20}
    mine, theirs = Halving(), Halving()
    Word2Vec(sentences(), callbacks=[mine], **settings)
    path = tmp_path / "c"
    there = Word2Vec(sentences(), device="cuda", callbacks=[theirs], checkpoint=path, checkpoint_every=40, **settings)
    for first, second in zip(mine.seen, theirs.seen, strict=True):
        np.testing.assert_allclose(second, first, atol=2e-6)
    np.testing.assert_array_equal(Word2Vec.load(path).wv.vectors, there.wv.vectors)


def test_a_crash_and_a_resume_on_the_device_are_one_run(device, tmp_path):
    class Crash:
        def __getattr__(self, event):
            return lambda model: 1 / (event != "on_epoch_end")

    settings = {**SETTINGS, **KINDS["sgns"], "batch_words": 20}
    with pytest.raises(ZeroDivisionError):
        Word2Vec(
            sentences(), device="cuda", callbacks=[Crash()], checkpoint=tmp_path / "c", checkpoint_every=40, **settings
        )
    resumed = Word2Vec.resume(tmp_path / "c", sentences())
    whole = Word2Vec(sentences(), device="cuda", **settings)
    np.testing.assert_allclose(resumed.wv.vectors, whole.wv.vectors, atol=2e-6)


def test_fewer_warps_work_where_each_keeps_the_changes_of_all_words(monkeypatch, caplog):
    """In windows without a ring a warp of the full softmax has a row of scratch for each word: here 3 x 64 bytes."""
    make_emulated(monkeypatch.setattr)
    monkeypatch.setattr(backend, "most_warps", lambda plan: 64)
    monkeypatch.setattr(backend, "SCRATCH_BYTES", 5 * 3 * 64 + 1)
    wide = {"objective": "softmax", "window": 16, "negative_sharing": "window"}
    with caplog.at_level("INFO"):
        Word2Vec([["a", "b", "c"]] * 9, device="cuda", **{**SETTINGS, "sg": 1, "sample": 0, **wide})
    assert any("with 5 warps" in each.getMessage() for each in caplog.records)


def test_weights_that_become_non_finite_are_named(device):
    with pytest.raises(FloatingPointError, match=r"vectors became non-finite in epoch \d"):
        Word2Vec(sentences(), device="cuda", **{**SETTINGS, "sg": 1, "alpha": 1e30, "min_alpha": 1e30})
