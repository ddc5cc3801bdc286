"""What is seen of a corpus that a callback changes, and what is not taken for a change."""

import os
import random

import numpy as np
import pytest

from w2vcore import LineSentence, Text8Corpus
from w2vcore.corpus import imprint
from w2vcore.corpus.imprint import Imprint
from w2vcore.corpus.joining import JoinedCorpus
from w2vcore.corpus.readers import CorpusFile


def baskets(sentences=50, length=4):
    return [[f"w{number}_{place}" for place in range(length)] for number in range(sentences)]


def swap(corpus):
    corpus[3], corpus[30] = corpus[30], corpus[3]


def swap_rows(corpus):
    corpus[[3, 30]] = corpus[[30, 3]]


CHANGES = {
    "shuffled": lambda corpus: random.Random(1).shuffle(corpus),
    "two swapped": swap,
    "one more": lambda corpus: corpus.append(["new"]),
    "one less": lambda corpus: corpus.pop(),
    "another sentence": lambda corpus: corpus.__setitem__(7, ["other", "words"]),
    "all others": lambda corpus: corpus.__setitem__(slice(None), baskets(length=5)),
    "emptied": lambda corpus: corpus.clear(),
    "a sentence turned round": lambda corpus: corpus[11].reverse(),
    "a token replaced": lambda corpus: corpus[49].__setitem__(0, "mask"),
    "a token removed": lambda corpus: corpus[0].pop(),
    "a token that cannot be one": lambda corpus: corpus[5].append(["nested"]),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_list_that_was_changed(change):
    corpus = baskets()
    taken = Imprint(corpus, 200)
    assert taken.fits(corpus)
    change(corpus)
    assert not taken.fits(corpus)
    if change is not CHANGES["a token that cannot be one"]:
        assert Imprint(corpus, 200).fits(corpus)


def test_equal_sentences_are_no_change():
    corpus = baskets()
    taken = Imprint(corpus, 200)
    corpus[:] = baskets()
    assert taken.fits(corpus)
    assert taken.fits(baskets())


@pytest.mark.parametrize("sentence", [(1, 2), "ab", np.array([1, 2]), np.array(["a", "b"], object)])
def test_kinds_of_sentences(sentence):
    corpus = [sentence, sentence, [1, 2]]
    taken = Imprint(corpus, 6)
    assert taken.fits(corpus)
    corpus[0], corpus[2] = corpus[2], corpus[0]
    assert not taken.fits(corpus)


@pytest.mark.parametrize("kind", [np.int64, np.float32, "U5", object])
def test_arrays(kind):
    corpus = np.arange(200).reshape(50, 4).astype(kind)
    taken = Imprint(corpus, 200)
    assert taken.fits(corpus) and taken.fits(corpus.copy())
    swap_rows(corpus)
    assert not taken.fits(corpus)
    taken = Imprint(corpus, 200)
    corpus[17, 2] = corpus[16, 2]
    assert not taken.fits(corpus)


def test_an_array_of_lists():
    corpus = np.empty(50, object)
    corpus[:] = baskets()
    taken = Imprint(corpus, 200)
    assert taken.fits(corpus)
    np.random.default_rng(1).shuffle(corpus)
    assert not taken.fits(corpus)
    taken = Imprint(corpus, 200)
    corpus[9].append("x")
    assert not taken.fits(corpus)


def test_sentences_that_can_be_read_only_once_are_not_read():
    corpus = [iter(["a", "b"]) for _ in range(3)]
    taken = Imprint(corpus, 6)
    assert taken.fits(corpus)
    assert [list(sentence) for sentence in corpus] == [["a", "b"]] * 3
    corpus.reverse()
    assert not taken.fits(corpus)


def test_a_large_corpus_is_looked_at_in_part(monkeypatch):
    monkeypatch.setattr(imprint, "MOST_TOKENS", 40)
    corpus = baskets()  # a fifth of it is looked at
    taken = Imprint(corpus, 200)
    corpus[1].reverse()
    assert taken.fits(corpus)  # the documented limit
    corpus[5].reverse()
    assert not taken.fits(corpus)
    taken = Imprint(corpus, 200)
    corpus[1], corpus[2] = corpus[2], corpus[1]
    assert not taken.fits(corpus)  # the order is always seen
    rows = np.arange(200).reshape(50, 4)
    taken = Imprint(rows, 200)
    np.random.default_rng(1).shuffle(rows)
    assert not taken.fits(rows)


def test_joined_phrases_are_those_of_the_corpus_below():
    corpus = baskets()
    joined = JoinedCorpus(list, corpus, repeatable=True)
    taken = Imprint(joined, 200)
    assert taken.fits(joined)
    swap(corpus)
    assert not taken.fits(joined)


@pytest.mark.parametrize("reader", [CorpusFile, LineSentence, Text8Corpus])
def test_files(tmp_path, reader):
    path = tmp_path / "text"
    path.write_text("a b\nc d\n", encoding="utf8")
    os.utime(path, ns=(10**9, 10**9))
    corpus = reader(str(path))
    taken = Imprint(corpus, 4)
    assert taken.fits(corpus)
    path.write_text("c d\na b\n", encoding="utf8")  # as many bytes
    assert not taken.fits(corpus)
    taken = Imprint(corpus, 4)
    path.unlink()
    assert not taken.fits(corpus)


def test_a_reader_that_is_told_to_read_something_else(tmp_path):
    path = tmp_path / "text"
    path.write_text("a b\nc d\n", encoding="utf8")
    corpus = LineSentence(str(path))
    taken = Imprint(corpus, 4)
    corpus.limit = 1
    assert not taken.fits(corpus)


def test_what_is_read_anew_in_each_epoch_always_fits():
    class Stream:
        def __iter__(self):
            raise AssertionError("nobody asked for it")

    stream = Stream()
    assert Imprint(stream, 0).fits(stream)
