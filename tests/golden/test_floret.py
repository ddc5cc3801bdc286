"""floret's text files: each vector is floret's own, also of words that it has not seen."""

import copy
import io
import json
from pathlib import Path

import numpy as np
import pytest

from w2vcore.fasttext import FloretKeyedVectors
from w2vcore.formats import floret
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


def test_what_has_no_place_is_refused_by_name(tmp_path):
    wv = load("hashes2")
    with pytest.raises(NotImplementedError, match="save_floret"):
        wv.save(tmp_path / "x")
    with pytest.raises(NotImplementedError, match="nothing to adjust"):
        wv.adjust_vectors()
    wv.add_vectors(["new"], np.ones((1, 5)))
    with pytest.raises(ValueError, match="1 words have vectors of their own"):
        wv.save_floret(tmp_path / "x")
    assert not list(tmp_path.iterdir())


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
    assert floret.read(io.BytesIO(GOOD)).table.tolist() == [[1, 0.5], [2, 1], [3, -1]]
    for length in range(len(GOOD) - 3):
        with pytest.raises((ValueError, EOFError)):
            floret.read(io.BytesIO(GOOD[:length]))


def test_arrays_that_do_not_fit():
    table, sums, counts = np.ones((2, 3), np.float32), np.zeros((1, 3), np.float32), np.zeros(1, np.int64)
    word = np.frombuffer(b"<a>", np.uint8)
    for offsets, hashes, says in (([0, 4], 2, "beyond the words"), ([0], 2, "do not fit"), ([0, 3], 5, "5 hashes")):
        with pytest.raises(ValueError, match=says):
            _floret.add_parts(word, np.array(offsets, np.int64), table, 3, 4, hashes, 1, sums, counts)
