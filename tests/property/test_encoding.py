"""Encoding loses nothing and adds nothing, whatever the sentences and the sizes of batches."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from w2vcore.corpus.encoding import encode
from w2vcore.corpus.token_cache import TokenCache
from w2vcore.corpus.vocabulary import count_tokens, retain

KEYS = st.one_of(st.text(max_size=3), st.integers(), st.tuples(st.booleans(), st.integers(0, 3)))
CORPORA = st.lists(st.lists(KEYS, max_size=12), max_size=15)


def sentences_of(batch, keys):
    ids = batch.ids.tolist()
    return [[keys[i] for i in ids[start:stop]] for start, stop in pairwise(batch.offsets.tolist())]


@settings(deadline=None)
@given(CORPORA, st.integers(1, 40), st.integers(1, 3), st.booleans())
def test_decoding_gives_the_corpus_without_rare_tokens(corpus, batch_words, min_count, sorted_vocab):
    raw = count_tokens(corpus)
    assert raw.words == sum(map(len, corpus))
    assert raw.sentences == len(corpus)
    keys = retain(raw.counts, min_count=min_count, sorted_vocab=sorted_vocab).keys
    ids = {key: i for i, key in enumerate(keys)}
    batches = list(encode(corpus, ids, batch_words))
    kept = [[key for key in sentence if key in ids] for sentence in corpus]

    assert [s for batch in batches for s in sentences_of(batch, keys)] == [s for s in kept if s]
    assert sum(batch.raw_words for batch in batches) == raw.words
    assert sum(batch.sentences for batch in batches) == raw.sentences
    for batch in batches[:-1]:
        assert batch.raw_words >= batch_words
    for batch in batches:
        assert batch.offsets[0] == 0
        assert batch.offsets[-1] == len(batch)
        assert (batch.offsets[1:] > batch.offsets[:-1]).all()


@settings(deadline=None, max_examples=50)
@given(CORPORA, st.integers(1, 40), st.integers(0, 200))
def test_the_cache_holds_what_went_in_wherever_it_keeps_it(corpus, batch_words, ram_limit):
    keys = retain(count_tokens(corpus).counts, min_count=1).keys
    ids = {key: i for i, key in enumerate(keys)}
    with TokenCache(ram_limit=ram_limit) as cache:
        whole = cache.store(encode(corpus, ids, batch_words))
        assert sentences_of(whole, keys) == [sentence for sentence in corpus if sentence]
        assert (whole.raw_words, whole.sentences) == (sum(map(len, corpus)), len(corpus))


@settings(deadline=None)
@given(st.lists(st.lists(KEYS, max_size=8), max_size=15))
def test_counts_are_those_of_a_plain_dict_in_the_same_order(corpus):
    counts = {}
    for sentence in corpus:
        for token in sentence:
            counts[token] = counts.get(token, 0) + 1
    assert list(count_tokens(corpus).counts.items()) == list(counts.items())
