"""encode: whole sentences, all tokens, any kind of sequence, errors that name the sentence."""

import sys

import numpy as np
import pytest

from w2vcore.corpus.encoding import encode
from w2vcore.corpus.vocabulary import count_tokens

IDS = {"a": 0, "b": 1, "c": 2}


def encoded(sentences, ids=IDS, batch_words=1000):
    return [
        batch.ids[start:stop].tolist()
        for batch in encode(sentences, ids, batch_words)
        for start, stop in zip(batch.offsets[:-1], batch.offsets[1:], strict=True)
    ]


def test_sentences_are_packed_until_the_batch_is_full():
    corpus = [["a"], [], ["x"], ["b", "c", "a"], ["a"], ["b"] * 9, ["c"]]
    batches = list(encode(corpus, IDS, 5))
    assert [batch.ids.tolist() for batch in batches] == [[0, 1, 2, 0], [0] + [1] * 9, [2]]
    assert [(batch.raw_words, batch.sentences) for batch in batches] == [(5, 4), (10, 2), (1, 1)]
    assert [batch.offsets.tolist() for batch in batches] == [[0, 1, 4], [0, 1, 10], [0, 1]]
    assert all(batch.ids.dtype == np.uint32 and batch.offsets.dtype == np.int64 for batch in batches)


def test_batches_without_ids_still_count_words_and_sentences():
    batches = list(encode([["x", "y"], [], []], IDS, 2))
    assert [(len(b), b.offsets.tolist(), b.raw_words, b.sentences) for b in batches] == [(0, [0], 2, 1), (0, [0], 0, 2)]


def test_an_empty_corpus_has_no_batch():
    assert list(encode([], IDS, 5)) == []


def test_a_long_sentence_loses_nothing():
    words = [f"w{i % 977}" for i in range(25_000)]
    ids = {f"w{i}": i for i in range(977)}
    (batch,) = encode([words], ids, 10_000)
    assert batch.ids.tolist() == [i % 977 for i in range(25_000)]
    assert batch.offsets.tolist() == [0, 25_000]


def test_every_kind_of_sequence():
    expected = [[0, 1], [2, 0]]
    for corpus in (
        [["a", "b"], ["c", "x", "a"]],
        [("a", "b"), ("c", "x", "a")],
        [np.array(["a", "b"]), np.array(["c", "x", "a"], dtype=object)],
        [iter("ab"), (letter for letter in "cxa")],
        ["ab", "cxa"],
        ({"a": 1, "b": 2}.keys(), {"c": 1, "x": 1, "a": 1}.keys()),
    ):
        assert encoded(corpus) == expected


def test_integer_keys_and_numpy_rows():
    ids = {100: 0, 101: 1, 102: 2}
    walks = np.array([[100, 101], [102, 7]])
    for corpus in (walks, list(walks), walks.tolist(), walks.astype(np.uint8), [list(row) for row in walks]):
        assert encoded(corpus, ids) == [[0, 1], [2]]
        assert count_tokens(corpus).counts == {100: 1, 101: 1, 102: 1, 7: 1}


def test_row_numbers_may_use_all_32_bits():
    assert encoded([["a", "b"]], {"a": 2**32 - 1, "b": 2**31}) == [[2**32 - 1, 2**31]]
    with pytest.raises(OverflowError):
        encoded([["a"]], {"a": 2**32})


def test_nothing_is_read_before_the_first_batch_is_asked_for():
    read = []

    def corpus():
        for i in range(10):
            read.append(i)
            yield ["a", "b"]

    batches = encode(corpus(), IDS, 4)
    assert read == []
    next(batches)
    assert read == [0, 1]


def test_batch_words_below_one():
    with pytest.raises(ValueError, match="batch_words must be at least 1, got 0"):
        encode([], IDS, 0)


class Broken(Exception):
    pass


@pytest.mark.parametrize("consume", [count_tokens, lambda corpus: list(encode(corpus, IDS, 2))])
@pytest.mark.parametrize("inside", [False, True])
def test_what_the_corpus_raises_comes_through_with_the_sentence_number(consume, inside):
    def bad_sentence():
        yield "a"
        raise Broken("disk on fire")

    def corpus():
        yield from [["a"]] * 7
        yield bad_sentence() if inside else bad()

    def bad():
        raise Broken("disk on fire")

    with pytest.raises(Broken, match="disk on fire") as caught:
        consume(corpus())
    if sys.version_info >= (3, 11):
        assert caught.value.__notes__ == ["raised by the corpus at sentence 7"]


@pytest.mark.parametrize("consume", [count_tokens, lambda corpus: list(encode(corpus, IDS, 2))])
def test_sentences_and_tokens_of_wrong_types(consume):
    with pytest.raises(TypeError, match=r"sentence 1 is bytes, b'some text'.*decode"):
        consume([["a"], b"some text"])
    with pytest.raises(TypeError, match="sentence 2 is 5, of type int; each sentence must be a list of tokens"):
        consume([["a"], ["b"], 5])
    with pytest.raises(TypeError, match=r"token 1 of sentence 1 is \['b'\], of type list.*one level of nesting"):
        consume([["a"], ["b", ["b"], "c"]])
    with pytest.raises(TypeError, match=r"token 0 of sentence 0 is \[0, 1\]"):
        consume(np.arange(8).reshape(2, 2, 2))
    with pytest.raises(TypeError, match="sentence 0 is 1"):
        consume([1, 2, 3])


def test_a_type_error_inside_a_sentence_that_is_a_generator_is_left_alone():
    def sentence():
        yield "a"
        raise TypeError("mine")

    with pytest.raises(TypeError, match=r"^mine\b"):
        list(encode([sentence()], IDS, 2))
