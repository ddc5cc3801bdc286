"""The corpus of a training: encoded once or anew, and again when it has changed."""

import numpy as np
import pytest

from w2vcore import LineSentence
from w2vcore.corpus.encoding import Batch
from w2vcore.corpus.feed import Feed
from w2vcore.corpus.sources import as_corpus
from w2vcore.corpus.token_cache import TokenCache

ROWS = {"a": 0, "b": 1, "c": 2}


@pytest.fixture
def cache():
    with TokenCache() as opened:
        yield opened


def feed_of(sentences, cache, once=True, passes=1, **options):
    feed = Feed(as_corpus(sentences, passes=passes), cache, once, **options)
    feed.encode(ROWS, 10, 1)
    return feed


def ids(feed, rows=ROWS):
    return [batch.ids.tolist() for batch in feed.batches(rows)]


class Stream:
    def __init__(self, sentences):
        self.sentences = sentences

    def __iter__(self):
        return iter(self.sentences)


def test_a_list_is_encoded_once_and_again_if_asked(cache):
    corpus = [["a", "b"], ["c", "d"]]
    feed = feed_of(corpus, cache)
    first = feed.batch
    assert ids(feed) == ids(feed, {}) == [[0, 1, 2]]
    feed.encode({}, 10, 1)
    assert feed.batch is first
    corpus.reverse()
    feed.encode_again({**ROWS, "d": 3}, 10, 1)
    assert ids(feed) == [[2, 3, 0, 1]]
    assert first.ids.tolist() == [0, 1, 2]  # whoever still has it can read it


def test_what_was_encoded_before_is_taken(cache):
    batch = Batch(np.array([2], np.uint32), np.array([0, 1]), 1, 1)
    feed = feed_of([["a"]], cache, batch=batch)
    assert feed.batch is batch
    assert ids(feed) == [[2]]


def test_a_stream_is_read_anew_with_the_rows_of_the_moment(cache):
    corpus = [["a", "b"]]
    feed = feed_of(Stream(corpus), cache, once=False)
    assert ids(feed) == [[0, 1]] and feed.batch is None
    corpus.append(["b"])
    assert ids(feed, {"b": 7}) == [[7, 7]]
    feed.watch()
    corpus.pop()
    assert not feed.has_changed()  # there is nothing to be encoded again


def test_a_change_is_seen_once_it_is_watched(cache):
    corpus = [["a", "b"], ["c"]]
    feed = feed_of(corpus, cache)
    corpus.reverse()
    assert not feed.has_changed()
    feed.watch()
    assert not feed.has_changed()
    corpus.reverse()
    assert feed.has_changed()
    feed.encode_again(ROWS, 10, 1)
    assert not feed.has_changed()


def test_what_can_be_read_only_once_is_not_encoded_again(cache):
    feed = feed_of((sentence for sentence in [["a"]]), cache)
    with pytest.raises(RuntimeError, match=r"corpus of type generator must be encoded again, but it can be read only"):
        feed.encode_again(ROWS, 10, 1)
    stream = feed_of(Stream([["a"]]), cache)
    stream.encode_again({"a": 5}, 10, 1)
    assert ids(stream) == [[5]]


def test_only_text_that_is_encoded_once_is_scanned(cache, tmp_path):
    path = tmp_path / "text"
    path.write_text("a b\n", encoding="utf8")
    assert feed_of(LineSentence(str(path)), cache).scanned
    assert not feed_of(LineSentence(str(path)), cache, once=False).scanned
    assert not feed_of([["a"]], cache).scanned


@pytest.mark.parametrize("corpus", [[], (), np.zeros((0, 3)), [[]], [(), ""], Stream([])])
def test_empty_corpora(corpus, cache):
    assert feed_of(corpus, cache, once=False).is_empty(len(list(corpus)))


@pytest.mark.parametrize("corpus", [iter([]), (s for s in ()), [map(str, [])], Stream([[]])])
def test_corpora_that_may_be_used_up(corpus, cache):
    assert not feed_of(corpus, cache, once=False).is_empty(isinstance(corpus, (list, Stream)))
