"""as_corpus: one corpus, and one that can be read often enough."""

import gzip
import io

import numpy as np
import pytest

from w2vcore.corpus.readers import BrownCorpus, CorpusFile, LineSentence, PathLineSentences, Text8Corpus
from w2vcore.corpus.sources import as_corpus

CORPUS = [["a", "b"], ["c"]]


class Walks:
    """Re-iterable: new walks on each pass."""

    def __iter__(self):
        return iter(CORPUS)


class Stored:
    """Hands out the same iterator each time."""

    def __init__(self, iterator):
        self.iterator = iterator

    def __iter__(self):
        return self.iterator


class StartsAfresh:
    """Its own iterator, yet re-iterable."""

    def __iter__(self):
        self.left = iter(CORPUS)
        return self

    def __next__(self):
        return next(self.left)


@pytest.fixture
def path(tmp_path):
    path = tmp_path / "corpus.txt"
    path.write_bytes(b"a b\nc\n")
    return path


def test_neither_and_both():
    with pytest.raises(TypeError, match="Either one of corpus_file or corpus_iterable value must be provided"):
        as_corpus(passes=1)
    with pytest.raises(TypeError, match="Both corpus_file and corpus_iterable must not be provided"):
        as_corpus(CORPUS, "corpus.txt", passes=1)


@pytest.mark.parametrize("bad", [7, 3.5, object()])
def test_not_iterable(bad):
    with pytest.raises(TypeError, match="must be an iterable of lists of strings, got") as caught:
        as_corpus(bad, passes=1)
    assert repr(bad) in str(caught.value)


@pytest.mark.parametrize("bad", ["corpus.txt", b"corpus.txt"])
def test_a_path_as_sentences_says_corpus_file(bad, path):
    with pytest.raises(TypeError, match="for a file use corpus_file="):
        as_corpus(bad, passes=1)
    with pytest.raises(TypeError, match="for a file use corpus_file="):
        as_corpus(path, passes=1)


def test_a_long_text_is_not_repeated_in_full():
    with pytest.raises(TypeError, match=r"got 'some text some .* instead; for one text \[text\.split\(\)\]$") as caught:
        as_corpus("some text " * 100_000, passes=1)
    assert len(str(caught.value)) < 300


def one_shots():
    return {
        "generator": (sentence for sentence in CORPUS),
        "list iterator": iter(CORPUS),
        "map": map(list, CORPUS),
        "stored generator": Stored(sentence for sentence in CORPUS),
        "stored map": Stored(map(list, CORPUS)),
    }


@pytest.mark.parametrize("kind", one_shots())
def test_what_can_be_read_once_is_refused_for_more(kind):
    with pytest.raises(TypeError) as caught:
        as_corpus(one_shots()[kind], passes=6, once="pass cache_corpus=True")
    text = str(caught.value)
    assert "can't support 6 passes. Try a re-iterable sequence" in text
    assert "class MyCorpus:\n        def __iter__(self):\n            return " in text
    assert text.endswith("and pass MyCorpus(). Or pass cache_corpus=True")


def test_an_open_file_gives_lines_and_no_sentences():
    file = io.StringIO("a b\nc\n")
    with pytest.raises(TypeError, match=r"for an open file use LineSentence\(file\)"):
        as_corpus(file, passes=1)
    assert list(LineSentence(file)) == CORPUS


@pytest.mark.parametrize("kind", one_shots())
def test_what_can_be_read_once_is_fine_for_one_pass_and_not_consumed(kind):
    corpus = as_corpus(one_shots()[kind], passes=1)
    assert not corpus.cacheable
    assert len(list(corpus.sentences)) == 2


def test_an_iterator_that_starts_afresh_is_let_through():
    corpus = as_corpus(StartsAfresh(), passes=6)
    assert list(corpus.sentences) == list(corpus.sentences) == CORPUS


def test_only_what_is_the_same_on_each_pass_is_cacheable(path):
    class Shuffled(LineSentence):
        pass

    class Live(list):
        pass

    array = np.arange(6).reshape(2, 3)
    same = [CORPUS, tuple(CORPUS), array, CorpusFile(path), LineSentence(path), Text8Corpus(path)]
    same += [PathLineSentences(path.parent), BrownCorpus(path.parent)]
    fresh = [Walks(), Shuffled(path), Live(CORPUS), {"a": ["b"]}.values()]
    assert all(as_corpus(x, passes=6).cacheable for x in same)
    assert not any(as_corpus(x, passes=6).cacheable for x in fresh)


def test_corpus_file_is_taken_as_path_list_or_reader(path):
    for given in (path, str(path), [path], CorpusFile(path)):
        corpus = as_corpus(corpus_file=given, passes=6)
        assert corpus.cacheable
        assert list(corpus.sentences) == CORPUS
        assert str(path) in corpus.name


def test_compressed_corpus_file_is_read_decompressed_on_both_passes(tmp_path):
    packed = tmp_path / "corpus.txt.gz"
    packed.write_bytes(gzip.compress(b"a b\nc\n"))
    corpus = as_corpus(corpus_file=packed, passes=2)
    assert list(corpus.sentences) == list(corpus.sentences) == CORPUS


def test_missing_corpus_file():
    with pytest.raises(TypeError, match=r"corpus_file must be a valid path to a file, got 'no\.txt' instead"):
        as_corpus(corpus_file="no.txt", passes=6)
