"""The order of an epoch, held against what corpus/order.py says of it, one sentence after the other in plain Python."""

import itertools
from unittest import mock

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from w2vcore.corpus import order as orders
from w2vcore.corpus._order import copied, sort_keys
from w2vcore.corpus.encoding import Batch
from w2vcore.corpus.order import Order, reordered
from w2vcore.kernels.reference_random import PURPOSE_ORDER, random_key, random_words

corpora = st.lists(st.one_of(st.integers(1, 9), st.integers(1, 60)), min_size=1, max_size=60)
seeds = st.integers(0, 2**32 - 1)
epochs = st.integers(0, 2**20)
all_orders = st.builds(
    Order, passage=st.integers(1, 40), seed=seeds, epoch=epochs, first_token=st.sampled_from([0, 5, 1 << 40])
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
        until = stop if len(marks) > 1 else -(-(start + 1) // tokens) * tokens
    return found


def expected(sentences, order):
    """Sort passages by their random numbers, by the oracle of random.h."""
    passages = [[sentence] for sentence in sentences] if order.passage == 1 else passages_of(sentences, order.passage)
    key, bits = random_key(order.seed, order.epoch, PURPOSE_ORDER), (len(passages) - 1).bit_length()

    def drawn(number):
        words = random_words(key, order.first_token, number // 2).tolist()
        high, low = words[number % 2 * 2 : number % 2 * 2 + 2]
        return (high << 32 | low) >> bits, number

    return [sentence for number in sorted(range(len(passages)), key=drawn) for sentence in passages[number]]


@settings(deadline=None, max_examples=300)
@given(corpora, all_orders, sizes_of_batches)
def test_it_is_what_a_sort_by_drawn_numbers_gives(lengths, order, tokens):
    corpus = corpus_of(lengths)
    found = [sentence for batch in batches(corpus, order, tokens) for sentence in sentences_of(batch)]
    assert found == expected(sentences_of(corpus), order)


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
        assert len(batch) <= max(2 * tokens, order.passage + max(lengths)) or len(found) == 1


@settings(deadline=None)
@given(corpora, all_orders, sizes_of_batches, sizes_of_batches)
def test_it_does_not_depend_on_the_size_of_batches(lengths, order, tokens, others):
    one, other = (
        np.concatenate([batch.ids for batch in batches(corpus_of(lengths), order, size)]) for size in (tokens, others)
    )
    np.testing.assert_array_equal(one, other)


@settings(deadline=None)
@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1), st.integers(0, 600))
def test_sort_keys_are_random_numbers_over_an_index(key, stream, n):
    keys = sort_keys(key, stream, n)
    bits = np.uint64(max(n - 1, 0).bit_length())
    words = random_words(key, stream, np.arange(n) // 2)
    of = np.arange(n) % 2 * 2
    drawn = words[np.arange(n), of] << np.uint64(32) | words[np.arange(n), of + 1]
    np.testing.assert_array_equal(keys >> bits, drawn >> bits)
    np.testing.assert_array_equal(keys - (keys >> bits << bits), np.arange(n, dtype=np.uint64))


@settings(deadline=None)
@given(st.data(), st.lists(st.integers(0, 9), min_size=1, max_size=30))
def test_copies_are_what_slices_give(data, lengths):
    """Also of nothing at all: a sentence may have no tags."""
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    values = np.random.default_rng(1).integers(1 << 32, size=offsets[-1], dtype=np.uint32)
    border = st.integers(0, len(lengths))
    spans = [sorted(pair) for pair in data.draw(st.lists(st.tuples(border, border), max_size=20))]
    first, last = (np.array([span[end] for span in spans], np.int64) for end in (0, 1))
    found, borders = copied(values, offsets, first, last)
    sentences = [s for start, stop in spans for s in range(start, stop)]
    assert found.tolist() == [value for s in sentences for value in values[offsets[s] : offsets[s + 1]].tolist()]
    assert borders.tolist() == np.cumsum([0, *(lengths[s] for s in sentences)]).tolist()
