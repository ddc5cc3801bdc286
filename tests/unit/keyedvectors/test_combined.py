"""`KeyedVectors.combined`: input and output vectors of a model in one."""

import copy
import gc
import pickle

import numpy as np
import pytest

from w2vcore import KeyedVectors, Word2Vec
from w2vcore.objectives.registry import OBJECTIVES

SENTENCES = [["cat", "say", "meow", "loud"], ["dog", "say", "woof"]] * 20
SETTINGS = {"vector_size": 8, "min_count": 1, "workers": 1, "seed": 3}


@pytest.fixture
def model():
    return Word2Vec(SENTENCES, sg=1, **SETTINGS)


@pytest.mark.parametrize("output", [0, 0.25, 1])
def test_the_sum(model, output):
    both = model.wv.combined(output)
    np.testing.assert_array_equal(both.vectors, model.wv.vectors + np.float32(output) * model.syn1neg)
    assert both.vectors.dtype == np.float32


def test_a_quarter_by_default(model):
    np.testing.assert_array_equal(model.wv.combined().vectors, model.wv.combined(output=0.25).vectors)


def test_side_by_side_the_cosine_is_the_mean_of_both(model):
    both = model.wv.combined(output="concatenated")
    outputs = KeyedVectors(8)
    outputs.add_vectors(model.wv.index_to_key, model.syn1neg)
    assert both.vector_size == 16
    assert both.similarity("cat", "meow") == pytest.approx(
        (model.wv.similarity("cat", "meow") + outputs.similarity("cat", "meow")) / 2, abs=1e-6
    )


def test_keys_and_columns_are_equal_and_its_own(model):
    model.wv.set_vecattr("cat", "legs", 4)
    before = model.wv.vectors.copy()
    both = model.wv.combined()
    assert both.index_to_key == model.wv.index_to_key
    assert both.key_to_index == model.wv.key_to_index
    assert both.get_vecattr("cat", "legs") == 4
    np.testing.assert_array_equal(both.expandos["count"], model.wv.expandos["count"])
    both.remove("cat")
    both["dog"] = np.zeros(8)
    both.set_vecattr("dog", "count", 1)
    assert "cat" in model.wv
    assert model.wv.get_vecattr("dog", "count") == 20
    np.testing.assert_array_equal(model.wv.vectors, before)


def test_a_missing_word_is_explained_as_in_the_model():
    model = Word2Vec([*SENTENCES, ["rare"]], **{**SETTINGS, "min_count": 2})
    model.wv.dropped_counts, model.wv.min_count = {"rare": 1}, 2
    with pytest.raises(KeyError, match="seen 1 time, below min_count=2"):
        model.wv.combined()["rare"]


def test_what_is_returned_is_vectors_alone(model, tmp_path):
    both = model.wv.combined()
    both.save(tmp_path / "both.safetensors")
    np.testing.assert_array_equal(KeyedVectors.load(tmp_path / "both.safetensors").vectors, both.vectors)
    with pytest.raises(RuntimeError, match="these are vectors alone"):
        both.combined()


@pytest.mark.parametrize("mmap", [None, "r"])
def test_a_loaded_model_has_it(model, tmp_path, mmap):
    model.save(tmp_path / "model.safetensors")
    loaded = Word2Vec.load(tmp_path / "model.safetensors", mmap=mmap)
    np.testing.assert_array_equal(loaded.wv.combined().vectors, model.wv.combined().vectors)


@pytest.mark.parametrize("copied", [copy.deepcopy, lambda model: pickle.loads(pickle.dumps(model))])
def test_a_copied_model_combines_its_own(model, copied):
    other = copied(model)
    other.syn1neg[:] = 0
    np.testing.assert_array_equal(other.wv.combined().vectors, other.wv.vectors)
    assert (model.wv.combined().vectors != model.wv.vectors).any()


def test_of_words_added_later(model):
    model.sample = 0
    model.build_vocab([["cow", "say", "moo"]] * 2, update=True)
    model.train([["cow", "say", "moo"]] * 2, total_examples=2, epochs=1)
    both = model.wv.combined()
    row = model.wv.get_index("cow")
    np.testing.assert_array_equal(both["cow"], model.wv["cow"] + np.float32(0.25) * model.syn1neg[row])


def test_with_a_tree_beside_noise_words_it_takes_the_vectors_of_words():
    model = Word2Vec(SENTENCES, hs=1, negative=5, **SETTINGS)
    np.testing.assert_array_equal(model.wv.combined().vectors, model.wv.vectors + np.float32(0.25) * model.syn1neg)


@pytest.mark.parametrize("objective", sorted(OBJECTIVES.keys() - {"negative", "tree"}))
def test_the_output_vectors_of_other_objectives(objective):
    model = Word2Vec(SENTENCES, objective=objective, sg=1, backend="reference", **SETTINGS)
    outputs = getattr(model, f"syn1_{objective}")
    assert outputs.any()
    np.testing.assert_array_equal(model.wv.combined().vectors, model.wv.vectors + np.float32(0.25) * outputs)


def test_a_zero_vector_stays_zero(model):
    model.syn1neg[:] = 0
    both = model.wv.combined(output="concatenated").vectors
    assert not both[:, 8:].any()
    np.testing.assert_allclose(np.linalg.norm(both[:, :8], axis=1), 1, rtol=1e-6)


def test_other_types_stay(model):
    model.wv.vectors = model.wv.vectors.astype(np.float64)
    assert model.wv.combined().vectors.dtype == np.float64
    assert model.wv.combined("concatenated").vectors.dtype == np.float64


# ---------------------------------------------------------------- refused


def test_a_tree_alone_is_refused_by_name():
    model = Word2Vec(SENTENCES, hs=1, negative=0, **SETTINGS)
    with pytest.raises(
        RuntimeError, match=r"rows of syn1 belong to inner nodes of the tree \(hs=1\); train with negati"
    ):
        model.wv.combined()


def test_vectors_alone_are_refused(tmp_path, model):
    message = r"combined needs output vectors, which belong to a model, .* keep the model \(model = Word2Vec.load"
    model.save(tmp_path / "model.safetensors")
    for wv in (KeyedVectors(8), KeyedVectors.load(tmp_path / "model.safetensors"), copy.deepcopy(model.wv)):
        with pytest.raises(RuntimeError, match=message):
            wv.combined()


def test_the_vectors_of_a_model_that_is_gone_are_refused():
    wv = Word2Vec(SENTENCES, **SETTINGS).wv
    gc.collect()
    with pytest.raises(RuntimeError, match="keep the model"):
        wv.combined()


def test_vectors_that_the_model_no_longer_has_are_refused(model):
    wv, model.wv = model.wv, copy.deepcopy(model.wv)
    with pytest.raises(RuntimeError, match="keep the model"):
        wv.combined()


def test_a_model_without_output_vectors_is_refused(tmp_path, model):
    empty = Word2Vec(**SETTINGS)
    with pytest.raises(RuntimeError, match=r"has no syn1neg: call build_vocab\(\) and train\(\)"):
        empty.wv.combined()
    model.save(tmp_path / "model.safetensors", ignore=["syn1neg"])
    loaded = Word2Vec.load(tmp_path / "model.safetensors")
    with pytest.raises(RuntimeError, match="load a file that was saved with it"):
        loaded.wv.combined()


def test_keys_that_were_added_to_wv_alone_are_named(model):
    model.wv.add_vectors(["cow"], [np.ones(8)])
    with pytest.raises(RuntimeError, match="output vectors of 6 words, and 7 keys"):
        model.wv.combined()


@pytest.mark.parametrize(
    ("output", "error", "message"),
    [
        ("both", ValueError, r"output must be a number of at least 0 or 'concatenated' \(both .*\), got 'both'"),
        (-1, ValueError, "output must be a finite number of at least 0, got -1"),
        (float("nan"), ValueError, "output must be a finite number of at least 0, got nan"),
        (None, TypeError, "output must be a finite number of at least 0, got None"),
        (True, TypeError, "output must be"),
    ],
)
def test_a_wrong_weight_is_named(model, output, error, message):
    with pytest.raises(error, match=message):
        model.wv.combined(output)
