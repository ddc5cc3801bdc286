"""Files of other programs load; the files written here have not changed by a byte."""

import io
from pathlib import Path

import numpy as np
import pytest

from w2vcore.formats import native
from w2vcore.formats.snapshot import Snapshot
from w2vcore.keyedvectors import KeyedVectors
from w2vcore.word2vec import Word2Vec

FOLDER = Path(__file__).parent / "word2vec"
VERSION1 = Path(__file__).parent / "native" / "version1.safetensors"
VERSION2 = Path(__file__).parent / "native" / "version2.safetensors"
KEYS = ["the", "naïve", "東京", "emoji🙂", "low", "tie1", "tie2", "zero"]
COUNTS = [100, 50, 70, 3, 3, 9, 9, 1]


@pytest.fixture
def vectors():
    return np.load(FOLDER / "vectors.npy")


@pytest.fixture
def kv(vectors):
    result = KeyedVectors(5)
    result.add_vectors(KEYS, vectors, extras={"count": np.array(COUNTS)})
    return result


@pytest.mark.parametrize("name", ["gensim.txt", "gensim.bin", "word2vec_c.bin"])
def test_exact_files_load_bit_for_bit(name, kv):
    loaded = KeyedVectors.load_word2vec_format(FOLDER / name, binary=name.endswith(".bin"))
    assert sorted(loaded.index_to_key) == sorted(KEYS)
    for key in KEYS:
        assert loaded[key].tobytes() == kv[key].tobytes()


def test_text_of_word2vec_c_loads_to_its_six_digits(vectors):
    loaded = KeyedVectors.load_word2vec_format(FOLDER / "word2vec_c.txt")
    assert loaded.index_to_key == KEYS
    np.testing.assert_allclose(loaded.vectors, vectors, rtol=1e-6, atol=5e-7)


def test_order_and_counts_of_gensim():
    loaded = KeyedVectors.load_word2vec_format(FOLDER / "gensim.txt", fvocab=FOLDER / "gensim.vocab")
    assert loaded.index_to_key == ["the", "東京", "naïve", "tie1", "tie2", "emoji🙂", "low", "zero"]
    assert loaded.expandos["count"].tolist() == [100, 70, 50, 9, 9, 3, 3, 1]


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("gensim.txt", {}),
        ("gensim.bin", {"binary": True}),
        ("gensim_prefix.txt", {"prefix": "p_", "write_header": False}),
    ],
)
def test_written_files_equal_those_of_gensim(name, options, kv, tmp_path):
    kv.save_word2vec_format(tmp_path / name, fvocab=tmp_path / "vocab", **options)
    assert (tmp_path / name).read_bytes() == (FOLDER / name).read_bytes()
    if not options:
        assert (tmp_path / "vocab").read_bytes() == (FOLDER / "gensim.vocab").read_bytes()


def snapshot():
    """The model in native/version1.safetensors."""
    padded = np.arange(3 * 16, dtype=np.float32).reshape(3, 16)
    arrays = {
        "vectors": padded[:, :5],
        "negative": padded[:, 8:13],
        "counts": np.array([9, 5, 1]),
        "lockf": np.ones(1, np.float32),
        "expando.sample_int": np.array([1, 2, 2**32 - 1], np.uint32),
        "expando.note": np.array(["x", None, 2.5], object),
    }
    return Snapshot("word2vec", ["naïve", "", "lone\ud800"], arrays, {"vector_size": 5, "comment": "é"})


def snapshot_with_a_tree():
    """The model in native/version2.safetensors."""
    before = snapshot()
    arrays = {name: array for name, array in before.arrays.items() if name != "negative"}
    arrays |= {"tree": before.arrays["negative"][:2], "tree.children": np.array([[1, -2], [0, 2]])}
    return Snapshot("word2vec", before.keys, arrays, {"vector_size": 5, "hs": 1, "negative": 0})


@pytest.mark.parametrize(("path", "make"), [(VERSION1, snapshot), (VERSION2, snapshot_with_a_tree)])
def test_native_files_load(path, make):
    loaded, expected = native.read(path), make()
    assert (loaded.kind, loaded.keys, loaded.settings) == (expected.kind, expected.keys, expected.settings)
    assert set(loaded.arrays) == set(expected.arrays)
    for name, array in expected.arrays.items():
        assert loaded.arrays[name].dtype == array.dtype
        assert loaded.arrays[name].tolist() == array.tolist()


@pytest.mark.parametrize(("path", "make"), [(VERSION1, snapshot), (VERSION2, snapshot_with_a_tree)])
def test_native_files_are_written_as_before(path, make):
    file = io.BytesIO()
    native.write(make(), file)
    assert file.getvalue() == path.read_bytes()


def test_a_tree_of_version_2():
    """Its root is the first node: no Huffman tree has that. The lone surrogate is a key like others."""
    model = Word2Vec.load(VERSION2)
    assert [model.wv.get_vecattr(key, "point").tolist() for key in model.wv.index_to_key] == [[0, 1], [0], [0, 1]]
    assert [model.wv.get_vecattr(key, "code").tolist() for key in model.wv.index_to_key] == [[1, 0], [0], [1, 1]]
    assert model.syn1.shape == (3, 5)
