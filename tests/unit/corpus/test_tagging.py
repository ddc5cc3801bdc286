"""Tags of sentences, from documents to batches, whatever holds these."""

from collections import namedtuple
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2vcore.corpus.compact import CompactKeys
from w2vcore.corpus.encoding import Batch, encode
from w2vcore.corpus.feed import Feed
from w2vcore.corpus.sources import as_corpus
from w2vcore.corpus.spooling import encode_into, renumber
from w2vcore.corpus.tagging import Documents, Tags
from w2vcore.corpus.token_cache import TokenCache

TaggedDocument = namedtuple("TaggedDocument", "words tags")
KEYS = {"a": 0, "b": 1, "c": 2}
ROWS = {"x": 3, 7: 4, ("y", 1): 5}

words = st.lists(st.sampled_from("abc?"), max_size=4)
tags = st.lists(st.sampled_from(["x", 7, ("y", 1), "unknown"]), max_size=4)
corpora = st.lists(st.builds(TaggedDocument, words, tags), max_size=8)


def expected(documents):
    """Ids and tag rows of each document that has a known word."""
    found = []
    for document in documents:
        ids = [KEYS[word] for word in document.words if word in KEYS]
        if ids:
            found.append((ids, list(dict.fromkeys(ROWS[tag] for tag in document.tags if tag in ROWS))))
    return found


def told(batch):
    """The same of a batch."""
    borders = batch.offsets.tolist()
    return [
        (batch.ids[start:stop].tolist(), batch.tags.of(sentence).tolist())
        for sentence, (start, stop) in enumerate(pairwise(borders))
    ]


@settings(deadline=None)
@given(corpora, st.integers(1, 6))
def test_each_sentence_has_its_tags(documents, batch_words):
    batches = list(encode(documents, KEYS, batch_words, ROWS))
    assert [sentence for batch in batches for sentence in told(batch)] == expected(documents)
    assert sum(batch.sentences for batch in batches) == len(documents)
    for batch in batches:
        assert batch.tags.offsets.dtype == np.int64 and batch.tags.rows.dtype == np.uint32
        assert batch.tags.highest == max([-1, *batch.tags.rows.tolist()])
        assert batch.tags.most == max([0, *map(len, (rows for _, rows in told(batch)))])


@settings(deadline=None)
@given(corpora, st.sampled_from([0, 20, 1 << 20]), st.integers(1, 6))
def test_a_cache_keeps_tags_in_memory_and_in_a_file(documents, ram_limit, batch_words):
    with TokenCache(ram_limit=ram_limit) as cache:
        batch = cache.store(encode(documents, KEYS, batch_words, ROWS))
        if documents:
            assert told(batch) == expected(documents)
            assert not batch.tags.rows.flags.writeable and not batch.tags.offsets.flags.writeable
        assert batch.sentences == len(documents)


def test_a_corpus_without_tags_has_none():
    with TokenCache(ram_limit=0) as cache:
        assert cache.store(encode([["a", "b"]], KEYS)).tags is None


def test_batches_with_and_without_tags_are_no_corpus():
    tagged, plain = next(encode([(["a"], ["x"])], KEYS, tag_to_row=ROWS)), next(encode([["a"]], KEYS))
    for batches in ([tagged, plain], [plain, tagged]):
        with (
            TokenCache() as cache,
            pytest.raises(ValueError, match="either all batches of a corpus have tags, or none"),
        ):
            cache.store(iter(batches))


@settings(deadline=None)
@given(corpora, st.sets(st.sampled_from([0, 1, 2])))
def test_words_that_do_not_stay_take_their_sentences_and_tags_with_them(documents, gone):
    with TokenCache() as cache:
        batch = cache.store(encode(documents, KEYS, tag_to_row=ROWS)) if documents else None
        if batch is None:
            return
        keys = [key for key, row in KEYS.items() if row not in gone]
        renumbered = renumber(batch, KEYS, {key: row for row, key in enumerate(keys)})
        left = [([keys.index("abc"[id]) for id in ids if id not in gone], rows) for ids, rows in expected(documents)]
        assert told(renumbered) == [(ids, rows) for ids, rows in left if ids]
        assert len(renumbered.tags.rows) == sum(len(rows) for ids, rows in left if ids)


DOCUMENTS = [TaggedDocument(["a", "b"], ["x"]), (["?"], [7]), (("c", "c"), (7, "x"))]


@pytest.mark.parametrize("once", [True, False])
@pytest.mark.parametrize("keys", [KEYS, CompactKeys.of(KEYS)], ids=["a dict", "compact"])
def test_a_feed_has_tags_in_each_epoch(once, keys):
    if not once and keys is not KEYS:
        pytest.skip("compact keys are for a corpus that is encoded once")
    with TokenCache() as cache:
        feed = Feed(as_corpus(DOCUMENTS, passes=1), cache, once=once, tag_to_row=ROWS)
        feed.encode(keys, batch_words=1, workers=1)
        for _ in range(2):
            assert [sentence for batch in feed.batches(keys) for sentence in told(batch)] == expected(
                [TaggedDocument(*document) for document in DOCUMENTS]
            )


@pytest.mark.parametrize(
    "change", [lambda documents: documents[0][0].reverse(), lambda documents: documents[1][1].append("x")]
)
def test_a_change_of_words_or_of_tags_is_seen(change):
    documents = [(["a", "b"], ["x"]), (["c"], [7])]
    with TokenCache() as cache:
        feed = Feed(as_corpus(documents, passes=1), cache, once=True, tag_to_row=ROWS)
        feed.encode(KEYS, batch_words=10, workers=1)
        feed.watch()
        assert not feed.has_changed()
        change(documents)
        assert feed.has_changed()
        feed.encode_again(KEYS, batch_words=10, workers=1)
        assert told(feed.batch) == expected([TaggedDocument(*document) for document in documents])


def test_tags_in_several_batches_are_numbered_on():
    with TokenCache() as cache:
        batch = encode_into(cache, DOCUMENTS, KEYS, batch_words=1, tag_to_row=ROWS)
    assert batch.tags.offsets.tolist() == [0, 1, 3] and batch.tags.rows.tolist() == [3, 4, 3]


def test_unknown_tags_are_counted():
    documents = Documents([(["a"], ["x", "z"]), (["b"], ["z"])], ROWS)
    assert [documents.rows for _ in documents] == [[3], []]
    assert documents.unknown == 2


@pytest.mark.parametrize(
    "document, message",
    [
        (
            ["a", "b", "c"],
            r"document 1 must be a pair \(words, tags\), such as TaggedDocument\(words, tags\), got list",
        ),
        (5, "document 1 must be a pair .* got int"),
        ((["a"], "x"), r"tags of document 1 must be a list of tags, got 'x'; for one tag pass \['x'\]"),
        ((["a"], 7), r"tags of document 1 must be a list of tags, got 7; for one tag pass \[7\]"),
        ((["a"], [True]), "a tag must be a str, an int or another key, got True in document 1"),
        ((["a"], [1.0]), "a tag must be a str, an int or another key, got 1.0 in document 1"),
        ((["a"], [["x"]]), r"a tag must be a str, an int or another key, got \['x'\] in document 1"),
    ],
)
def test_what_is_no_document_is_refused(document, message):
    with pytest.raises(TypeError, match=message):
        list(encode([(["a"], ["x"]), document], KEYS, tag_to_row=ROWS))


def test_a_batch_needs_no_tags():
    assert Batch(np.zeros(0, np.uint32), np.zeros(1, np.int64), 0, 0).tags is None
    assert Tags(np.zeros(1, np.int64), np.zeros(0, np.uint32)).highest == -1
