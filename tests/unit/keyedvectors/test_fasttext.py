"""Vectors of words by parts: any word has one, wherever it is asked about, and what is assigned is kept."""

import copy
import logging
import pickle
from pathlib import Path

import numpy as np
import pytest

from w2vcore.fasttext import FastTextKeyedVectors, ft_ngram_hashes, load_facebook_vectors
from w2vcore.formats import fasttext_binary
from w2vcore.keyedvectors import KeyedVectors

GOLDEN = Path(__file__).parents[2] / "golden" / "fasttext"
WORDS = ["north", "south", "northern", "東京", "the"]
NEW = ["northerly", "東京都", "southern"]
BUCKET, SIZE = 60, 5


@pytest.fixture
def wv():
    rng = np.random.default_rng(7)
    wv = FastTextKeyedVectors(SIZE, 3, 5, BUCKET)
    wv.vectors_ngrams = rng.standard_normal((BUCKET, SIZE)).astype(np.float32)
    wv.add_vectors(WORDS, np.zeros((len(WORDS), SIZE)), extras={"count": [9, 7, 5, 3, 1]})
    wv.vectors_vocab = rng.standard_normal((len(WORDS), SIZE)).astype(np.float32)
    wv.adjust_vectors()
    return wv


def mean_of_ngrams(wv, word, own=None):
    """What the vector of a word is, slowly."""
    rows = [wv.vectors_ngrams[bucket] for bucket in ft_ngram_hashes(word, wv.min_n, wv.max_n, wv.bucket)]
    return np.mean(rows if own is None else [*rows, own], axis=0)


def cosine(one, other):
    return float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))


def test_vectors_are_means(wv):
    for row, word in enumerate(WORDS):
        np.testing.assert_allclose(wv[word], mean_of_ngrams(wv, word, wv.vectors_vocab[row]), atol=1e-6)
    for word in NEW:
        np.testing.assert_allclose(wv[word], mean_of_ngrams(wv, word), atol=1e-6)
        np.testing.assert_allclose(np.linalg.norm(wv.get_vector(word, norm=True)), 1, atol=1e-6)


def test_the_end_of_a_sentence_has_no_ngrams(wv):
    wv.add_vectors(["</s>"], [[1, 2, 3, 4, 5]])
    wv.adjust_vectors()
    np.testing.assert_array_equal(wv["</s>"], [1, 2, 3, 4, 5])


def test_what_is_in_them(wv):
    assert all(key in wv for key in [*WORDS, *NEW, "", None])
    assert [wv.has_index_for(word) for word in ("north", "northerly", None)] == [True, False, False]
    assert "northerly" not in wv.key_to_index
    for ask in (wv.get_index, lambda word: wv.rank(word, "north"), lambda word: wv.closer_than("north", word)):
        with pytest.raises(KeyError):
            ask("northerly")
    assert wv.get_index("northerly", -1) == -1


@pytest.mark.parametrize("key", [None, 3.5, 99, -1, b"north"])
def test_what_is_no_word(wv, key):
    with pytest.raises(KeyError):
        wv[key]


def test_a_number_is_a_row(wv):
    np.testing.assert_array_equal(wv[1], wv["south"])
    np.testing.assert_array_equal(wv[[1, "south"]], wv[["south", 1]])


def test_vectors_are_read_only(wv):
    for word in ("north", "northerly"):
        with pytest.raises(ValueError, match="read-only"):
            wv[word][0] = 1


def test_a_word_too_short_for_any_ngram(wv, caplog):
    with caplog.at_level(logging.WARNING, "w2vcore"):
        assert not wv[""].any()
        assert not wv.get_vector("", norm=True).any()
    assert "no n-gram of ''" in caplog.text
    assert wv.similarity("", "north") == 0


def test_lone_surrogates(wv):
    assert wv["\ud800abc"].any()
    assert wv["\udce9abc"].any()


def test_without_ngrams(wv):
    plain = FastTextKeyedVectors(2, 3, 6, 0)
    plain.add_vectors(["north"], [[1, 2]])
    assert ("north" in plain, "south" in plain) == (True, False)
    with pytest.raises(KeyError, match="Key 'south' not present"):
        plain["south"]
    assert [len(buckets) for buckets in plain.buckets_word] == [0]
    plain.adjust_vectors()
    assert plain["north"].tolist() == [1, 2]
    with pytest.raises(ValueError, match="bucket must be at least 0, got -1"):
        FastTextKeyedVectors(2, 3, 6, -1)


# ------------------------------------------------------------------ queries


@pytest.fixture
def plain(wv):
    """The same vectors, with the new words among the keys."""
    plain = KeyedVectors(SIZE)
    plain.add_vectors([*WORDS, *NEW], wv[[*WORDS, *NEW]])
    return plain


QUERIES = {
    "similarity": lambda kv: kv.similarity("northerly", "north"),
    "distance": lambda kv: kv.distance("northerly", "southern"),
    "distances": lambda kv: kv.distances("northerly", ["north", "southern", "the"]),
    "n_similarity": lambda kv: kv.n_similarity(["northerly", "the"], ["southern"]),
    "mean": lambda kv: kv.get_mean_vector(["northerly", "north"], weights=[2, 1]),
    "mean_of_raw": lambda kv: kv.get_mean_vector(["northerly", "north"], pre_normalize=False),
    "most_similar": lambda kv: kv.most_similar("northerly", topn=None, restrict_vocab=5),
    "analogy": lambda kv: kv.most_similar(["northerly", "the"], ["southern"], topn=None, restrict_vocab=5),
    "cosmul": lambda kv: kv.most_similar_cosmul(["northerly", "the"], ["southern"], topn=None, restrict_vocab=5),
    "given": lambda kv: kv.most_similar_to_given("northerly", ["the", "southern", "northern"]),
    "odd": lambda kv: kv.doesnt_match(["northerly", "southern", "north", "the"]),
    "ranking": lambda kv: [word for _, word in kv.rank_by_centrality(["northerly", "southern", "the"])],
}


@pytest.mark.parametrize("query", QUERIES.values(), ids=QUERIES)
def test_a_new_word_is_asked_about_like_a_key(wv, plain, query):
    one, other = query(wv), query(plain)
    if isinstance(one, (str, list)):
        assert one == other
    else:
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_many_new_words_at_once(wv):
    words = ["northerly", "north", "southern", "zzz"]
    together = wv.most_similar_batch(words, topn=3)
    for word, found in zip(words, together, strict=True):
        alone = wv.most_similar(word, topn=3)
        assert [key for key, _ in found] == [key for key, _ in alone]
        np.testing.assert_allclose([value for _, value in found], [value for _, value in alone], atol=1e-6)


def test_neighbours_of_a_new_word(wv):
    answer = wv.most_similar("northerly", topn=3)
    expected = sorted(WORDS, key=lambda word: -cosine(wv["northerly"], wv[word]))
    assert [word for word, _ in answer] == expected[:3]
    np.testing.assert_allclose(
        [value for _, value in answer], [cosine(wv["northerly"], wv[w]) for w in expected[:3]], atol=1e-6
    )
    assert wv.similar_by_word("northerly", topn=3) == answer
    batch = wv.most_similar_batch(["northerly", "north", "東京都"], topn=3)
    for word, found in zip(["northerly", "north", "東京都"], batch, strict=True):
        alone = wv.most_similar(word, topn=3)
        assert [key for key, _ in found] == [key for key, _ in alone]


def test_words_of_vectors_that_are_not_finite(wv):
    wv.vectors_ngrams[:] = np.nan
    with pytest.raises(ValueError, match="the vector of 'northerly' holds nan"):
        wv.most_similar("northerly")


def test_wmdistance(wv, plain):
    pytest.importorskip("ot", reason="wmdistance needs POT, which the extra wmd and the test extra bring")
    one, two = ["northerly", "the", "the"], ["southern", "north", "the"]
    assert wv.wmdistance(one, two) == pytest.approx(plain.wmdistance(one, two), abs=1e-6)
    assert wv.wmdistance(["northerly"], ["northerly"]) == 0


def test_vectors_for_all(wv):
    keys = ["southern", "north", "southern", "northerly", 0]
    kv = wv.vectors_for_all(keys, copy_vecattrs=True)
    assert type(kv) is KeyedVectors
    assert kv.index_to_key[:3] == ["southern", "north", "northerly"]
    np.testing.assert_array_equal(kv["northerly"], wv["northerly"])
    assert [int(kv.get_vecattr(key, "count")) for key in ("southern", "north")] == [0, 9]
    assert wv.vectors_for_all(["southern", "north"], allow_inference=False).index_to_key == ["north"]


def test_vectors_for(wv):
    words = [*NEW, *WORDS, "", "the", np.str_("north")] * 3
    np.testing.assert_array_equal(wv.vectors_for(words), np.array([wv[word] for word in words]))
    assert wv.vectors_for([]).shape == (0, SIZE)
    with pytest.raises(KeyError):
        wv.vectors_for(["north", None])
    with pytest.raises(TypeError, match=r"got the str 'north': pass \['north'\]"):
        wv.vectors_for("north")


def test_sentences(wv):
    units = [wv.get_vector(word, norm=True) for word in ("north", "northerly")]
    np.testing.assert_allclose(wv.get_sentence_vector(["north", "", "northerly"]), np.mean(units, axis=0), atol=1e-6)
    assert not wv.get_sentence_vector([]).any()


# ------------------------------------------------------------------ change


def assigned(wv):
    wv["north"] = np.arange(SIZE)
    wv.add_vector("brandnew", np.ones(SIZE))
    wv.add_vectors(["more", "words"], np.full((2, SIZE), 0.5))
    wv[["south", "fresh"]] = np.full((2, SIZE), -1)
    return {"north": np.arange(SIZE), "brandnew": np.ones(SIZE), "more": np.full(SIZE, 0.5), "fresh": np.full(SIZE, -1)}


@pytest.mark.filterwarnings("ignore:add_vector copies")
@pytest.mark.parametrize("listed", [True, False])
def test_assigned_vectors_are_kept(wv, listed, tmp_path):
    """gensim loses them when it makes the vectors anew."""
    if not listed:
        wv._own = None
    before = wv["the"].copy()
    expected = assigned(wv)
    wv.adjust_vectors()
    for word, vector in expected.items():
        np.testing.assert_allclose(wv[word], vector, atol=1e-5)
    np.testing.assert_allclose(wv["the"], before, atol=1e-5)
    assert wv.vectors_vocab.shape == wv.vectors.shape == (len(WORDS) + 4, SIZE)
    assert len(wv.buckets_word) == len(wv)
    wv.save(tmp_path / "wv")
    again = FastTextKeyedVectors.load(tmp_path / "wv")
    np.testing.assert_array_equal(again.vectors, wv.vectors)
    np.testing.assert_array_equal(again["northerly"], wv["northerly"])


def test_scaled_vectors_are_kept(wv):
    wv.unit_normalize_all()
    wv.adjust_vectors()
    np.testing.assert_allclose(np.linalg.norm(wv.vectors, axis=1), 1, atol=1e-5)


def test_words_taken_away_and_sorted(wv):
    vectors = {word: wv[word].copy() for word in WORDS}
    wv.remove(["south"])
    wv.expandos["count"] = np.array([1, 2, 3, 4])
    wv.sort_by_descending_frequency()
    assert wv.index_to_key == ["the", "東京", "northern", "north"]
    wv.adjust_vectors()
    for word in wv.index_to_key:
        np.testing.assert_allclose(wv[word], vectors[word], atol=1e-6)
        assert wv.buckets_word[wv.get_index(word)].tolist() == ft_ngram_hashes(word, 3, 5, BUCKET)


def test_rows_before_training_are_gensims():
    wv = FastTextKeyedVectors(4, 3, 6, 10)
    wv.index_to_key, wv.key_to_index = ["a", "b"], {"a": 0, "b": 1}
    wv.resize_vectors(seed=3)
    for matrix, rows, seed in ((wv.vectors_vocab, 2, 3), (wv.vectors_ngrams, 10, 4)):
        drawn = np.random.default_rng(seed).random((rows, 4), np.float32)
        np.testing.assert_array_equal(matrix, (drawn * 2 - 1) / np.float32(4))


def test_the_matrix_of_a_facebook_model(wv):
    whole = np.concatenate([wv.vectors_vocab, wv.vectors_ngrams])
    other = FastTextKeyedVectors(SIZE, 3, 5, BUCKET)
    other.index_to_key, other.key_to_index = list(WORDS), {word: row for row, word in enumerate(WORDS)}
    other.init_post_load(whole)
    np.testing.assert_array_equal(other.vectors, wv.vectors)
    with pytest.raises(ValueError, match=r"expected a matrix of shape \(65, 5\)"):
        other.init_post_load(whole[1:])
    with pytest.raises(ValueError, match=r"vectors_ngrams must have the shape \(60, 5\)"):
        other.vectors_ngrams = whole


# ------------------------------------------------------------------ files


def test_copies(wv):
    for other in (copy.deepcopy(wv), pickle.loads(pickle.dumps(wv))):
        np.testing.assert_array_equal(other["northerly"], wv["northerly"])
        other.vectors_ngrams[:] = 0
        assert wv["northerly"].any()


@pytest.mark.parametrize("mmap", [None, "r"])
@pytest.mark.parametrize("cls", [KeyedVectors, FastTextKeyedVectors])
def test_a_file_holds_it_all(wv, tmp_path, mmap, cls):
    wv.save(tmp_path / "wv")
    again = cls.load(tmp_path / "wv", mmap=mmap)
    assert type(again) is FastTextKeyedVectors
    assert (again.min_n, again.max_n, again.bucket) == (3, 5, BUCKET)
    for one, other in ((again.vectors, wv.vectors), (again.vectors_ngrams, wv.vectors_ngrams)):
        np.testing.assert_array_equal(one, other)
        assert isinstance(one, np.memmap) == (mmap == "r")
    np.testing.assert_array_equal(again.vectors_vocab, wv.vectors_vocab)
    np.testing.assert_array_equal(again[NEW], wv[NEW])
    assert [int(again.get_vecattr(word, "count")) for word in WORDS] == [9, 7, 5, 3, 1]


def test_a_class_of_a_user(wv, tmp_path):
    class Own(KeyedVectors):
        pass

    wv.save(tmp_path / "wv")
    own = Own.load(tmp_path / "wv")
    assert type(own) is Own
    assert "northerly" not in own
    np.testing.assert_array_equal(own.subwords.vector("northerly"), wv["northerly"])


@pytest.mark.parametrize("dtype", [None, "float16", np.float32])
@pytest.mark.parametrize("prune", [None, 8, 1000])
def test_small_files(wv, tmp_path, dtype, prune):
    wv.save(tmp_path / "small", dtype=dtype, prune=prune)
    small = FastTextKeyedVectors.load(tmp_path / "small")
    half = dtype == "float16"
    assert small.vectors.dtype == small.vectors_ngrams.dtype == (np.float16 if half else np.float32)
    np.testing.assert_allclose(small.vectors, wv.vectors, atol=2e-3 if half else 0)
    used = np.bincount(
        np.concatenate(wv.buckets_word), np.repeat([9, 7, 5, 3, 1], list(map(len, wv.buckets_word))), BUCKET
    )
    if prune is None:
        np.testing.assert_allclose(small[NEW], wv[NEW], atol=2e-3 if half else 1e-6)
        return
    kept = small.subwords.kept[0]
    assert len(kept) == len(small.vectors_ngrams) == min(prune, np.count_nonzero(used))
    left_out = used[np.setdiff1d(np.arange(BUCKET), kept)]
    assert used[kept].min() >= left_out.max()
    for word in NEW:
        rows = [wv.vectors_ngrams[bucket] for bucket in ft_ngram_hashes(word, 3, 5, BUCKET) if bucket in kept]
        expected = np.mean(rows, axis=0) if rows else np.zeros(SIZE)
        np.testing.assert_allclose(small[word], expected, atol=2e-3 if half else 1e-6)
    small.adjust_vectors()
    np.testing.assert_allclose(small.vectors, wv.vectors, atol=2e-2 if half else 1e-5)


def test_small_files_that_cannot_be(wv, tmp_path):
    with pytest.raises(ValueError, match=r"prune must be an int at least 1, got 0 \(or None for all n-grams\)"):
        wv.save(tmp_path / "small", prune=0)
    with pytest.raises(ValueError, match="dtype must be 'float16', 'float32' or None, got 'float64'"):
        wv.save(tmp_path / "small", dtype="float64")
    assert not (tmp_path / "small").exists()


def test_to_facebooks_format(wv, tmp_path):
    """Vectors and n-grams become a model that fastText opens."""
    fasttext_binary.write(wv.snapshot(), tmp_path / "wv.bin")
    again = load_facebook_vectors(tmp_path / "wv.bin")
    assert (again.index_to_key, again.bucket) == (WORDS, BUCKET)
    np.testing.assert_allclose(again.vectors, wv.vectors, atol=1e-6)
    np.testing.assert_array_equal(again[NEW], wv[NEW])


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("buckets", lambda table: table[:, :2], r"n-grams of shape \(60, 2\)"),
        ("buckets", lambda table: table.astype(np.float64), "of float64"),
        ("buckets", lambda table: table.ravel(), "n-grams of shape"),
        ("kept", lambda _: np.array([[3, 2], [0, 1]], np.int32), "2 subwords that were kept have no places"),
        ("kept", lambda _: np.array([[2, 3], [0, 99]], np.int32), "have no places"),
        ("kept", lambda _: np.array([[2, 99], [0, 1]], np.int32), "have no places"),
        ("kept", lambda _: np.array([2, 3], np.int32), "have no places"),
    ],
)
def test_damaged_files(wv, tmp_path, name, change, message):
    snapshot = wv.snapshot()
    snapshot.arrays[f"fasttext.{name}"] = change(wv.vectors_ngrams)
    from w2vcore.formats import native

    native.write(snapshot, tmp_path / "damaged")
    with pytest.raises(ValueError, match=message):
        KeyedVectors.load(tmp_path / "damaged")


# ------------------------------------------------------------------ files of fastText


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.bin")), ids=lambda path: path.stem)
def test_mapped_or_read(path, tmp_path):
    wv, read = load_facebook_vectors(path), load_facebook_vectors(path, mmap=None)
    for one, other in ((wv.vectors, read.vectors), (wv.vectors_vocab, read.vectors_vocab)):
        np.testing.assert_array_equal(one, other)
    if wv.bucket:
        assert not wv.vectors_ngrams.flags.writeable
        np.testing.assert_array_equal(wv[NEW], read[NEW])
        wv["brandnew"] = np.ones(5)
        wv.adjust_vectors()
        np.testing.assert_allclose(wv["brandnew"], 1, atol=1e-5)
    with path.open("rb") as file:
        np.testing.assert_array_equal(load_facebook_vectors(file).vectors, read.vectors)


def test_mapping_that_cannot_be(tmp_path):
    import gzip

    (tmp_path / "m.bin.gz").write_bytes(gzip.compress((GOLDEN / "subwords.bin").read_bytes()))
    assert len(load_facebook_vectors(tmp_path / "m.bin.gz")) == 10
    with pytest.raises(OSError, match="needs an uncompressed local file"):
        fasttext_binary.read(tmp_path / "m.bin.gz", mmap="r")
    with pytest.raises(ValueError, match="mmap must be None or 'r' for a fastText model, got 'c'"):
        fasttext_binary.read(GOLDEN / "subwords.bin", mmap="c")
    with (GOLDEN / "subwords.bin").open("rb") as file, pytest.raises(ValueError, match="needs a path"):
        fasttext_binary.read(file, mmap="r")
