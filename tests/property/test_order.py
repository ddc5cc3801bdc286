"""The order of an epoch, held against what corpus/order.py says of it, one sentence after the other in plain Python."""

import itertools
from unittest import mock

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from w2vcore.corpus import order as orders
from w2vcore.corpus.encoding import Batch
from w2vcore.corpus.order import Order, reordered
from w2vcore.kernels._random import philox, random_key
from w2vcore.kernels.reference_random import PURPOSE_ORDER

corpora = st.lists(st.one_of(st.integers(1, 9), st.integers(1, 60)), min_size=1, max_size=60)
all_orders = st.builds(
    Order,
    passage=st.integers(1, 40),
    mixed=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
    epoch=st.integers(0, 2**20),
    first_token=st.sampled_from([0, 5, 1 << 40]),
)
sizes_of_batches = st.integers(1, 200)


def corpus_of(lengths, unknown=0):
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return Batch(np.arange(offsets[-1], dtype=np.uint32), offsets, int(offsets[-1]) + unknown, len(lengths) + unknown)


def batches(corpus, order, tokens):
    with mock.patch.object(orders, "BATCH_TOKENS", tokens):
        return list(reordered(corpus, order))


def sentences_of(batch):
    return [tuple(batch.ids[start:stop].tolist()) for start, stop in itertools.pairwise(batch.offsets)]


def passages_of(sentences, tokens):
    """Cut where a sentence is the first to begin at or after a multiple of `tokens`; one with two of these is alone."""
    found, until = [], 0
    for sentence in sentences:
        start, stop = sentence[0], sentence[-1] + 1
        marks = range(-(-start // tokens) * tokens, stop, tokens)
        if not found or start >= until or len(marks) > 1:
            found.append([])
        found[-1].append(sentence)
        until = stop if len(marks) > 1 else (start // tokens + 1) * tokens if start % tokens else start + tokens
    return found


def expected(sentences, order, tokens):
    key = random_key(order.seed, order.epoch, PURPOSE_ORDER)

    def drawn(stream, sentence):
        words = philox(key, stream, sentence[0] + order.first_token).tolist()
        return words[:2]

    found, held = [[]], 0
    for passage in sorted(passages_of(sentences, order.passage), key=lambda passage: drawn(1, passage[0])):
        size = sum(map(len, passage))
        if found[-1] and held + size > tokens:
            found.append([])
            held = 0
        found[-1] += passage
        held += size
    return [sorted(batch, key=lambda sentence: drawn(0, sentence)) for batch in found] if order.mixed else found


@settings(deadline=None, max_examples=300)
@given(corpora, all_orders, sizes_of_batches)
def test_it_is_what_a_sort_by_drawn_numbers_gives(lengths, order, tokens):
    corpus = corpus_of(lengths)
    found = [sentences_of(batch) for batch in batches(corpus, order, tokens)]
    assert found == expected(sentences_of(corpus), order, tokens)


@settings(deadline=None)
@given(corpora, all_orders, sizes_of_batches, st.integers(0, 30))
def test_each_sentence_is_there_once_and_sums_are_exact(lengths, order, tokens, unknown):
    corpus = corpus_of(lengths, unknown)
    found = batches(corpus, order, tokens)
    assert sorted(itertools.chain(*map(sentences_of, found))) == sentences_of(corpus)
    assert sum(batch.raw_words for batch in found) == corpus.raw_words
    assert sum(batch.sentences for batch in found) == corpus.sentences
    for batch in found:
        assert batch.offsets[0] == 0 and batch.offsets[-1] == len(batch) > 0
        assert batch.ids.dtype == np.uint32 and batch.offsets.dtype == np.int64
        assert len(batch) <= max(tokens, order.passage + max(lengths))


@settings(deadline=None)
@given(corpora, all_orders, sizes_of_batches, sizes_of_batches)
def test_passages_in_order_do_not_depend_on_batches(lengths, order, tokens, others):
    order = Order(order.passage, False, order.seed, order.epoch, order.first_token)
    one, other = (
        np.concatenate([batch.ids for batch in batches(corpus_of(lengths), order, size)]) for size in (tokens, others)
    )
    np.testing.assert_array_equal(one, other)
