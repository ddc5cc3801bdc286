"""floret's text files: each vector is floret's own, also of words that it has not seen."""

import copy
import io
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from w2vcore import KeyedVectors
from w2vcore.fasttext import FastTextKeyedVectors, FloretKeyedVectors
from w2vcore.formats import floret, recognition
from w2vcore.formats.subword_arrays import BUCKETS
from w2vcore.model import _floret

FOLDER = Path(__file__).parent / "floret"
NAMES = ["hashes1", "hashes2", "hashes4"]
GOOD = b"3 2 3 4 2 2166136261 < >\n0 1 0.5 \n1 2 1 \n2 3 -1 \n"


def load(name):
    return FloretKeyedVectors.load_floret(FOLDER / f"{name}.floret")


@pytest.mark.parametrize("name", NAMES)
def test_vectors_are_florets(name):
    """The file has five digits of each number, and these are below 1."""
    wv = load(name)
    expected = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf8"))
    vectors = np.array(list(expected.values()))
    assert len(vectors) == 18 and np.linalg.matrix_rank(vectors, tol=0.01) == 5
    np.testing.assert_allclose(wv.vectors_for(expected), vectors, atol=5e-6)
    for word in expected:
        np.testing.assert_array_equal(wv[word], wv.vectors_for([word])[0])


@pytest.mark.parametrize("name", NAMES)
def test_round_trip(name, tmp_path):
    wv = load(name)
    wv.save_floret(tmp_path / "x.floret.gz")
    again = FloretKeyedVectors.load_floret(tmp_path / "x.floret.gz")
    np.testing.assert_array_equal(again.vectors_ngrams, wv.vectors_ngrams)
    np.testing.assert_array_equal(again["unheard"], wv["unheard"])
    wv.save_floret(tmp_path / "x.floret")
    assert (tmp_path / "x.floret").read_text().partition("\n")[0] == (FOLDER / f"{name}.floret").read_text().partition(
        "\n"
    )[0]


def test_the_hash_is_the_published_one():
    """The values of MurmurHash3's reference implementation for two texts, as four numbers of 32 bits."""
    assert _floret.murmur3(b"", 0) == [0, 0, 0, 0]
    a, b = 0xCBD8A7B341BD9B02, 0x5B1E906A48AE1D19  # of "hello"
    assert _floret.murmur3(b"hello", 0) == [a & 0xFFFFFFFF, a >> 32, b & 0xFFFFFFFF, b >> 32]


def test_questions_about_any_word():
    wv = load("hashes2")
    assert len(wv) == 0 and "anything" in wv and not wv.has_index_for("anything")
    assert wv.similarity("quick", "quickly") == pytest.approx(
        float(wv["quick"] @ wv["quickly"] / np.linalg.norm(wv["quick"]) / np.linalg.norm(wv["quickly"])), abs=1e-6
    )
    found = wv.vectors_for_all(["quick", "brown", "quickest", "東京"])
    assert found.most_similar("quickest", topn=1)[0][0] == "quick"
    mean = wv.sentence_vectors([["the", "quickest", "fox"]], "mean", remove_components=0)[0]
    np.testing.assert_allclose(mean, np.mean([wv["the"], wv["quickest"], wv["fox"]], axis=0), atol=1e-7)
    np.testing.assert_array_equal(copy.deepcopy(wv)["fox"], wv["fox"])


@pytest.mark.parametrize("mmap", [None, "r"])
def test_our_own_file_holds_the_table(mmap, tmp_path):
    wv = load("hashes2")
    wv.save(tmp_path / "x.kv")
    wv.save(tmp_path / "half.kv", dtype="float16")
    for cls in (KeyedVectors, FastTextKeyedVectors, FloretKeyedVectors):
        again = cls.load(tmp_path / "x.kv", mmap=mmap)
        assert type(again) is FloretKeyedVectors
        np.testing.assert_array_equal(again["unheard"], wv["unheard"])
    half = KeyedVectors.load(tmp_path / "half.kv", mmap=mmap)
    np.testing.assert_allclose(half["unheard"], wv["unheard"], atol=1e-4)
    with pytest.raises(ValueError, match="prune must be None"):
        wv.save(tmp_path / "y.kv", prune=5)


@pytest.mark.parametrize("name", NAMES)
def test_the_file_is_recognised(name):
    path = FOLDER / f"{name}.floret"
    assert recognition.recognise(path) == "floret"
    wv = KeyedVectors.load_any(path)
    assert type(wv) is FloretKeyedVectors and (len(wv), wv.vector_size) == (0, 5)
    np.testing.assert_array_equal(wv["unheard"], load(name)["unheard"])


@pytest.mark.parametrize(
    "text",
    [
        b"1 2 3 4 5 6 7 8\n0 1 2 3 4 5 6 7\n",
        b"3 2\n0 1 2\n1 2 3\n2 3 4\n",
        b"3 2 3 4 2 1 < >\na 1 2\n",
        b"1 2 3 4 5 6 x",
    ],
)
def test_other_texts_are_not(text):
    assert floret.sniff(GOOD) and not floret.sniff(text)


def test_words_with_vectors_of_the_table_and_with_others(tmp_path):
    wv = load("hashes2")
    wv.add_vectors(["quick", "brown"], wv[["quick", "brown"]])
    wv.save_floret(tmp_path / "x")  # these follow from the table
    assert len(load("hashes2").buckets_word) == 0 and [len(rows) % 2 for rows in wv.buckets_word] == [0, 0]
    assert wv.most_similar("quickest", topn=1)[0][0] == "quick"
    wv["brown"] = np.ones(5)
    with pytest.raises(ValueError, match=r"1 words have vectors of their own.*'brown'"):
        wv.save_floret(tmp_path / "y")
    wv.adjust_vectors()
    np.testing.assert_array_equal(wv["brown"], load("hashes2")["brown"])
    assert [path.name for path in tmp_path.iterdir()] == ["x"]


def test_what_has_no_place_is_refused_by_name(tmp_path):
    wv = load("hashes2")
    with pytest.raises(AttributeError, match="no rows of their own"):
        _ = wv.vectors_vocab
    with pytest.raises(NotImplementedError, match="no place"):
        wv.init_post_load(np.ones((60, 5), np.float32))
    with pytest.raises(ValueError, match="trained_ngrams_only must be False"):
        wv.trained_ngrams_only = True
    with pytest.raises(ValueError, match=r"shape \(60, 5\), got \(59, 5\)"):
        wv.vectors_ngrams = np.ones((59, 5))
    other = FastTextKeyedVectors(2, 3, 4, 5)
    other.vectors_ngrams = np.ones((5, 2), np.float32)
    with pytest.raises(ValueError, match="not made of one"):
        floret.write(other.snapshot(), tmp_path / "x")
    other.save(tmp_path / "other.kv")
    with pytest.raises(ValueError, match="use FastTextKeyedVectors"):
        FloretKeyedVectors.load(tmp_path / "other.kv")


@pytest.mark.parametrize(
    "described", [3, [], [5, 1, "<", ">"], [2, -1, "<", ">"], [2, 1, None, ">"], [2, 1 << 32, "<", ">"]]
)
def test_damaged_settings(described):
    snapshot = load("hashes2").snapshot()
    snapshot.settings["fasttext"]["floret"] = described
    with pytest.raises(ValueError, match="damaged"):
        FloretKeyedVectors.from_snapshot(snapshot)


def test_rows_that_stand_for_words():
    """The mean of the rows that are listed is the vector, and a table may have gaps between its rows."""
    table = load("hashes4").table
    words = ["quick", "東京", "", "a"]
    features = table.features([word.encode() for word in words])
    np.testing.assert_allclose(features.published(table.table), table.vectors(words), atol=1e-7)
    assert len(features.bag(2)[0]) == 8  # the two marks are a word, and an n-gram of two characters
    padded = np.zeros((60, 16), np.float32)
    padded[:, :5] = table.table
    apart = replace(table, table=padded[:, :5])
    np.testing.assert_array_equal(apart.vectors(words), table.vectors(words))
    reversed_columns = replace(table, table=table.table[:, ::-1])
    np.testing.assert_array_equal(reversed_columns.vectors(words), table.vectors(words)[:, ::-1])


@pytest.mark.parametrize(
    "old, new, says",
    [
        (b"3 2 3 4 2", b"3 2 3 4", "not a floret table"),
        (b"3 2 3 4 2", b"three 2 3 4 2", "not a floret table"),
        (b"3 2 3 4 2", b"3 2 3 4 5", "up to 4 hashes"),
        (b"3 2 3 4 2", b"3 2 3 4 0", "up to 4 hashes"),
        (b"3 2 3 4 2", b"3 2 3 400 2", "100 characters"),
        (b"3 2 3 4 2", b"0 2 3 4 2", "of 0 rows"),
        (b"2166136261", b"4294967296", "of the seed 4294967296"),
        (b"\n1 2", b"\n4 2", "numbered 0 to 2"),
        (b"0.5", b"x", "number"),
    ],
)
def test_damaged_files(old, new, says):
    assert old in GOOD
    with pytest.raises(ValueError, match=says):
        floret.read(io.BytesIO(GOOD.replace(old, new)))


def test_files_that_are_cut_short():
    assert floret.read(io.BytesIO(GOOD)).arrays[BUCKETS].tolist() == [[1, 0.5], [2, 1], [3, -1]]
    for length in range(len(GOOD) - 3):
        with pytest.raises((ValueError, EOFError)):
            floret.read(io.BytesIO(GOOD[:length]))


def test_arrays_that_do_not_fit():
    table, sums, counts = np.ones((2, 3), np.float32), np.zeros((1, 3), np.float32), np.zeros(1, np.int64)
    word = np.frombuffer(b"<a>", np.uint8)
    for offsets, hashes, says in (([0, 4], 2, "beyond the words"), ([0], 2, "do not fit"), ([0, 3], 5, "5 hashes")):
        with pytest.raises(ValueError, match=says):
            _floret.add_parts(word, np.array(offsets, np.int64), table, 3, 4, hashes, 1, sums, counts)
        if says != "do not fit":
            with pytest.raises(ValueError, match=says):
                _floret.list_parts(word, np.array(offsets, np.int64), 2, 3, 4, hashes, 1)
    with pytest.raises(ValueError, match="a table of 0 rows"):
        _floret.list_parts(word, np.array([0, 3], np.int64), 0, 3, 4, 2, 1)
