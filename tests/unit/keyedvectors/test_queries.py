"""most_similar and its relatives, against brute force in float64, and with every form of input."""

import logging

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from w2vcore.keyedvectors import KeyedVectors
from w2vcore.model import weights

WORDS = [f"w{i}" for i in range(40)]


@pytest.fixture
def kv():
    result = KeyedVectors(17)
    result.add_vectors(WORDS, np.random.default_rng(3).standard_normal((40, 17)))
    return result


def unit(vector):
    length = np.linalg.norm(vector)
    return vector / length if length else vector


def brute_force(kv, inputs, excluded, topn, rows=slice(None), scale=unit):
    """The answer by definition: cosine of each row with the weighted mean of (unit) vectors, in float64."""
    mean = unit(sum(weight * scale(np.asarray(vector, np.float64)) for vector, weight in inputs))
    cosines = [(float(unit(np.asarray(vector, np.float64)) @ mean), row) for row, vector in enumerate(kv.vectors)][rows]
    best = sorted(
        (pair for pair in cosines if kv.index_to_key[pair[1]] not in excluded), key=lambda pair: (-pair[0], pair[1])
    )
    return [(kv.index_to_key[row], value) for value, row in best[:topn]]


def assert_answers(found, expected):
    assert [key for key, _ in found] == [key for key, _ in expected]
    # 1e-6: float32 sums of 17 products
    np.testing.assert_allclose([value for _, value in found], [value for _, value in expected], atol=1e-6)
    assert all(type(value) is float for _, value in found)


def test_one_key(kv):
    assert_answers(kv.most_similar("w3"), brute_force(kv, [(kv["w3"], 1)], {"w3"}, 10))
    for other in (kv.most_similar(["w3"]), kv.similar_by_word("w3"), kv.similar_by_key("w3"), kv.most_similar(3)):
        assert other == kv.most_similar("w3")


def test_analogy_and_weights(kv):
    expected = brute_force(kv, [(kv["w1"], 1), (kv["w2"], 1), (kv["w3"], -1)], {"w1", "w2", "w3"}, 5)
    assert_answers(kv.most_similar(["w1", "w2"], ["w3"], topn=5), expected)
    assert_answers(kv.most_similar(("w1", "w2"), "w3", topn=5), expected)
    weighted = kv.most_similar([("w1", 0.5), "w2"], [("w3", -2), "w4"], topn=5)
    inputs = [(kv["w1"], 0.5), (kv["w2"], 1), (kv["w3"], -2), (kv["w4"], -1)]
    assert_answers(weighted, brute_force(kv, inputs, {"w1", "w2", "w3", "w4"}, 5))


def test_vectors_are_not_left_out(kv):
    vector = np.array(kv["w3"])
    expected = brute_force(kv, [(vector, 1)], set(), 5)
    assert expected[0][0] == "w3"
    for found in (
        kv.most_similar(vector, topn=5),
        kv.most_similar([vector], topn=5),
        kv.most_similar(vector[np.newaxis], topn=5),
        kv.most_similar([vector.tolist()], topn=5),
        kv.similar_by_vector(vector, topn=5),
        kv.similar_by_vector(vector.tolist(), topn=5),
    ):
        assert_answers(found, expected)


def test_bytes_are_a_key_and_no_list_of_rows(kv):
    for ask in (kv.most_similar, kv.most_similar_cosmul, kv.get_vector, kv.__getitem__, kv.distances):
        with pytest.raises(KeyError, match="not present"):
            ask(b"\x01\x02")
    assert not kv.get_mean_vector(b"\x01\x02").any()


def test_similar_by_vector_takes_a_key_too(kv):
    assert kv.similar_by_vector("w3", topn=2) == kv.most_similar("w3", topn=2)


def test_vectors_are_taken_as_they_are(kv):
    """Keys are scaled to length 1, vectors that are given are not: as in gensim, measured with 4.4.0."""
    vector, as_it_is = np.array(kv["w3"]), np.asarray
    two = kv.most_similar(kv.vectors[:2], topn=3)
    assert_answers(two, brute_force(kv, [(kv["w0"], 1), (kv["w1"], 1)], set(), 3, scale=as_it_is))
    inputs = [(3 * vector, 2), (unit(kv["w1"]), 1), (kv["w2"], -1)]
    mixed = kv.most_similar([(3 * vector, 2), "w1"], [kv["w2"]], topn=3)
    assert_answers(mixed, brute_force(kv, inputs, {"w1"}, 3, scale=as_it_is))
    mean = kv.get_mean_vector([3 * vector, "w1"], weights=[1, -1])
    np.testing.assert_allclose(mean, (3 * vector - unit(kv["w1"])) / 2, rtol=1e-5)


def test_no_answers_are_of_any_question(kv):
    """As in gensim: nothing is looked up."""
    for ask in (kv.most_similar, kv.most_similar_cosmul):
        assert ask("missing", topn=0) == ask(topn=-1) == []


def test_topn(kv):
    assert len(kv.most_similar("w0", topn=np.int32(3))) == 3
    assert kv.most_similar("w0", topn=0) == kv.most_similar("w0", topn=-4) == []
    assert len(kv.most_similar("w0", topn=1000)) == 39
    everything = kv.most_similar("w0", topn=None)
    assert everything.shape == (40,)
    assert everything.dtype == np.float32
    assert kv.most_similar("w0", topn=None, clip_start=5, clip_end=9).tolist() == everything[5:9].tolist()
    with pytest.raises(TypeError, match=r"topn must be an int, or None for all similarities, got 2\.0"):
        kv.most_similar("w0", topn=2.0)


@pytest.mark.parametrize(
    ("options", "rows"),
    [
        ({"clip_start": 5}, slice(5, None)),
        ({"clip_end": 9}, slice(0, 9)),
        ({"clip_start": 5, "clip_end": 9}, slice(5, 9)),
        ({"clip_start": 1, "clip_end": 4}, slice(1, 4)),
        ({"restrict_vocab": 6}, slice(0, 6)),
        ({"restrict_vocab": 6, "clip_start": 5, "clip_end": 9}, slice(0, 6)),
        ({"restrict_vocab": 600}, slice(None)),
        ({"clip_start": 9, "clip_end": 5}, slice(0, 0)),
    ],
)
def test_ranges(kv, options, rows):
    assert_answers(kv.most_similar("w3", **options), brute_force(kv, [(kv["w3"], 1)], {"w3"}, 10, rows))
    if "restrict_vocab" in options:
        assert kv.similar_by_word("w3", restrict_vocab=options["restrict_vocab"]) == kv.most_similar("w3", **options)


def test_indexer_answers_and_is_passed_through(kv):
    class Indexer:
        def most_similar(self, vector, topn):
            return (vector, topn)

    vector, topn = kv.most_similar("w3", topn=4, indexer=Indexer())
    np.testing.assert_allclose(vector, unit(kv["w3"]), atol=1e-7)
    assert topn == 4


@pytest.mark.parametrize(
    ("inputs", "error", "message"),
    [
        ((), ValueError, "cannot compute mean with no input"),
        (([], []), ValueError, "cannot compute mean with no input"),
        (("zzz",), KeyError, "Key 'zzz' not present in vocabulary"),
        ((["w1", "zzz"],), KeyError, "Key 'zzz' not present in vocabulary"),
        (([2.5],), TypeError, "expected a key, a vector"),
        (([{"w1"}],), TypeError, "expected a key, a vector"),
        ((np.ones(5),), ValueError, r"a vector must hold 17 numbers, got shape \(5,\)"),
        (([["w1", "w2"]],), ValueError, "a vector must hold 17 numbers"),
    ],
)
def test_bad_input(kv, inputs, error, message):
    with pytest.raises(error, match=message):
        kv.most_similar(*inputs)


def test_zero_vectors_give_zero_and_never_nan(kv):
    kv["w5"] = np.zeros(17)
    everything = kv.most_similar("w0", topn=None)
    assert everything[5] == 0
    assert np.isfinite(everything).all()
    assert not kv.most_similar("w5", topn=None).any()
    # all equal: by row
    assert kv.most_similar("w5", topn=3) == [("w0", 0.0), ("w1", 0.0), ("w2", 0.0)]
    assert kv.similarity("w5", "w0") == 0
    assert kv.similarity("w5", "w5") == 0
    assert kv.distances("w5").tolist() == [1.0] * 40


matrices = arrays.arrays(np.float32, st.tuples(st.integers(2, 12), st.integers(1, 6)), elements=st.integers(-3, 3))


@settings(deadline=None)
@given(matrices, st.integers(1, 15), st.data())
def test_brute_force(matrix, topn, data):
    """On small integers, where many rows are equal, parallel or zero."""
    kv = KeyedVectors(matrix.shape[1])
    kv.add_vectors(WORDS[: len(matrix)], matrix)
    key = data.draw(st.sampled_from(kv.index_to_key))
    found = dict(kv.most_similar(key, topn=topn))
    expected = dict(brute_force(kv, [(kv[key], 1)], {key}, len(matrix)))
    assert len(found) == min(topn, len(matrix) - 1)
    assert key not in found
    assert list(found.values()) == sorted(found.values(), reverse=True)
    for word, value in found.items():
        assert value == pytest.approx(expected[word], abs=1e-6)
    left_out = [value for word, value in expected.items() if word not in found]
    assert max(left_out, default=-2) <= min(found.values()) + 1e-6


def test_a_view_of_a_padded_matrix_answers_as_its_copy(kv):
    padded = weights.zeros(40, 17)
    padded[:] = np.nan
    padded[:, :17] = kv.vectors
    expected = kv.most_similar(["w1"], ["w2"])
    kv.vectors = padded[:, :17]
    assert_answers(kv.most_similar(["w1"], ["w2"]), expected)
    assert kv.vectors.base is not None


def test_cosmul(kv):
    """By the formula of Levy and Goldberg, in float64."""

    def shifted(word):
        return np.array([(1 + unit(row.astype(float)) @ unit(kv[word].astype(float))) / 2 for row in kv.vectors])

    values = shifted("w1") * shifted("w2") / (shifted("w3") + 1e-6)
    expected = sorted(
        ((kv.index_to_key[row], value) for row, value in enumerate(values) if row not in (1, 2, 3)),
        key=lambda pair: -pair[1],
    )
    found = kv.most_similar_cosmul(["w1", "w2"], "w3", topn=5)
    assert [key for key, _ in found] == [key for key, _ in expected[:5]]
    np.testing.assert_allclose([value for _, value in found], [value for _, value in expected[:5]], rtol=1e-5)
    # a row number, a vector of any length, and a restricted vocabulary
    assert kv.most_similar_cosmul([1, "w2"], 3, topn=5) == found
    assert kv.most_similar_cosmul([kv["w1"] * 9], topn=1)[0][0] == "w1"
    restricted = kv.most_similar_cosmul(["w1", "w2"], "w3", restrict_vocab=8)
    assert [key for key, _ in restricted] == [key for key, _ in expected if int(key[1:]) < 8]
    np.testing.assert_allclose(kv.most_similar_cosmul(["w1", "w2"], "w3", topn=None), values, rtol=1e-5)
    assert kv.most_similar_cosmul("w1", topn=0) == []
    with pytest.raises(ValueError, match="cannot compute cosmul with no input"):
        kv.most_similar_cosmul()


# ------------------------------------------------------------------ comparison


def test_similarity_and_distance(kv):
    expected = unit(kv["w1"].astype(float)) @ unit(kv["w2"].astype(float))
    assert isinstance(kv.similarity("w1", "w2"), np.float32)
    assert kv.similarity("w1", "w2") == pytest.approx(expected, abs=1e-6)
    assert isinstance(kv.distance("w1", "w2"), np.float32)
    assert kv.distance("w1", "w2") == pytest.approx(1 - expected, abs=1e-6)
    assert all(kv.similarity(word, word) == 1 and kv.distance(word, word) == 0 for word in WORDS)


def test_distances(kv):
    expected = [kv.distance("w1", word) for word in WORDS]
    np.testing.assert_allclose(kv.distances("w1"), expected, atol=1e-6)
    np.testing.assert_allclose(kv.distances(np.array(kv["w1"]), ["w9", "w2"]), [expected[9], expected[2]], atol=1e-6)
    for arguments in (("zzz",), ("w1", ["zzz"])):
        with pytest.raises(KeyError, match="Key 'zzz' not present"):
            kv.distances(*arguments)


def test_n_similarity(kv):
    first, second = kv[["w1", "w2"]].mean(axis=0), kv[["w3"]].mean(axis=0)
    assert kv.n_similarity(["w1", "w2", "zzz"], ["w3"]) == pytest.approx(unit(first) @ unit(second), abs=1e-6)
    assert kv.n_similarity(["zzz"], ["w1"]) == 0
    with pytest.raises(ZeroDivisionError):
        kv.n_similarity([], ["w1"])


def test_centrality(kv, caplog):
    words = ["w1", "w2", "w3", "w4"]
    with caplog.at_level(logging.WARNING):
        ranked = kv.rank_by_centrality([*words, "zzz"])
    assert "zzz" in caplog.text
    rows = np.array([unit(kv[word]) for word in words])
    expected = sorted(zip(rows @ unit(rows.mean(axis=0)), words, strict=True), reverse=True)
    assert [word for _, word in ranked] == [word for _, word in expected]
    np.testing.assert_allclose([value for value, _ in ranked], [value for value, _ in expected], atol=1e-6)
    assert kv.doesnt_match(words) == ranked[-1][1]
    raw = kv[words]
    values = {word: value for value, word in kv.rank_by_centrality(words, use_norm=False)}
    np.testing.assert_allclose([values[word] for word in words], raw @ unit(raw.mean(axis=0)), atol=1e-5)
    for none in ([], ["zzz"]):
        with pytest.raises(ValueError, match="cannot select a word from an empty list"):
            kv.doesnt_match(none)


def test_closer_than_and_rank(kv):
    order = [word for word, _ in kv.most_similar("w1", topn=39)]
    assert set(kv.closer_than("w1", order[4])) == set(order[:4])
    assert kv.rank("w1", order[4]) == 5
    assert kv.rank("w1", order[0]) == 1
    assert kv.closer_than("w1", "w1") == []


def test_most_similar_to_given_and_relative(kv):
    candidates = ["w5", "w6", "w7"]
    assert kv.most_similar_to_given("w1", candidates) == max(candidates, key=lambda word: kv.similarity("w1", word))
    total = sum(value for _, value in kv.most_similar("w1", topn=10))
    assert kv.relative_cosine_similarity("w1", "w2") == pytest.approx(kv.similarity("w1", "w2") / total, rel=1e-5)


def test_cosine_similarities(kv):
    result = KeyedVectors.cosine_similarities(kv["w1"], kv.vectors)
    np.testing.assert_allclose(result, [kv.similarity("w1", word) for word in WORDS], atol=1e-6)
    assert KeyedVectors.cosine_similarities(np.zeros(17), kv.vectors).tolist() == [0] * 40


def test_queries_on_no_rows():
    empty = KeyedVectors(3)
    assert empty.similar_by_vector(np.ones(3)) == []
    assert empty.most_similar(np.ones(3), topn=None).shape == (0,)
