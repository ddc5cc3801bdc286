"""What stands for an id: rows, weights, and the vectors that are derived of them."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from w2vcore.model import features as module
from w2vcore.model.config import TrainingConfig
from w2vcore.model.features import Features, subword_features
from w2vcore.model.subwords import Subwords, bracketed
from w2vcore.model.tables import WordRates, centre_rates, input_table

INPUT_ROWS = 12


@st.composite
def made(draw, weighted=None):
    """Features of up to eight ids, with repeats and shared rows."""
    parts = draw(st.lists(st.lists(st.integers(0, INPUT_ROWS - 1), min_size=1, max_size=5), max_size=8))
    weight = st.floats(0.125, 8, width=32)
    weights = [draw(st.lists(weight, min_size=len(part), max_size=len(part))) for part in parts]
    return Features.of(parts, weights if (draw(st.booleans()) if weighted is None else weighted) else None, INPUT_ROWS)


matrices = arrays.arrays(np.float32, (INPUT_ROWS + 1, 3), elements=st.floats(-4, 4, width=32))


@settings(deadline=None)
@given(made(), matrices)
def test_a_vector_is_the_weighted_mean_of_its_rows(features, matrix):
    published = features.published(matrix)
    assert published.shape == (len(features), 3) and published.dtype == np.float32
    for id in range(len(features)):
        rows, weights = features.bag(id)
        expected = np.average(matrix[rows].astype(np.float64), axis=0, weights=weights)
        np.testing.assert_allclose(published[id], expected, atol=1e-5)


@settings(deadline=None)
@given(made(), matrices)
def test_published_vectors_do_not_depend_on_how_many_are_made_at_once(features, matrix):
    whole = features.published(matrix)
    before = module._AT_ONCE
    try:
        for module._AT_ONCE in (1, 7, 20):
            np.testing.assert_array_equal(features.published(matrix), whole)
    finally:
        module._AT_ONCE = before


@settings(deadline=None)
@given(made(weighted=False), matrices)
def test_a_weight_of_two_is_a_row_that_stands_twice(features, matrix):
    parts = [features.bag(id)[0].tolist() for id in range(len(features))]
    twice = Features.of([part + part[:1] for part in parts], None, INPUT_ROWS)
    heavy = Features.of(parts, [[2] + [1] * (len(part) - 1) for part in parts], INPUT_ROWS)
    np.testing.assert_allclose(heavy.published(matrix), twice.published(matrix), atol=1e-5)


@settings(deadline=None)
@given(made())
def test_updates_go_to_the_rows_of_their_ids(features):
    per_id = np.arange(1.0, len(features) + 1)
    updates = features.update_rates(per_id)
    assert updates.shape == (INPUT_ROWS,)
    expected = np.zeros(INPUT_ROWS)
    for id in range(len(features)):
        np.add.at(expected, features.bag(id)[0], per_id[id])
    np.testing.assert_allclose(updates, expected)


def test_the_table_of_features_has_their_rows_and_the_rates_of_their_ids():
    features = Features.of([[0, 3], [1, 3], [2]], input_rows=5)
    table = features.table(input_table(8))
    counts = np.array([6, 3, 1])
    words = WordRates(TrainingConfig(), counts, centre_rates(counts, None), contexts=2.0, examples=1.0)
    np.testing.assert_allclose(table.update_rates(words), [1.2, 0.6, 0.2, 1.8, 0])
    assert table.hottest(words).tolist() == [3, 0, 1, 2, 4]
    assert (input_table(8).hot_end(words), table.hot_end(words)) == ("first", None)
    assert table.begin(vocabulary=3, seed=1).shape == (5, 8) and table.rows(3) == table.used_rows(3) == 5
    assert (table.name, table.attribute, table.keyed) == ("input", "wv.vectors", False)


def test_one_row_each_is_no_features_at_all():
    matrix = np.random.default_rng(1).random((4, 3), np.float32)
    features = Features.of([[0], [1], [2], [3]])
    np.testing.assert_array_equal(features.published(matrix), matrix)
    assert (len(features), features.input_rows, features.longest) == (4, 4, 1)


def arrays_of(**changes):
    return {
        "indptr": np.array([0, 1, 3]),
        "rows": np.array([0, 1, 1], np.uint32),
        "input_rows": 2,
        "weights": np.ones(3, np.float32),
        **changes,
    }


@pytest.mark.parametrize(
    "changes, message",
    [
        ({"indptr": [0, 1, 3]}, "indptr must be a one-dimensional, contiguous array of int64, got list"),
        ({"indptr": np.array([0, 1, 3], np.int32)}, "of int64, got int32, shape (3,)"),
        ({"indptr": np.array([], np.int64)}, "indptr must go from 0 to 3, the number of rows that are named; it is empty"),
        ({"indptr": np.array([0, 1, 4])}, "indptr must go from 0 to 3, the number of rows that are named; it is from 0 to 4"),
        ({"indptr": np.array([1, 2, 3])}, "it is from 1 to 3"),
        ({"indptr": np.array([0, 0, 3])}, "id 0 must have a row at least, got 0"),
        ({"indptr": np.array([0, 4, 3])}, "id 1 must have a row at least, got -1"),
        ({"rows": np.array([0, 1, 1])}, "rows must be a one-dimensional, contiguous array of uint32, got int64"),
        ({"rows": np.array([0, 1, 2], np.uint32)}, "rows must be less than 2, the number of input rows, got 2"),
        ({"input_rows": -1}, "input_rows must be an int from 0 to 4294967296, got -1"),
        ({"weights": np.ones(2, np.float32)}, "weights must hold a number for each of 3 rows, got 2"),
        ({"weights": np.array([1, 0, 1], np.float32)}, "weights must be finite and above 0, got 0.0 at 1"),
        ({"weights": np.array([1, 1, np.nan], np.float32)}, "weights must be finite and above 0, got nan at 2"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused(changes, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        Features(**arrays_of(**changes))


def test_lists_that_do_not_fit_are_refused():
    with pytest.raises(ValueError, match="id 1 has 2 rows and 1 weights: each row needs one"):
        Features.of([[0], [0, 1]], [[1], [1]])
    with pytest.raises(ValueError, match=r"rows must be ints from 0 to 4294967295, got -1 and 0"):
        Features.of([[0, -1]])
    with pytest.raises(ValueError, match="matrix must have 3 rows at least, got shape"):
        Features.of([[2]]).published(np.zeros((2, 4), np.float32))


def test_what_does_not_fit_a_model_is_refused():
    features = Features.of([[0, 2], [1, 2]])
    features.check(2, 3)
    features.check(2, 100)
    with pytest.raises(ValueError, match="features must be those of 3 ids, the vocabulary; they are of 2"):
        features.check(3, 3)
    with pytest.raises(ValueError, match="the input matrix must have 3 rows at least, as the features need; it has 2"):
        features.check(2, 2)


WORDS = [b"where", b"whereas", "où".encode(), b"a", b"</s>", b"banana"]


@pytest.mark.parametrize("min_n, max_n", [(3, 6), (1, 2), (3, 2)])
def test_words_with_their_ngrams_have_the_vectors_of_fasttext(min_n, max_n):
    buckets, size = 50, 4
    rng = np.random.default_rng(3)
    own, table = rng.random((len(WORDS), size), np.float32), rng.random((buckets, size), np.float32)
    features, used = subword_features(WORDS, min_n, max_n, buckets)
    assert features.input_rows == len(WORDS) + len(used)
    assert [features.bag(id)[0][0] for id in range(len(WORDS))] == list(range(len(WORDS)))
    total, counts = Subwords(table, min_n, max_n).sums(WORDS, own)
    published = features.published(np.concatenate([own, table[used]]))
    np.testing.assert_allclose(published, total / counts[:, None], rtol=1e-5)


def fnv(text):
    """The hash of fastText, of the bytes as it has them: widened from signed ones."""
    value = 2166136261
    for byte in text:
        value = ((value ^ (byte if byte < 128 else byte + 0xFFFFFF00)) * 16777619) % 2**32
    return value


@settings(deadline=None)
@given(st.text(st.sampled_from("abé語"), max_size=6), st.integers(1, 4), st.integers(1, 5))
def test_the_ngrams_of_a_word_are_all_of_its_pieces(word, min_n, max_n):
    """By start and then by length; < or > alone is none."""
    text = f"<{word}>"
    pieces = [
        text[start : start + n]
        for start in range(len(text))
        for n in range(min_n, max_n + 1)
        if start + n <= len(text) and text[start : start + n] not in ("<", ">")
    ]
    indptr, buckets = module.subwords_of([word.encode()], min_n, max_n, 1009)
    assert bracketed([word.encode()]) == [text.encode()]
    assert indptr.tolist() == [0, len(pieces)]
    assert buckets.tolist() == [fnv(piece.encode()) % 1009 for piece in pieces]
