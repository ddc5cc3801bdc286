"""FastText with `hash_count`: words and n-grams in floret's one table."""

import copy
import io
import pickle

import numpy as np
import pytest

from w2vcore import FastText, KeyedVectors
from w2vcore.backends.team import simulate
from w2vcore.callbacks import CallbackAny2Vec
from w2vcore.fasttext import FastTextKeyedVectors, FloretKeyedVectors, save_facebook_model
from w2vcore.formats import fasttext_binary
from w2vcore.model._floret import murmur3

WORDS = [f"{stem}{ending}" for stem in ("walk", "talk", "jump", "sing") for ending in ("", "s", "ed", "ing")]
RNG = np.random.default_rng(5)
DATA = [[WORDS[place] for place in RNG.integers(0, len(WORDS), 12)] for _ in range(60)]
HASHED = {"vector_size": 9, "min_count": 1, "workers": 1, "sample": 0, "seed": 4, "bucket": 300, "hash_count": 2}
KINDS = {
    "cbow": {"sg": 0},
    "skipgram": {"sg": 1},
    "skipgram_hs": {"sg": 1, "hs": 1, "negative": 0},
    "cbow_sum": {"sg": 0, "cbow_mean": 0},
    "shared": {"sg": 1, "negative_sharing": "window"},
    "one_hash": {"sg": 1, "hash_count": 1},
    "four_of_words": {"sg": 0, "hash_count": 4, "max_n": 0},
}
kinds = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)


def equal(a, b):
    """Whether two models have the same bits, whatever is asked of them."""
    names = [name for name in ("syn1", "syn1neg") if hasattr(a, name)]
    rows = {"syn1": len(a.wv) - 1, "syn1neg": len(a.wv)}
    return (
        np.array_equal(a.wv.vectors, b.wv.vectors)
        and np.array_equal(a.wv.vectors_ngrams, b.wv.vectors_ngrams)
        and np.array_equal(a.wv["unseen"], b.wv["unseen"])
        and all(np.array_equal(getattr(a, name)[: rows[name]], getattr(b, name)[: rows[name]]) for name in names)
    )


def mean_of_rows(wv, word, hash_count=2):
    """The vector of a word, by its definition: its own rows and those of its n-grams, which have as many."""
    text = f"<{word}>"
    lengths = range(wv.min_n, wv.max_n + 1)
    parts = [text, *(text[at : at + n] for n in lengths for at in range(len(text) - n + 1) if 1 < n <= len(text))]
    named = [murmur3(part.encode(), 2166136261)[:hash_count] for part in parts]
    rows = [wv.vectors_ngrams[number % wv.bucket].astype(np.float64) for numbers in named for number in numbers]
    return np.mean(rows, axis=0)


@kinds
def test_in_one_step_in_two_and_by_the_reference(kind):
    settings = {**HASHED, **kind, "epochs": 2}
    model = FastText(DATA, **settings)
    assert type(model.wv) is FloretKeyedVectors and model.wv.vectors_ngrams.shape == (300, 9)
    for word in (*WORDS[:5], "unseen", "walkers"):
        hashes = settings["hash_count"]
        np.testing.assert_allclose(model.wv[word], mean_of_rows(model.wv, word, hashes), atol=1e-6)
    steps = FastText(**settings)
    steps.build_vocab(DATA)
    before = steps.wv.vectors.copy()
    steps.train(DATA, total_examples=steps.corpus_count, epochs=2)
    assert equal(model, steps) and np.abs(before - model.wv.vectors).max() > 1e-4
    one, other = (FastText(DATA[:12], backend=backend, **settings) for backend in ("threads", "reference"))
    np.testing.assert_allclose(one.wv.vectors_ngrams, other.wv.vectors_ngrams, rtol=2e-6, atol=2e-6)  # of up to 3


@kinds
def test_a_file_holds_the_whole_model(kind, tmp_path):
    model = FastText(DATA, **{**HASHED, **kind})
    model.save(tmp_path / "m")
    loaded = [FastText.load(tmp_path / "m", mmap=mmap) for mmap in (None, "r")]
    for each in (model, *loaded, copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert type(each.wv) is FloretKeyedVectors and equal(model, each) and each.hash_count == model.hash_count
    for each in (model, *loaded):
        each.train(DATA, total_examples=len(DATA), epochs=1)
        assert equal(model, each)
    vectors = KeyedVectors.load(tmp_path / "m")
    assert type(vectors) is FloretKeyedVectors and vectors.most_similar("walkers", topn=1)[0][0] in WORDS


def test_a_file_of_floret(tmp_path):
    model = FastText(DATA, sg=1, **HASHED)
    model.wv.save_floret(tmp_path / "m.floret")
    table = KeyedVectors.load_any(tmp_path / "m.floret")
    assert len(table) == 0
    np.testing.assert_allclose(
        table.vectors_for(["walkers", *WORDS]), model.wv.vectors_for(["walkers", *WORDS]), atol=1e-7
    )
    with pytest.raises(ValueError, match=r"wv\.save_floret"):
        save_facebook_model(model, io.BytesIO())
    with pytest.raises(ValueError, match="floret's table has none"):
        fasttext_binary.write(model.wv.snapshot(), io.BytesIO())


def test_new_words_share_the_rows(tmp_path):
    model = FastText(DATA, **HASHED)
    model.save(tmp_path / "m")
    new = [["jumpers", "unheard", "walk"]] * 20
    for each in (model, FastText.load(tmp_path / "m", mmap="r")):
        before = copy.deepcopy(each.wv)
        each.build_vocab(new, update=True)
        assert len(each.wv) == len(WORDS) + 2
        np.testing.assert_array_equal(each.wv.vectors_ngrams, before.vectors_ngrams)
        np.testing.assert_array_equal(each.wv["unheard"], before["unheard"])  # it had a vector before
        each.train(new, total_examples=20, epochs=2)
        np.testing.assert_allclose(each.wv["unheard"], mean_of_rows(each.wv, "unheard"), atol=1e-6)
        assert np.abs(each.wv["unheard"] - before["unheard"]).max() > 1e-5


class Crash(CallbackAny2Vec):
    def on_epoch_end(self, model):
        if model.epochs_trained == 2:
            raise KeyboardInterrupt


def test_a_run_goes_on_from_a_checkpoint(tmp_path):
    settings = {**HASHED, "sg": 1, "epochs": 3}
    with pytest.raises(KeyboardInterrupt):
        FastText(DATA, callbacks=[Crash()], checkpoint=tmp_path / "run", **settings)
    assert equal(FastText.resume(tmp_path / "run", DATA), FastText(DATA, **settings))


def test_ranks_train_one_model():
    first, second = simulate(2, lambda rank: FastText(DATA[rank::2], backend="mpi", sg=1, epochs=2, **HASHED))
    assert equal(first, second)
    np.testing.assert_allclose(first.wv["walkers"], mean_of_rows(first.wv, "walkers"), atol=1e-6)


def test_callbacks_see_vectors_of_their_epoch_and_may_change_the_table():
    seen = []

    class Look(CallbackAny2Vec):
        def on_epoch_end(self, model):
            np.testing.assert_allclose(model.wv["walking"], mean_of_rows(model.wv, "walking"), atol=1e-6)
            seen.append(model.wv["walking"].copy())
            if len(seen) == 2:
                model.wv.vectors_ngrams = np.zeros((300, 9), np.float32)
                model.wv.adjust_vectors()

    FastText(DATA, callbacks=[Look()], **{**HASHED, "epochs": 3})
    assert np.abs(seen[0] - seen[1]).max() > 1e-5 and np.abs(seen[2]).max() < np.abs(seen[1]).max()


def test_factors_freeze_rows():
    model = FastText(**HASHED)
    model.build_vocab(DATA)
    model.wv.vectors_ngrams_lockf = np.ones(300, np.float32)
    model.wv.vectors_ngrams_lockf[:100] = 0
    before = model.wv.vectors_ngrams.copy()
    model.train(DATA, total_examples=len(DATA), epochs=1)
    changed = (model.wv.vectors_ngrams != before).any(axis=1)
    assert not changed[:100].any() and changed[100:].sum() > 100
    model.wv.vectors_ngrams_lockf = np.ones(301, np.float32)
    with pytest.raises(ValueError, match=r"wv.vectors_ngrams_lockf must be 1 to 300 finite factors"):
        model.train(DATA, total_examples=len(DATA), epochs=1)


def test_memory_follows_the_rows():
    model = FastText(**{**HASHED, "bucket": 10**9, "vector_size": 300})  # nothing is allocated before there are words
    assert model.wv.vectors_ngrams.shape == (10**9, 300) and model.wv.vectors_ngrams.strides[0] == 0
    with pytest.raises(MemoryError, match="GB"):
        model.build_vocab(DATA)
    small = FastText(DATA, **HASHED)
    report = small.estimate_memory()
    assert (report["syn0_vocab"], report["syn0_ngrams"]) == (0, 300 * 16 * 4)
    assert report["buckets_word"] == 4 * sum(map(len, small.wv.buckets_word)) + 8 * len(WORDS)
    assert report["total"] == sum(report.values()) - report["total"]
    assert FastText(**HASHED).estimate_memory(1000)["syn0_ngrams"] == 300 * 16 * 4


@pytest.mark.parametrize(
    ("argument", "error", "text"),
    [
        ({"hash_count": 5}, ValueError, "hash_count must be an int from 0 to 4.*got 5"),
        ({"hash_count": "2"}, TypeError, "hash_count must be an int"),
        ({"bucket": 0}, ValueError, "bucket must be at least 1 with hash_count=2"),
        ({"device": "cuda"}, ValueError, "device must be 'cpu' with n-grams"),
        ({"device": "cuda", "max_n": 0}, ValueError, "device must be 'cpu' with n-grams"),
    ],
)
def test_what_is_not_allowed(argument, error, text):
    with pytest.raises(error, match=text):
        FastText(DATA, **{**HASHED, **argument})


def test_other_vectors_in_the_place_of_wv_are_refused():
    model = FastText(DATA, **HASHED)
    model.wv = FastTextKeyedVectors(9, 3, 6, 300)
    model.wv.add_vectors(["walk"], np.ones((1, 9)))
    with pytest.raises(ValueError, match="hash_count=2 does not go with wv, which are FastTextKeyedVectors"):
        model.train(DATA, total_examples=len(DATA), epochs=1)
