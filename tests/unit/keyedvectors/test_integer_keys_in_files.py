"""Integer ids that went through a format which knows text only, and come back as integers with keys=int."""

import io
import logging

import numpy as np
import pytest

from w2vcore import KeyedVectors, Word2Vec
from w2vcore.cli.formats import by_ending, save_vectors
from w2vcore.keyedvectors import load_word2vec_format

IDS = [2872, 5, 17, -3, 2**62]


@pytest.fixture
def kv():
    result = KeyedVectors(2)
    result.add_vectors(IDS, np.arange(10).reshape(5, 2), extras={"count": [9, 8, 7, 6, 5]})
    return result


def check(loaded, kv):
    assert loaded.index_to_key == kv.index_to_key
    assert {type(key) for key in loaded.index_to_key} == {int}
    assert (loaded.vectors == kv.vectors).all()
    assert loaded[5].tolist() == [2, 3]
    assert "5" not in loaded
    with pytest.raises(KeyError, match="1 is not a key"):
        loaded[1]


@pytest.mark.parametrize("binary", [False, True])
def test_word2vec_s_formats(kv, binary, tmp_path):
    path = tmp_path / "vectors"
    kv.save_word2vec_format(path, fvocab=tmp_path / "counts", binary=binary)
    for keys in (None, str):
        assert KeyedVectors.load_word2vec_format(path, binary=binary, keys=keys).index_to_key == list(map(str, IDS))
    check(KeyedVectors.load_word2vec_format(path, binary=binary, keys=int), kv)
    check(load_word2vec_format(path, binary=binary, keys=int), kv)
    counted = KeyedVectors.load_word2vec_format(path, fvocab=tmp_path / "counts", binary=binary, keys=int)
    check(counted, kv)
    assert counted.expandos["count"].tolist() == [9, 8, 7, 6, 5]
    assert KeyedVectors.load_word2vec_format(path, binary=binary, keys=int, limit=2).index_to_key == IDS[:2]


@pytest.mark.parametrize("name", ["v.txt", "v.bin", "v.glove", "v.npz", "v.npy", "v.tsv", "v.safetensors"])
def test_any_format(kv, name, tmp_path):
    (path, *_) = save_vectors(kv, tmp_path / name, by_ending(tmp_path / name))
    check(KeyedVectors.load_any(path, keys=int), kv)
    assert KeyedVectors.load_any(path, keys=int, limit=3).index_to_key == IDS[:3]
    assert KeyedVectors.load_any(path, keys=str).index_to_key == list(map(str, IDS))


@pytest.mark.parametrize("mmap", [None, "r"])
def test_text_that_was_saved_in_our_own_format(kv, mmap, tmp_path):
    kv.save_word2vec_format(tmp_path / "text")
    KeyedVectors.load_word2vec_format(tmp_path / "text").save(tmp_path / "kv")
    assert KeyedVectors.load(tmp_path / "kv", mmap=mmap).index_to_key == list(map(str, IDS))
    check(KeyedVectors.load(tmp_path / "kv", mmap=mmap, keys=int), kv)
    kv.save(tmp_path / "ids")
    check(KeyedVectors.load(tmp_path / "ids", mmap=mmap), kv)
    check(KeyedVectors.load(tmp_path / "ids", mmap=mmap, keys=int), kv)


@pytest.mark.parametrize("word", ["cat", "</s>", "007", "+5", "-0", "1_0", " 5", "٥", "5.0", "", "9" * 5000])
def test_a_key_that_is_no_integer_is_named(word, tmp_path):
    kv = KeyedVectors(1)
    kv.add_vectors(["12", word], [[1], [2]])
    kv.save(tmp_path / "kv")
    with pytest.raises(
        ValueError, match=r"kv: key .* \(row 1\) is not an integer as Python writes it; .*keys=str"
    ) as error:
        KeyedVectors.load(tmp_path / "kv", keys=int)
    assert repr(word)[:40] in str(error.value)
    assert KeyedVectors.load(tmp_path / "kv").index_to_key == ["12", word]


def test_the_way_out_of_a_key_that_is_no_integer(tmp_path):
    """word2vec.c writes </s> into every file."""
    (tmp_path / "text").write_text("3 1\n</s> 0\n12 1\n5 2\n")
    kv = KeyedVectors.load_word2vec_format(tmp_path / "text")
    kv.remove(["</s>"])
    kv.save(tmp_path / "kv")
    assert KeyedVectors.load(tmp_path / "kv", keys=int).index_to_key == [12, 5]


@pytest.mark.parametrize("keys", [float, "int", True, np.int64])
def test_other_keys_are_refused(keys, kv, tmp_path):
    kv.save_word2vec_format(tmp_path / "text")
    for load in (KeyedVectors.load_word2vec_format, KeyedVectors.load_any):
        with pytest.raises(ValueError, match="keys must be int, str or None"):
            load(tmp_path / "text", keys=keys)
    kv.save(tmp_path / "kv")
    with pytest.raises(ValueError, match="keys must be int, str or None"):
        KeyedVectors.load(tmp_path / "kv", keys=keys)


def test_intersection_with_ids(caplog):
    model = Word2Vec([[5, 17, 99]] * 5, min_count=1, vector_size=2, workers=1)
    before = model.wv.vectors.copy()
    file = b"2 2\n17 1 2\n1000 3 4\n"
    with caplog.at_level(logging.WARNING):
        model.wv.intersect_word2vec_format(io.BytesIO(file))
    assert "no key of the file is one of these: there they are str, such as '17', here int, such as" in caplog.text
    assert "keys=int" in caplog.text
    assert (model.wv.vectors == before).all()
    model.wv.intersect_word2vec_format(io.BytesIO(file), keys=int)
    assert model.wv[17].tolist() == [1, 2]
