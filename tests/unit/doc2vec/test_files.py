"""Files of Doc2Vec: round trips, checkpoints, and vectors for other programs."""

import numpy as np
import pytest
from planted_documents import KINDS, SMALL, documents, texts

from w2vcore import Doc2Vec, KeyedVectors, Word2Vec
from w2vcore.doc2vec import TaggedDocument
from w2vcore.formats import native

kinds = pytest.mark.parametrize("kind", KINDS)


def assert_same(one, other):
    assert one.dv.index_to_key == other.dv.index_to_key
    assert one.wv.index_to_key == other.wv.index_to_key
    np.testing.assert_array_equal(one.dv.vectors, other.dv.vectors)
    np.testing.assert_array_equal(one.wv.vectors, other.wv.vectors)
    for name in ("syn1", "syn1neg"):
        if hasattr(one, name):
            rows = len(one.wv) - (name == "syn1")  # its last one is not used, and is not in files
            np.testing.assert_array_equal(getattr(one, name)[:rows], getattr(other, name)[:rows])


@kinds
@pytest.mark.parametrize("mmap", [None, "r", "c"])
def test_a_loaded_model_trains_on_as_the_saved_one(tmp_path, kind, mmap):
    model = Doc2Vec(documents(), epochs=2, **KINDS[kind], **SMALL)
    model.save(tmp_path / "model")
    loaded = Doc2Vec.load(tmp_path / "model", mmap=mmap)
    assert str(loaded) == str(model)
    assert_same(loaded, model)
    for each in (model, loaded):
        each.train(documents(), total_examples=60, epochs=2)
    assert_same(loaded, model)


def test_tags_of_all_kinds_and_their_counts_come_back(tmp_path):
    given = [["b", 2], [5_000_000_000], ["ä", -1], ["b"]]
    model = Doc2Vec([TaggedDocument(["w"] * 3, tags) for tags in given], epochs=1, **SMALL)
    model.dv.vectors_lockf = np.arange(5, dtype=np.float32)
    model.save(tmp_path / "model")
    loaded = Doc2Vec.load(tmp_path / "model")
    assert loaded.dv.index_to_key == [-1, 2, 5_000_000_000, "b", "ä"]
    assert loaded.dv.get_vecattr("b", "word_count") == 6
    np.testing.assert_array_equal(loaded.dv.vectors_lockf, model.dv.vectors_lockf)


def test_a_file_without_tags_is_smaller_and_infers_the_same(tmp_path):
    model = Doc2Vec(documents(600), epochs=1, **SMALL)
    model.save(tmp_path / "whole")
    model.save(tmp_path / "small", tags=False)
    assert (tmp_path / "small").stat().st_size < (tmp_path / "whole").stat().st_size - 600 * 12 * 4
    small = Doc2Vec.load(tmp_path / "small")
    assert len(small.dv) == 0
    np.testing.assert_array_equal(small.infer_vectors(texts(5)), model.infer_vectors(texts(5)))
    small.build_vocab([TaggedDocument(["a1", "a2"], ["new"])], update=True)
    small.train([TaggedDocument(["a1", "a2"], ["new"])], total_examples=1, epochs=1)
    assert small.dv["new"].shape == (12,)


def test_other_classes_say_which_one_loads_the_file(tmp_path):
    Doc2Vec(documents(), epochs=1, **SMALL).save(tmp_path / "model")
    with pytest.raises(AttributeError, match=r"use Doc2Vec\.load"):
        Word2Vec.load(tmp_path / "model")
    assert len(KeyedVectors.load(tmp_path / "model")) == 48
    Word2Vec(texts(), **SMALL).save(tmp_path / "words")
    with pytest.raises(AttributeError, match=r"use Word2Vec\.load"):
        Doc2Vec.load(tmp_path / "words")


class Crash:
    def __getattr__(self, event):
        def call(model):
            if event == "on_epoch_end" and model.epochs_trained == 2:
                raise KeyboardInterrupt

        return call


@kinds
@pytest.mark.parametrize("shuffle", [False, "sentences"])
def test_a_run_that_is_resumed_ends_as_one_that_went_through(tmp_path, kind, shuffle):
    """Also from the middle of a document: 34 of 60 have begun when the first 1,000 words are trained."""
    settings = {"epochs": 4, "batch_words": 1000, "shuffle": shuffle, **KINDS[kind], **SMALL}
    whole = Doc2Vec(documents(), **settings)
    with pytest.raises(KeyboardInterrupt):
        Doc2Vec(documents(), callbacks=[Crash()], checkpoint=tmp_path / "run", checkpoint_every=500, **settings)
    left_off = native.read(tmp_path / "run").settings["checkpoint"]["position"]
    assert (left_off["epoch"], left_off["tokens"]) == (1, 1000)
    resumed = Doc2Vec.resume(tmp_path / "run", documents())
    assert_same(resumed, whole)


def test_a_file_is_resumed_with_its_lines(tmp_path):
    path = tmp_path / "text"
    path.write_text("\n".join(" ".join(words) for words in texts()), encoding="utf8")
    settings = {"epochs": 4, **SMALL}
    whole = Doc2Vec(corpus_file=path, **settings)
    with pytest.raises(KeyboardInterrupt):
        Doc2Vec(corpus_file=path, callbacks=[Crash()], checkpoint=tmp_path / "run", **settings)
    assert_same(Doc2Vec.resume(tmp_path / "run", corpus_file=path), whole)


@pytest.mark.parametrize("binary", [False, True])
def test_the_format_of_word2vec_holds_words_and_tags(tmp_path, binary):
    given = [*documents(20, "_{}".format), TaggedDocument(["a1"], ["_3"])]
    model = Doc2Vec(given, epochs=1, **SMALL)
    path = tmp_path / "vectors"
    model.save_word2vec_format(path, doctag_vec=True, binary=binary)
    both = KeyedVectors.load_word2vec_format(path, binary=binary)
    assert len(both) == len(model.wv) + len(model.dv)
    assert both.index_to_key[len(model.wv)] == "*dt__3"  # of two documents
    np.testing.assert_allclose(both["*dt__7"], model.dv["_7"], rtol=1e-6)
    model.save_word2vec_format(path, doctag_vec=True, word_vec=False, prefix="", binary=binary)
    assert set(KeyedVectors.load_word2vec_format(path, binary=binary).index_to_key) == set(model.dv.index_to_key)
    model.save_word2vec_format(path, binary=binary)
    assert len(KeyedVectors.load_word2vec_format(path, binary=binary)) == len(model.wv)


def test_a_damaged_list_of_tags_is_named(tmp_path):
    model = Doc2Vec(documents(), epochs=1, **SMALL)
    model.save(tmp_path / "model")
    snapshot = native.read(tmp_path / "model")
    snapshot.arrays["tags.keys"] = snapshot.arrays["tags.keys"][:-1]
    native.write(snapshot, tmp_path / "damaged")
    with pytest.raises(ValueError, match="the file is damaged: it has 59 tags and 60 rows for them"):
        Doc2Vec.load(tmp_path / "damaged")
