"""Adding, replacing, sorting, columns; and that no answer is ever given from stale norms."""

import logging

import numpy as np
import pytest

from w2vcore.keyedvectors import KeyedVectors


@pytest.fixture
def kv():
    result = KeyedVectors(2)
    result.add_vectors(["a", "b", "c"], [[1, 0], [1, 1], [0, 1]], extras={"count": [3, 9, 3]})
    return result


# ------------------------------------------------------------------ norms


def norms_by_hand(kv):
    return np.linalg.norm(kv.vectors.astype(np.float64), axis=1)


def assign(kv):
    kv.vectors = kv.vectors * 7


def multiply_in_place(kv):
    kv.vectors *= 7


def write_into(kv):
    kv.vectors[0] = 7


def write_into_all(kv):
    kv.vectors[:] *= 5


def write_into_and_clear(kv):
    kv.vectors[0] = 7
    kv.clear_norms()


@pytest.mark.parametrize(
    "change",
    [
        lambda kv: kv.add_vectors(["d", "e"], [[7, 7], [8, 8]]),
        lambda kv: kv.add_vectors(["a"], [[7, 7]], replace=True),
        lambda kv: kv.add_vector("d", [7, 7]),
        lambda kv: kv.__setitem__("a", [7, 7]),
        lambda kv: kv.__setitem__(["a", "d"], [[7, 7], [8, 8]]),
        lambda kv: kv.__setitem__(0, [7, 7]),
        lambda kv: kv.unit_normalize_all(),
        lambda kv: kv.sort_by_descending_frequency(),
        lambda kv: (kv.index_to_key.append("d"), kv.key_to_index.update(d=3), kv.resize_vectors()),
        assign,
        multiply_in_place,
        write_into,
        write_into_all,
        write_into_and_clear,
    ],
)
@pytest.mark.filterwarnings("ignore:add_vector copies")
def test_norms_are_never_stale(kv, change):
    assert kv.most_similar("a", topn=1)[0][0] == "b"
    assert kv.norms is not None
    change(kv)
    similarities = kv.most_similar(np.array([1.0, 0]), topn=None)
    expected = kv.vectors[:, 0] / norms_by_hand(kv)
    np.testing.assert_allclose(similarities, expected, atol=1e-6)
    np.testing.assert_allclose(kv.norms, norms_by_hand(kv), rtol=1e-6)


@pytest.mark.parametrize("ask", [lambda kv: kv.most_similar("a", topn=None), lambda kv: kv.most_similar("a", topn=1)])
def test_a_write_through_an_array_that_is_held_is_seen_in_what_was_asked(kv, ask):
    held = kv.vectors
    ask(kv)
    held[:] = held * [[2.0], [3.0], [4.0]]
    ask(kv)
    np.testing.assert_allclose(kv.norms, norms_by_hand(kv), rtol=1e-6)


def test_a_write_through_an_array_that_is_held_is_seen_in_what_is_answered(kv):
    held = kv.vectors
    query = np.array([1.0, 1.0])
    kv.most_similar(query)
    held[2] *= 100  # its cosine would be taken for a hundred times itself
    assert all(abs(value) <= 1 + 1e-6 for _, value in kv.most_similar(query, topn=1))
    kv.most_similar_batch([query], topn=1)
    held[1] *= 100
    assert all(abs(value) <= 1 + 1e-6 for _, value in kv.most_similar_batch([query], topn=1)[0])


def test_fill_norms(kv):
    kv.fill_norms()
    held = kv.vectors
    kv.fill_norms()
    held[0] = [3, 4]
    kv.fill_norms()
    assert kv.norms[0] == 1, "nobody has asked for the matrix since the norms were made"
    kv.fill_norms(force=True)
    assert kv.norms[0] == 5
    kv.vectors[0] = [6, 8]
    kv.fill_norms()
    assert kv.norms[0] == 10, "the matrix was handed out"


# ------------------------------------------------------------------ add


def test_add_vector_fills_free_rows_then_grows():
    kv = KeyedVectors(2, count=2)
    assert [kv.add_vector(key, [1, 2]) for key in "ab"] == [0, 1]
    with pytest.warns(UserWarning, match="use add_vectors"):
        assert kv.add_vector("c", [3, 4]) == 2
    assert kv.index_to_key == ["a", "b", "c"]
    assert kv.vectors.tolist() == [[1, 2], [1, 2], [3, 4]]


def test_add_vector_keeps_a_known_key(kv):
    assert kv.add_vector("b", [9, 9]) == 1
    assert kv["b"].tolist() == [1, 1]
    assert len(kv) == 3


def test_add_vectors_fills_free_rows_first():
    kv = KeyedVectors(1, count=3)
    kv.add_vector("a", [1])
    kv.add_vectors(["b", "c", "d"], [[2], [3], [4]])
    assert kv.index_to_key == ["a", "b", "c", "d"]
    assert kv.vectors.ravel().tolist() == [1, 2, 3, 4]


def test_add_vectors_forms(kv):
    kv.add_vectors("d", [7, 8])
    kv.add_vectors(["e"], [np.array([9, 9], np.float64)])
    kv.add_vectors([], [])
    assert kv.index_to_key == list("abcde")
    assert kv["d"].tolist() == [7, 8]
    assert kv.vectors.dtype == np.float32
    assert kv.get_vecattr("e", "count") == 0


def test_replace_or_keep(kv):
    kv.add_vectors(["b", "d"], [[9, 9], [8, 8]])
    assert kv[["b", "d"]].tolist() == [[1, 1], [8, 8]]
    kv.add_vectors(["b", "e"], [[9, 9], [7, 7]], extras={"count": [1, 2]}, replace=True)
    assert kv[["b", "e"]].tolist() == [[9, 9], [7, 7]]
    assert kv.expandos["count"].tolist() == [3, 1, 3, 0, 2]


def test_a_key_given_twice(kv):
    kv.add_vectors(["x", "x"], [[1, 2], [3, 4]])
    assert kv["x"].tolist() == [1, 2]
    kv.add_vectors(["x", "x"], [[5, 6], [7, 8]], replace=True)
    assert kv["x"].tolist() == [7, 8]
    assert kv.index_to_key == ["a", "b", "c", "x"]


def test_setitem(kv):
    kv["b"] = [5, 6]
    kv[["a", "z"]] = [[7, 7], [8, 8]]
    kv[2] = [9, 9]
    assert kv.index_to_key == ["a", "b", "c", "z"]
    assert kv.vectors.tolist() == [[7, 7], [5, 6], [9, 9], [8, 8]]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((["x"], [[1, 2, 3]]), r"1 keys need vectors of shape \(1, 2\), got \(1, 3\)"),
        ((["x", "y"], [[1, 2]]), r"2 keys need vectors of shape \(2, 2\), got \(1, 2\)"),
        ((["x"], [["1", "2"]]), "vectors must be numbers"),
        ((["x"], [[1, 2]], {"count": [1, 2]}), r"extras\['count'\] must have one value for each of 1 keys, got 2"),
    ],
)
def test_an_error_changes_nothing(kv, arguments, message):
    with pytest.raises(ValueError, match=message):
        kv.add_vectors(*arguments)
    assert (len(kv), kv.vectors.shape, "x" in kv) == (3, (3, 2), False)


def test_lock_factors_grow_with_the_rows(kv):
    kv.vectors_lockf = np.array([0, 1, 1], np.float32)
    kv.add_vectors(["d"], [[1, 1]])
    assert kv.vectors_lockf.tolist() == [0, 1, 1, 1]
    kv.vectors_lockf = np.ones(1, np.float32)
    kv.add_vectors(["e"], [[1, 1]])
    assert kv.vectors_lockf.tolist() == [1]


def test_resize_vectors_keeps_rows_and_draws_the_others(kv):
    kv.index_to_key += ["d", "e"]
    kv.key_to_index |= {"d": 3, "e": 4}
    kv.resize_vectors(seed=1)
    assert kv.vectors[:3].tolist() == [[1, 0], [1, 1], [0, 1]]
    assert kv.vectors[3:].any(axis=1).all()
    assert np.abs(kv.vectors[3:]).max() <= 0.5
    assert kv.expandos["count"].tolist() == [3, 9, 3, 0, 0]


# ------------------------------------------------------------------ columns


def test_columns(kv):
    kv.set_vecattr("a", "score", 1.5)
    kv.set_vecattr("c", "note", "hello")
    kv.set_vecattr("b", "flag", True)
    assert kv.get_vecattr("a", "score") == 1.5
    assert kv.get_vecattr(1, "count") == 9
    assert {name: column.dtype for name, column in kv.expandos.items()} == {
        "count": np.int64,
        "score": np.float64,
        "note": object,
        "flag": bool,
    }
    kv.add_vectors(["d"], [[1, 1]])
    assert kv.expandos["note"].tolist() == [0, 0, "hello", 0]


def test_columns_keep_their_type(kv):
    kv.expandos["sample_int"] = np.zeros(3, np.uint32)
    kv.set_vecattr("a", "sample_int", 2**32 - 1)
    assert kv.expandos["sample_int"].tolist() == [2**32 - 1, 0, 0]
    with pytest.raises(OverflowError):
        kv.set_vecattr("a", "sample_int", 2**32)
    for attr, value in (("count", "many"), ("count", 1.5), ("sample_int", 0.5)):
        with pytest.raises(TypeError, match=f"for attribute {attr}, conflicts with its existing type"):
            kv.set_vecattr("a", attr, value)
    kv.set_vecattr("a", "note", "x")
    with pytest.raises(TypeError, match="for attribute note"):
        kv.set_vecattr("a", "note", 5)


def test_missing_columns_and_keys(kv):
    with pytest.raises(KeyError, match="no attribute 'nope'; there are: count"):
        kv.get_vecattr("a", "nope")
    for call in (lambda: kv.get_vecattr("zzz", "count"), lambda: kv.set_vecattr("zzz", "count", 1)):
        with pytest.raises(KeyError, match="Key 'zzz' not present"):
            call()


def test_allocate_vecattrs(kv):
    kv.allocate_vecattrs(["x", "y", "z"], [int, str, np.float32])
    assert [kv.expandos[name].dtype for name in "xyz"] == [np.int64, object, np.float32]
    kv.index_to_key.append("d")
    kv.allocate_vecattrs()
    assert all(len(column) == 4 for column in kv.expandos.values())


# ------------------------------------------------------------------ order and length


def test_sort_by_descending_frequency(kv, caplog):
    kv.vectors_lockf = np.array([0.25, 0.5, 1], np.float32)
    with caplog.at_level(logging.WARNING):
        kv.sort_by_descending_frequency()
    assert "expensive & error-prone" in caplog.text
    assert kv.index_to_key == ["b", "c", "a"]
    assert kv.key_to_index == {"b": 0, "c": 1, "a": 2}
    assert kv.expandos["count"].tolist() == [9, 3, 3]
    assert kv.vectors.tolist() == [[1, 1], [0, 1], [1, 0]]
    assert kv.vectors_lockf.tolist() == [0.5, 1, 0.25]
    KeyedVectors(2).sort_by_descending_frequency()


def test_unit_normalize_all(kv):
    kv["a"] = [3, 4]
    kv["c"] = [0, 0]
    before = kv.vectors
    kv.unit_normalize_all()
    assert kv.vectors is before
    np.testing.assert_allclose(kv.vectors, [[0.6, 0.8], [2**-0.5, 2**-0.5], [0, 0]], rtol=1e-6)
    with pytest.warns(DeprecationWarning):
        kv.init_sims(replace=True)
    with pytest.warns(DeprecationWarning):
        kv.init_sims()
    assert kv.norms is not None
