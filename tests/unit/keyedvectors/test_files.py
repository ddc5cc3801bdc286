"""KeyedVectors to files and back; mapped vectors answer queries."""

import io
import logging

import numpy as np
import pytest

from w2vcore.formats import native
from w2vcore.formats.snapshot import Snapshot
from w2vcore.keyedvectors import KeyedVectors
from w2vcore.model import weights


@pytest.fixture
def kv():
    result = KeyedVectors(17)
    padded = weights.zeros(30, 17)
    padded[:] = np.random.default_rng(1).standard_normal(padded.shape)
    result.index_to_key = [f"w{i}" for i in range(30)]
    result.key_to_index = {key: row for row, key in enumerate(result.index_to_key)}
    result.vectors = padded[:, :17]
    result.expandos = {"count": np.arange(30, 0, -1), "sample_int": np.arange(30, dtype=np.uint32)}
    result.set_vecattr("w1", "note", "é")
    return result


def assert_equal(read, written):
    assert read.index_to_key == written.index_to_key
    assert read.key_to_index == written.key_to_index
    assert read.vector_size == written.vector_size
    assert read.next_index == len(read)
    np.testing.assert_array_equal(read.vectors, written.vectors)
    assert {name: column.tolist() for name, column in read.expandos.items()} == {
        name: column.tolist() for name, column in written.expandos.items()
    }


@pytest.mark.parametrize("mmap", [None, "r", "c", "r+"])
def test_save_and_load(kv, tmp_path, mmap):
    kv.save(tmp_path / "kv")
    read = KeyedVectors.load(tmp_path / "kv", mmap=mmap)
    assert_equal(read, kv)
    assert read.most_similar(["w1"], ["w2"]) == kv.most_similar(["w1"], ["w2"])
    assert isinstance(read.vectors, np.memmap) == (mmap is not None)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["kv"]


def test_a_mapped_object_can_be_changed_without_touching_the_file(kv, tmp_path):
    kv.save(tmp_path / "kv")
    before = (tmp_path / "kv").read_bytes()
    read = KeyedVectors.load(str(tmp_path / "kv"), mmap="r")
    with pytest.raises(ValueError, match="mapped read-only"):
        read.unit_normalize_all()
    read.add_vectors(["new"], np.ones((1, 17)))
    read.set_vecattr("w1", "count", 99)
    read.unit_normalize_all()
    assert len(read.most_similar("new")) == 10
    assert (tmp_path / "kv").read_bytes() == before


def test_handles_and_packed_files(kv, tmp_path):
    file = io.BytesIO()
    kv.save(file)
    file.seek(0)
    assert_equal(KeyedVectors.load(file), kv)
    kv.save(tmp_path / "kv.gz")
    assert_equal(KeyedVectors.load(tmp_path / "kv.gz"), kv)
    with pytest.raises(OSError, match="uncompressed"):
        KeyedVectors.load(tmp_path / "kv.gz", mmap="r")


def test_pickle_arguments_are_accepted_and_ignored(kv, tmp_path, caplog):
    with caplog.at_level(logging.DEBUG, logger="w2vcore.keyedvectors"):
        kv.save(tmp_path / "a")
        assert "ignored" not in caplog.text
        kv.save(tmp_path / "b", separately=["vectors"], sep_limit=1, ignore=["norms"], pickle_protocol=2)
    assert "ignored: one file is written, no pickle" in caplog.text
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_the_vectors_of_a_model_load(kv, tmp_path):
    arrays = {**kv.snapshot().arrays, "negative": np.zeros((30, 17), np.float32), "lockf": np.ones(1, np.float32)}
    native.write(Snapshot("word2vec", kv.index_to_key, arrays, {"window": 5}), tmp_path / "model")
    read = KeyedVectors.load(tmp_path / "model", mmap="r")
    assert_equal(read, kv)
    assert not hasattr(read, "vectors_lockf")


def test_another_kind_of_model(kv, tmp_path):
    native.write(Snapshot("phrases", ["a"], {"vectors": np.zeros((1, 1))}), tmp_path / "x")
    with pytest.raises(AttributeError, match="Model of type phrases can't be loaded by KeyedVectors"):
        KeyedVectors.load(tmp_path / "x")


def test_lock_factors_are_kept(kv, tmp_path):
    kv.vectors_lockf = np.linspace(0, 1, 30, dtype=np.float32)
    kv.save(tmp_path / "kv")
    assert KeyedVectors.load(tmp_path / "kv").vectors_lockf.tolist() == kv.vectors_lockf.tolist()


def test_a_subclass_loads_as_itself(kv, tmp_path):
    class Mine(KeyedVectors):
        pass

    kv.save(tmp_path / "kv")
    assert type(Mine.load(tmp_path / "kv")) is Mine


def test_keys_that_cannot_be_saved(kv, tmp_path):
    kv.add_vectors([("a", "tuple")], np.ones((1, 17)))
    with pytest.raises(TypeError, match=r"key \('a', 'tuple'\) \(row 30\) is a tuple"):
        kv.save(tmp_path / "kv")
    with pytest.raises(TypeError, match="row 0 has no key"):
        KeyedVectors(2, count=1).save(tmp_path / "kv")
    assert list(tmp_path.iterdir()) == []


def test_missing_file(tmp_path):
    for load in (KeyedVectors.load, KeyedVectors.load_word2vec_format):
        with pytest.raises(FileNotFoundError):
            load(tmp_path / "missing")


def test_a_key_that_occurs_twice(tmp_path):
    native.write(Snapshot("keyedvectors", ["a", "b", "a"], {"vectors": np.zeros((3, 1))}), tmp_path / "x")
    with pytest.raises(ValueError, match="key 'a' occurs twice"):
        KeyedVectors.load(tmp_path / "x")


# ------------------------------------------------------------------ word2vec format


@pytest.mark.parametrize("binary", [False, True])
def test_word2vec_format(kv, tmp_path, binary):
    kv.expandos["count"][:] = [5, 7] * 15
    kv.save_word2vec_format(tmp_path / "v", fvocab=tmp_path / "vocab", binary=binary)
    read = KeyedVectors.load_word2vec_format(tmp_path / "v", fvocab=tmp_path / "vocab", binary=binary)
    assert read.index_to_key == [f"w{i}" for i in [*range(1, 30, 2), *range(0, 30, 2)]]
    assert read.expandos["count"].tolist() == [7] * 15 + [5] * 15
    for key in kv.index_to_key:
        assert read[key].tobytes() == kv[key].tobytes()
    assert KeyedVectors.load_word2vec_format(tmp_path / "v", binary=binary).expandos["count"].tolist() == list(
        range(30, 0, -1)
    )


def test_sort_attr(kv, tmp_path, caplog):
    kv.expandos["rank"] = np.arange(30, dtype=np.uint8)
    kv.save_word2vec_format(tmp_path / "v", sort_attr="rank")
    assert KeyedVectors.load_word2vec_format(tmp_path / "v").index_to_key == kv.index_to_key[::-1]
    with caplog.at_level(logging.WARNING):
        kv.save_word2vec_format(tmp_path / "v", sort_attr="none")
    assert "attribute none not present" in caplog.text
    assert KeyedVectors.load_word2vec_format(tmp_path / "v").index_to_key == kv.index_to_key
    with pytest.raises(ValueError, match="fvocab needs the attribute 'none'"):
        kv.save_word2vec_format(tmp_path / "v", fvocab=tmp_path / "vocab", sort_attr="none")


def test_header_prefix_and_append(kv, tmp_path):
    kv.save_word2vec_format(tmp_path / "v", total_vec=60)
    kv.save_word2vec_format(tmp_path / "v", write_header=False, prefix="*", append=True)
    read = KeyedVectors.load_word2vec_format(tmp_path / "v")
    assert read.index_to_key == kv.index_to_key + [f"*{key}" for key in kv.index_to_key]


def test_a_vocabulary_file_without_some_word(kv, tmp_path, caplog):
    kv.save_word2vec_format(tmp_path / "v")
    (tmp_path / "vocab").write_text("w0 12\n")
    with caplog.at_level(logging.WARNING):
        read = KeyedVectors.load_word2vec_format(tmp_path / "v", fvocab=tmp_path / "vocab")
    assert "has no count for word 'w1'; taken as 0" in caplog.text
    assert read.expandos["count"].tolist() == [12] + [0] * 29


def test_half_precision_answers(kv, tmp_path):
    kv.save_word2vec_format(tmp_path / "v", binary=True)
    read = KeyedVectors.load_word2vec_format(tmp_path / "v", binary=True, datatype=np.float16)
    assert read.vectors.dtype == np.float16
    # 2e-3: 11 bits of each number
    np.testing.assert_allclose(read.most_similar("w1", topn=None), kv.most_similar("w1", topn=None), atol=2e-3)


def test_loaded_arrays_have_no_spare_rows(tmp_path, caplog):
    (tmp_path / "v").write_text("3 1\na 1\na 2\nb 3\n")
    read = KeyedVectors.load_word2vec_format(tmp_path / "v")
    assert (len(read), read.vectors.shape, read.expandos["count"].tolist()) == (2, (2, 1), [2, 1])


@pytest.mark.parametrize("rows", [[5, 2], [*range(30), 1, 1]])
def test_what_was_made_by_hand_can_be_saved_and_loaded(kv, tmp_path, caplog, rows):
    """Vectors and keys that a user replaces leave the columns as long as they were."""
    kv.set_vecattr("w29", "weight", 1.5)
    kv.index_to_key = [f"v{place}" for place in range(len(rows))]
    kv.key_to_index = {key: row for row, key in enumerate(kv.index_to_key)}
    kv.vectors = np.array(kv.vectors[rows])
    kv.expandos["count"] = kv.expandos["count"][::-1]  # so that the order of writing is another one
    expected = [*kv.expandos["count"][: len(rows)].tolist(), *[0] * (len(rows) - 30)]
    kv.save(tmp_path / "kv")
    loaded = KeyedVectors.load(tmp_path / "kv")
    np.testing.assert_array_equal(loaded.vectors, kv.vectors)
    assert loaded.expandos["count"].tolist() == expected
    assert set(loaded.expandos) == {"count", "sample_int", "note", "weight"}
    assert "column 'count' has 30 values for" in caplog.text
    for binary in (False, True):
        kv.save_word2vec_format(tmp_path / "kv.w2v", fvocab=tmp_path / "vocab", binary=binary)
        read = KeyedVectors.load_word2vec_format(tmp_path / "kv.w2v", fvocab=tmp_path / "vocab", binary=binary)
        assert read.index_to_key == sorted(kv.index_to_key, key=lambda key: -expected[kv.key_to_index[key]])
        np.testing.assert_allclose(read.vectors, kv[read.index_to_key], rtol=1e-6)
        assert [read.get_vecattr(key, "count") for key in kv.index_to_key] == expected


def test_a_key_in_two_rows_is_not_saved(tmp_path):
    kv = KeyedVectors(2)
    kv.index_to_key, kv.key_to_index, kv.vectors = ["a", "b", "a"], {"a": 0, "b": 1}, np.zeros((3, 2), np.float32)
    with pytest.raises(ValueError, match="key 'a' stands in rows 0 and 2 of index_to_key"):
        kv.save(tmp_path / "kv")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("dtype", [np.int64, np.uint8, np.float16, np.float64])
def test_vectors_of_any_type_of_numbers(tmp_path, dtype):
    kv = KeyedVectors(2)
    kv.add_vectors(["a", "b"], np.zeros((2, 2)))
    kv.vectors = np.array([[1, 2], [3, 4]], dtype)
    kv.save(tmp_path / "kv")
    loaded = KeyedVectors.load(tmp_path / "kv")
    assert loaded.vectors.dtype == dtype and loaded.vectors.tolist() == [[1, 2], [3, 4]]


def test_text_has_all_digits_of_float64(tmp_path):
    kv = KeyedVectors(2, dtype=np.float64)
    kv.add_vectors(["a"], [[1e300, 1 / 3]])
    kv.save_word2vec_format(tmp_path / "kv.txt")
    loaded = KeyedVectors.load_word2vec_format(tmp_path / "kv.txt", datatype=np.float64)
    assert loaded["a"].tolist() == [1e300, 1 / 3]
