"""The sentences of a corpus in another order: what batches hold, what they share with the corpus, and how they are drawn."""

import itertools
import math

import numpy as np
import pytest

from w2vcore.corpus import order as orders
from w2vcore.corpus.encoding import Batch
from w2vcore.corpus.order import Order, passages, reordered
from w2vcore.corpus.tagging import Tags
from w2vcore.corpus.token_cache import TokenCache

# Of each test of uniformity below: the share of seeds with which it would fail although all is well.
FALSE_ALARM = 1e-6


def corpus_of(lengths, raw_words=None, tags=None):
    """A corpus whose sentences can be told apart: each token has an id of its own."""
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    ids = np.arange(offsets[-1], dtype=np.uint32)
    if tags is not None:
        rows = np.array([row for each in tags for row in each], np.uint32)
        tags = Tags(np.cumsum([0, *map(len, tags)], dtype=np.int64), rows)
    return Batch(ids, offsets, len(ids) if raw_words is None else raw_words, len(lengths), tags)


def sentences_of(batch):
    return [batch.ids[start:stop].tolist() for start, stop in itertools.pairwise(batch.offsets)]


def order(passage=10, seed=1, epoch=0, first_token=0):
    return Order(passage, seed, epoch, first_token)


@pytest.fixture
def tiny_batches(monkeypatch):
    monkeypatch.setattr(orders, "BATCH_TOKENS", 50)


@pytest.mark.usefixtures("tiny_batches")
def test_tags_stay_with_their_sentence():
    lengths = np.random.default_rng(1).integers(1, 12, 200)
    tags = [[] if number % 5 == 0 else [1000 + number] * (number % 3) for number in range(200)]
    corpus = corpus_of(lengths, tags=tags)
    of = {sentence[0]: tags[number] for number, sentence in enumerate(sentences_of(corpus))}
    for passage in (1, 10):
        batches = list(reordered(corpus, order(passage)))
        assert len(batches) > 10
        for batch in batches:
            assert len(batch.tags.offsets) == len(batch.offsets)
            assert batch.tags.offsets[0] == 0 and batch.tags.offsets[-1] == len(batch.tags.rows)
            for number, sentence in enumerate(sentences_of(batch)):
                assert batch.tags.of(number).tolist() == of[sentence[0]]


@pytest.mark.usefixtures("tiny_batches")
@pytest.mark.parametrize("passage", [1, 10])
def test_a_long_sentence_is_not_copied(passage):
    corpus = corpus_of([3, 4, 5000, 2, 3, 60, 70, 1])
    batches = list(reordered(corpus, order(passage)))
    long = [batch for batch in batches if len(batch) > 100]
    assert [len(batch) for batch in long] == [5000]
    assert np.shares_memory(long[0].ids, corpus.ids)
    assert sum(len(batch) for batch in batches) == 5143


def test_one_sentence_is_the_corpus_itself():
    for lengths in ([], [7]):
        corpus = corpus_of(lengths)
        assert list(reordered(corpus, order())) == [corpus]


@pytest.mark.usefixtures("tiny_batches")
def test_batches_are_as_large_as_they_should_be():
    corpus = corpus_of([4] * 1000)
    assert [len(batch) for batch in reordered(corpus, order(1))] == [48] * 83 + [16]
    sizes = [len(batch) for batch in reordered(corpus, order(12))]
    assert set(sizes[:-1]) <= {40, 44, 48}  # passages of 12, but for the last of the corpus, of 4
    assert sum(sizes) == 4000
    sizes = [len(batch) for batch in reordered(corpus_of([1] * 900 + [90] * 10), order(1))]
    assert max(sizes) <= 100  # at most twice as large, however long some sentences are


def test_a_passage_ends_with_a_sentence():
    assert passages(np.array([0, 4, 8, 12, 16]), 6).tolist() == [0, 2, 3, 4]
    assert passages(np.array([0, 4, 8, 12, 16]), 8).tolist() == [0, 2, 4]
    assert passages(np.array([0, 4, 8, 12, 16]), 100).tolist() == [0, 4]
    assert passages(np.array([0, 4, 8, 12, 16]), 1).tolist() == [0, 1, 2, 3, 4]
    assert passages(np.array([0, 1, 1000, 1001]), 10).tolist() == [0, 1, 2, 3]  # the long one is alone
    assert passages(np.array([0, 1000]), 10).tolist() == [0, 1]


@pytest.mark.parametrize("passage", [1, 100])
def test_a_mapped_corpus_gives_the_same(tmp_path, passage):
    corpus = corpus_of(np.random.default_rng(2).integers(1, 40, 3000))
    with TokenCache(tmp_path, ram_limit=0) as cache:
        mapped = cache.store(iter([corpus]))
        wanted = list(reordered(corpus, order(passage)))
        found = list(reordered(mapped, order(passage)))
    assert list(map(sentences_of, found)) == list(map(sentences_of, wanted))


def test_sums_past_2_to_the_32_are_exact():
    corpus = Batch(np.zeros(9, np.uint32), np.arange(0, 10, 3), raw_words=2**60 + 7, sentences=2**33 + 1)
    batches = list(reordered(corpus, order(3)))
    assert sum(batch.raw_words for batch in batches) == 2**60 + 7
    assert sum(batch.sentences for batch in batches) == 2**33 + 1


def chi_square_bound(degrees):
    """A bound that chi-square exceeds with a chance of less than `FALSE_ALARM` (Laurent and Massart 2000, lemma 1)."""
    x = math.log(1 / FALSE_ALARM)
    return degrees + 2 * math.sqrt(degrees * x) + 2 * x


def assert_uniform(seen, kinds):
    """Compare how often each kind was seen with what is expected of equally likely ones."""
    counts = np.bincount(seen, minlength=kinds)
    expected = len(seen) / kinds
    assert expected > 20  # else chi-square is no chi-square
    assert ((counts - expected) ** 2 / expected).sum() < chi_square_bound(kinds - 1)


@pytest.mark.parametrize("passage", [1, 2])
@pytest.mark.parametrize("varied", ["seed", "epoch", "first_token"])
def test_all_orders_of_four_are_equally_likely(varied, passage):
    corpus = corpus_of([3, 2, 7, 2])
    number = {kind: at for at, kind in enumerate(itertools.permutations([0, 3, 5, 12]))}
    seen = []
    for value in range(3000):
        (batch,) = reordered(corpus, order(passage, **{varied: value}))
        seen.append(number[tuple(batch.ids[batch.offsets[:-1]].tolist())])
    assert_uniform(seen, 24)


@pytest.mark.usefixtures("tiny_batches")
@pytest.mark.parametrize("passage", [1, 10])
def test_a_sentence_is_as_likely_in_each_tenth_of_an_epoch(passage):
    corpus = corpus_of([2] * 400)  # 80 passages of 10
    tenths, followed = [], 0
    for epoch in range(300):
        first = np.concatenate([batch.ids[batch.offsets[:-1]] for batch in reordered(corpus, order(passage, 5, epoch))])
        tenths.append(int(np.flatnonzero(first == 222)[0]) // 40)
        followed += int((np.diff(first.astype(np.int64)) == 2).sum())
    assert_uniform(tenths, 10)
    # Single sentences: one of them is followed by that of the corpus in an epoch, 300 in all, to within 5 standard errors
    # of the square root of 300 (a chance of less than 1e-6); of passages, four of five are, and a few more by chance.
    assert abs(followed - 300) < 87 if passage == 1 else 300 * 320 <= followed < 300 * 325


def test_epochs_and_parts_of_the_corpus_have_orders_of_their_own():
    corpus = corpus_of([2] * 1000)

    def ids(**options):
        return np.concatenate([batch.ids for batch in reordered(corpus, order(1, **options))])

    first = ids()
    np.testing.assert_array_equal(first, ids())
    for options in ({"epoch": 1}, {"seed": 2}, {"first_token": 2000}):
        # two random orders of 1,000 agree in one place on average; in 12 or more with a chance of 1e-9 (Poisson)
        assert (first[::2] == ids(**options)[::2]).sum() < 12
