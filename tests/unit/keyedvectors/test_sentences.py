"""Vectors of sentences: what they are, slowly, and what sentences may look like."""

import io
import warnings

import numpy as np
import pytest

from w2vcore.fasttext import FastTextKeyedVectors
from w2vcore.keyedvectors import KeyedVectors, SentenceVectorizer
from w2vcore.keyedvectors import sentences as module
from w2vcore.query import _sentences
from w2vcore.query import sentences as arithmetic
from w2vcore.utils import SaveLoad

WORDS = ["the", "cat", "dog", "sat", "on", "mat", "東京"]
COUNTS = [60, 9, 8, 7, 10, 4, 2]
TEXT = [
    ["the", "cat", "sat"],
    ["the", "dog", "on", "the", "mat"],
    ["東京"],
    ["cat", "unseen", "dog"],
    ["on", "on", "mat"],
]


@pytest.fixture
def wv():
    wv = KeyedVectors(6)
    vectors = np.random.default_rng(3).standard_normal((len(WORDS), 6))
    wv.add_vectors(WORDS, vectors, extras={"count": COUNTS})
    return wv


@pytest.fixture
def ngrams():
    rng = np.random.default_rng(4)
    wv = FastTextKeyedVectors(6, 3, 4, 80)
    wv.vectors_ngrams = rng.standard_normal((80, 6)).astype(np.float32)
    wv.add_vectors(WORDS, rng.standard_normal((len(WORDS), 6)), extras={"count": COUNTS})
    return wv


def slowly(wv, text, weight, remove, new=None):
    """The definition, with a loop over words and a singular value decomposition."""
    rows = []
    for sentence in text:
        words = [word for word in sentence if wv.has_index_for(word) or new is not None]
        vectors = [np.float64(weight.get(word, new)) * np.asarray(wv[word], np.float64) for word in words]
        rows.append(np.mean(vectors, axis=0) if vectors else np.zeros(wv.vector_size))
    matrix = np.array(rows)
    directions = np.linalg.svd(matrix, full_matrices=False)[2][:remove]
    return matrix - matrix @ directions.T @ directions


def sif(a):
    return {word: a / (a + count / sum(COUNTS)) for word, count in zip(WORDS, COUNTS, strict=True)}


def idf(text):
    containing = {word: sum(word in sentence for sentence in text) for word in WORDS}
    return {word: np.log((1 + len(text)) / (1 + m)) for word, m in containing.items()}


@pytest.mark.parametrize("remove", [0, 1, 2])
@pytest.mark.parametrize(
    "weighting, weight",
    [("sif", sif(0.02)), ("mean", dict.fromkeys(WORDS, 1)), ("idf", idf(TEXT))],
    ids=["sif", "mean", "idf"],
)
def test_the_definition(wv, weighting, weight, remove):
    made = wv.sentence_vectors(TEXT, weighting, remove, a=0.02)
    assert made.dtype == np.float32
    np.testing.assert_allclose(made, slowly(wv, TEXT, weight, remove), atol=1e-6)


@pytest.mark.parametrize(
    "weighting, weight, new", [("sif", sif(1e-3), 1), ("idf", idf(TEXT), np.log(6))], ids=["sif", "idf"]
)
def test_words_by_their_ngrams(ngrams, weighting, weight, new):
    made = ngrams.sentence_vectors(TEXT, weighting)
    np.testing.assert_allclose(made, slowly(ngrams, TEXT, weight, 1, new), atol=1e-6)


def test_a_word_without_a_single_ngram_is_unknown(ngrams):
    with pytest.warns(UserWarning, match="1 of 2 sentences have no known word"):
        made = ngrams.sentence_vectors([["the", ""], [""]], "mean", 0)
    np.testing.assert_allclose(made, [ngrams["the"], np.zeros(6)], atol=1e-7)


def test_the_mean_vector_in_batches(wv):
    made = wv.sentence_vectors(TEXT, "mean", 0, pre_normalize=True)
    np.testing.assert_allclose(made, [wv.get_mean_vector(sentence) for sentence in TEXT], atol=1e-6)


def test_sentences_without_known_words_are_zeros_and_one_warning_counts_them(wv):
    text = [[], ["cat"], ["unseen", "unknown"], ["dog", "mat"], []]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        made = wv.sentence_vectors(text)
    assert [str(each.message) for each in caught] == [
        "3 of 5 sentences have no known word (the first is sentence 0): their vectors are zeros"
    ]
    assert caught[0].filename == __file__
    assert made.any(axis=1).tolist() == [False, True, False, True, False]


def test_no_sentences_at_all(wv):
    assert wv.sentence_vectors([], remove_components=0).shape == (0, 6)
    assert SentenceVectorizer(wv).fit(TEXT).transform(iter([])).shape == (0, 6)


@pytest.mark.parametrize("weighting", module.WEIGHTINGS)
def test_what_was_fitted_is_for_other_sentences(wv, weighting):
    vectorizer = SentenceVectorizer(wv, weighting)
    together = vectorizer.fit_transform(TEXT)
    np.testing.assert_array_equal(vectorizer.transform(TEXT), together)
    alone = SentenceVectorizer(wv, weighting).fit(TEXT).transform(TEXT[1:2])[0]
    np.testing.assert_allclose(alone, together[1], atol=1e-6)  # products of another shape are rounded otherwise
    np.testing.assert_allclose(vectorizer.transform(TEXT) @ vectorizer.components.T, 0, atol=1e-6)


def test_portions_and_threads_change_nothing(wv, monkeypatch):
    rng = np.random.default_rng(5)
    text = [rng.choice([*WORDS, "unseen"], rng.integers(1, 9)).tolist() for _ in range(300)] + [[], ["cat"] * 70]
    with pytest.warns(UserWarning, match="of 302 sentences"):
        whole = wv.sentence_vectors(text, "idf", workers=1)
    monkeypatch.setattr(module, "_WORDS_AT_ONCE", 23)
    with pytest.warns(UserWarning, match="of 302 sentences"):
        np.testing.assert_array_equal(wv.sentence_vectors(text, "idf", workers=3), whole)


def test_numbers_of_other_types(wv):
    expected = wv.sentence_vectors(TEXT)
    for dtype, tolerance in ((np.float64, 1e-6), (np.float16, 2e-3)):
        other = KeyedVectors(6, dtype=dtype)
        other.add_vectors(WORDS, wv.vectors, extras={"count": COUNTS})
        np.testing.assert_allclose(other.sentence_vectors(TEXT), expected, atol=tolerance)
    wv.vectors = np.pad(wv.vectors, ((0, 0), (0, 10)))[:, :6]
    np.testing.assert_array_equal(wv.sentence_vectors(TEXT), expected)


def test_kinds_of_corpora(wv, tmp_path):
    expected = wv.sentence_vectors(TEXT)
    path = tmp_path / "text"
    path.write_text("".join(" ".join(sentence) + "\n" for sentence in TEXT), encoding="utf8")
    for made in (
        wv.sentence_vectors(iter(TEXT)),
        wv.sentence_vectors(tuple(map(tuple, TEXT))),
        wv.sentence_vectors(np.array(sentence) for sentence in TEXT),
        wv.sentence_vectors(corpus_file=path),
    ):
        np.testing.assert_array_equal(made, expected)


def test_blank_lines_of_a_file_count(wv, tmp_path):
    path = tmp_path / "text"
    path.write_text("the cat\n\n\ndog\n", encoding="utf8")
    with pytest.warns(UserWarning, match="2 of 4 sentences"):
        made = wv.sentence_vectors(corpus_file=path, weighting="mean", remove_components=0)
    np.testing.assert_array_equal(made.any(axis=1), [True, False, False, True])
    np.testing.assert_allclose(made[3], wv["dog"], atol=1e-7)


def test_keys_that_are_integers():
    wv = KeyedVectors(2)
    wv.add_vectors([10, 20], [[1, 0], [0, 1]], extras={"count": [1, 1]})
    made = wv.sentence_vectors([[10, 20, 30], np.array([20])], "mean", 0)
    assert made.tolist() == [[0.5, 0.5], [0.0, 1.0]]


def test_a_sentence_that_is_a_str_is_refused(wv):
    with pytest.raises(
        TypeError, match=r"sentence 1 is a str, 'the cat', and must be a list of words.*for one sentence"
    ):
        wv.sentence_vectors([["the"], "the cat"])
    with pytest.raises(TypeError, match="corpus_file"):
        wv.sentence_vectors("text.txt")


def test_bad_arguments(wv):
    for arguments, says in (
        ({"weighting": "tfidf"}, "weighting must be one of 'sif', 'mean', 'idf', got 'tfidf'"),
        ({"remove_components": 7}, "remove_components must be an int from 0 to 6, got 7"),
        ({"remove_components": -1}, "got -1"),
        ({"a": 0}, "a must be above 0"),
        ({"a": -1}, "at least 0"),
        ({"counts": [1, 2]}, "counts must be a number for each of 7 keys"),
        ({"counts": np.zeros(7)}, "not all 0"),
        ({"counts": "freq"}, "counts must be an array, 'zipf' or None"),
        ({"counts": "zipf", "weighting": "mean"}, "counts are for weighting='sif'"),
        ({"workers": 0}, "workers must be an int at least 1"),
        ({"remove_components": 5}, "remove_components=5 of 5 sentences with known words leaves nothing"),
    ):
        with pytest.raises(ValueError, match=says):
            wv.sentence_vectors(TEXT, **arguments)


def test_counts_that_are_not_there_or_made_up(wv):
    bare = KeyedVectors(6)
    bare.add_vectors(WORDS, wv.vectors)
    with pytest.raises(ValueError, match=r"these vectors have no column 'count'.*counts=\"zipf\""):
        bare.sentence_vectors(TEXT)
    text = "2 2\nthe 1 2\ncat 2 1\n"
    made_up = KeyedVectors.load_word2vec_format(io.BytesIO(text.encode()))
    with pytest.raises(ValueError, match="n - 1"):
        made_up.sentence_vectors([["the"], ["cat"]])
    np.testing.assert_array_equal(bare.sentence_vectors(TEXT, counts=COUNTS), wv.sentence_vectors(TEXT))
    zipf = bare.sentence_vectors(TEXT, counts="zipf")
    np.testing.assert_array_equal(zipf, bare.sentence_vectors(TEXT, counts=1 / np.arange(1, 8)))
    assert bare.sentence_vectors(TEXT, "idf").any()


def test_nothing_fitted_yet(wv, tmp_path):
    for vectorizer in (SentenceVectorizer(wv), SentenceVectorizer(wv, "idf", 0)):
        with pytest.raises(RuntimeError, match="call fit"):
            vectorizer.transform(TEXT)
        with pytest.raises(RuntimeError, match="call fit"):
            vectorizer.save(tmp_path / "file")
    assert SentenceVectorizer(wv, "mean", 0).transform([["cat"]]).any()


def test_vectors_that_changed(wv):
    vectorizer = SentenceVectorizer(wv).fit(TEXT)
    wv.add_vectors(["new"], np.ones((1, 6)))
    with pytest.raises(ValueError, match="7 keys before, and have 8"):
        vectorizer.transform(TEXT)


def test_vectors_that_are_not_finite(wv):
    wv.vectors[2, 3] = np.nan
    with pytest.raises(ValueError, match="the vector of 'dog' holds a number that is not finite"):
        wv.sentence_vectors(TEXT)


def test_files(wv, tmp_path):
    path = tmp_path / "sentences"
    vectorizer = SentenceVectorizer(wv, "idf", 2, pre_normalize=True)
    expected = vectorizer.fit_transform(TEXT)
    vectorizer.save(path)
    np.testing.assert_array_equal(SentenceVectorizer.load(path, wv).transform(TEXT), expected)
    assert path.stat().st_size < 2000
    reordered = KeyedVectors(6)
    reordered.add_vectors(WORDS[::-1], wv.vectors)
    with pytest.raises(ValueError, match="other keys"):
        SentenceVectorizer.load(path, reordered)
    small = KeyedVectors(2)
    small.add_vectors(["a"], [[1, 2]])
    with pytest.raises(ValueError, match="7 keys, of size 6, and these have 1 keys, of size 2"):
        SentenceVectorizer.load(path, small)
    wv.save(tmp_path / "vectors")
    with pytest.raises(ValueError, match="keyedvectors"):
        SentenceVectorizer.load(tmp_path / "vectors", wv)

    class Titles(SaveLoad):
        pass

    Titles().save(tmp_path / "titles")
    with pytest.raises(AttributeError, match="Titles"):
        SentenceVectorizer.load(tmp_path / "titles", wv)


def test_documents_like_a_query(wv):
    vectorizer = SentenceVectorizer(wv, remove_components=0)
    documents = KeyedVectors(6)
    documents.add_vectors([f"line {number}" for number in range(len(TEXT))], vectorizer.transform(TEXT))
    assert documents.most_similar(vectorizer.transform([["on", "mat"]])[0], topn=1)[0][0] == "line 4"


def test_components_of_a_known_matrix():
    rng = np.random.default_rng(8)
    matrix = rng.standard_normal((9000, 5)).astype(np.float32) * [1, 9, 2, 5, 1] + np.float32([0, 0, 3, 0, 0])
    found = arithmetic.principal_components(matrix.astype(np.float32), 3)
    expected = np.linalg.svd(matrix, full_matrices=False)[2][:3]
    np.testing.assert_allclose(np.abs(found @ expected.T), np.eye(3), atol=1e-4)
    assert all(row[np.abs(row).argmax()] > 0 for row in found)


def test_arrays_that_do_not_fit():
    rows, ids = np.ones((2, 3), np.float32), np.array([0, 1], np.uint32)
    means, counts = np.empty((1, 3), np.float32), np.empty(1, np.int64)
    for offsets in ([0, 3], [-1, 2], [2, 1], [0], [0, 1, 2]):
        with pytest.raises(ValueError, match=r"fit each other|beyond the ids"):
            _sentences.mean_rows(rows, ids, np.array(offsets, np.int64), means, counts)
    with pytest.raises(ValueError, match="beyond the ids"):
        _sentences.count_sentences(ids, np.array([0, 3]), counts)
