"""Where a model is trained, and by what: `device` and `backend`."""

import numpy as np
import pytest

from w2vcore import Word2Vec

SENTENCES = [["one", "two", "three", "two"], ["two", "three", "four"]] * 5
SETTINGS = {"vector_size": 8, "min_count": 1, "workers": 1, "sg": 1, "sample": 0, "epochs": 2}


def test_the_reference_backend_trains_through_the_facade():
    fast, slow = Word2Vec(SENTENCES, **SETTINGS), Word2Vec(SENTENCES, backend="reference", **SETTINGS)
    np.testing.assert_allclose(fast.wv.vectors, slow.wv.vectors, atol=2e-6)
    assert slow.train_count == 1


def test_callbacks_and_checkpoints_see_what_the_reference_backend_has_trained(tmp_path):
    seen = []

    class Look:
        def __getattr__(self, event):
            return lambda model: seen.append(model.wv.vectors.copy())

    settings = {**SETTINGS, "checkpoint": tmp_path / "run", "backend": "reference"}
    model = Word2Vec(SENTENCES, callbacks=[Look()], **settings)
    before, first, second = seen[0], seen[2], seen[4]  # on_train_begin; on_epoch_end, twice
    assert (before != first).any() and (first != second).any()
    np.testing.assert_array_equal(second, model.wv.vectors)
    np.testing.assert_array_equal(Word2Vec.load(tmp_path / "run").wv.vectors, model.wv.vectors)


@pytest.mark.parametrize("device", ["gpu", "cuda:", "cuda:x", "cuda:-1", "", None, 0])
def test_a_device_that_cannot_be_is_refused_before_the_corpus_is_read(device):
    with pytest.raises(ValueError, match=r"device must be 'cpu', 'cuda', 'cuda:N'"):
        Word2Vec(device=device)


def test_an_unknown_backend_is_refused_before_the_corpus_is_read():
    with pytest.raises(ValueError, match=r"backend must be one of .*'threads'.*, got 'spark'"):
        Word2Vec(backend="spark")


def test_device_and_backend_are_not_saved(tmp_path):
    model = Word2Vec(SENTENCES, backend="reference", **SETTINGS)
    model.save(tmp_path / "m")
    loaded = Word2Vec.load(tmp_path / "m")
    assert (loaded.device, loaded.backend) == ("cpu", None)
    loaded.backend = "spark"  # attributes are settings: they are checked when a run begins
    with pytest.raises(ValueError, match="backend must be one of"):
        loaded.train(SENTENCES, total_examples=loaded.corpus_count, epochs=1)
