"""most_similar_batch against most_similar, query by query."""

import numpy as np
import pytest

from w2vcore.keyedvectors import KeyedVectors


@pytest.fixture
def kv():
    result = KeyedVectors(17)
    result.add_vectors([f"w{i}" for i in range(300)], np.random.default_rng(3).standard_normal((300, 17)))
    return result


def assert_same(found, expected):
    for ours, theirs in zip(found, expected, strict=True):
        assert {key for key, _ in ours} == {key for key, _ in theirs}  # rounding may order neighbours in another way
        np.testing.assert_allclose([value for _, value in ours], [value for _, value in theirs], atol=1e-6)
        assert all(type(value) is float for _, value in ours)


@pytest.mark.parametrize(
    "options",
    [{}, {"topn": 3}, {"topn": np.int64(1)}, {"restrict_vocab": 20}, {"clip_start": 100, "clip_end": 150}, {"topn": 999},
     {"clip_start": 299}, {"clip_start": 5, "clip_end": 5}],
)  # fmt: skip
def test_as_one_by_one(kv, options):
    queries = ["w3", 7, kv["w299"], kv["w5"].tolist(), *kv.index_to_key]
    assert_same(kv.most_similar_batch(queries, **options), [kv.most_similar([query], **options) for query in queries])


def test_forms(kv):
    one = kv.most_similar_batch(["w3"])
    assert kv.most_similar_batch("w3") == kv.most_similar_batch(("w3",)) == one
    assert_same(kv.most_similar_batch(kv.vectors[:9]), [kv.similar_by_vector(row) for row in kv.vectors[:9]])
    assert_same(kv.most_similar_batch(kv["w3"] * 9), [kv.similar_by_vector(kv["w3"])])
    assert kv.most_similar_batch([]) == []
    assert kv.most_similar_batch(["w1", "w2"], topn=0) == [[], []]
    assert kv.most_similar_batch(kv.index_to_key, threads=3) == kv.most_similar_batch(kv.index_to_key, threads=1)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((["w1", "zzz"],), KeyError, "Key 'zzz' not present in vocabulary"),
        ((["w1", np.ones(5)],), ValueError, r"a vector must hold 17 numbers, got shape \(5,\)"),
        ((["w1"], None), TypeError, "topn must be an int, got None"),
        ((["w1"], 2.5), TypeError, r"topn must be an int, or None for all similarities, got 2\.5"),
        ((["w1"], 5, 0, None, None, 0), ValueError, "threads must be at least 1, or None for one a core, got 0"),
    ],
)
def test_bad_input(kv, arguments, error, message):
    with pytest.raises(error, match=message):
        kv.most_similar_batch(*arguments)


def test_zero_vectors_and_no_rows(kv):
    kv["w5"] = np.zeros(17)
    assert kv.most_similar_batch(["w5"], topn=2) == [[("w0", 0.0), ("w1", 0.0)]]
    assert KeyedVectors(3).most_similar_batch([np.ones(3)]) == [[]]


@pytest.mark.parametrize("kind", [np.float16, np.float64])
def test_other_types(kv, kind):
    other = KeyedVectors(17, dtype=kind)
    other.add_vectors(kv.index_to_key, kv.vectors)
    keys = kv.index_to_key[:50]
    assert_same(other.most_similar_batch(keys, topn=4), [other.most_similar(key, topn=4) for key in keys])


def test_norms_are_those_of_the_vectors_as_they_are(kv):
    kv.most_similar_batch(["w1"])
    kv.vectors[2] = kv.vectors[1] * 50
    assert kv.most_similar_batch(["w1"], topn=1) == [[("w2", pytest.approx(1, abs=1e-6))]]
