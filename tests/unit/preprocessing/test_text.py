"""Texts to ids: against a plain oracle, and what Keras 3.15 (TensorFlow 2.21) answered to the same texts."""

import string
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from w2vcore import datasets
from w2vcore.preprocessing import lower_and_strip_punctuation, vectorize

# What keras.layers.TextVectorization, adapted to these texts, made of them.
KERAS_TEXTS = ["b a d c \t\n q\x0cr", "É x É\xa0y A\x1cb d\x85e “q” Ünder-x é", "a x [UNK]", "語 😀"]
KERAS_VOCABULARY = [
    *("", "[UNK]", "x", "a", "😀", "語", "“q”", "é", "Ünderx", "É\xa0y", "É", "unk", "r", "q", "d\x85e", "d", "c", "b"),
    "a\x1cb",
]
KERAS_IDS = [
    [17, 3, 15, 16, 13, 12, 0, 0],
    [10, 2, 9, 18, 14, 6, 8, 7],
    [3, 2, 11, 0, 0, 0, 0, 0],
    [5, 4, 0, 0, 0, 0, 0, 0],
]

# The commonest words of the tutorial's text, as it prints them.
COMMONEST = [
    "the",
    "and",
    "to",
    "i",
    "of",
    "you",
    "my",
    "a",
    "that",
    "in",
    "is",
    "not",
    "for",
    "with",
    "me",
    "it",
    "be",
    "your",
]


def standard(text):
    """ASCII letters in lower case, ASCII punctuation gone, letter by letter."""
    kept = [letter for letter in text if letter not in string.punctuation]
    return "".join(letter.lower() if letter in string.ascii_letters else letter for letter in kept)


def words_of(text):
    return [word for word in "".join(" " if c in " \t\n\r\f\v" else c for c in standard(text)).split(" ") if word]


def oracle(texts, max_tokens, length):
    """The ids and the vocabulary, one word after the other."""
    documents = [words_of(text) for text in texts]
    counts = Counter(word for document in documents for word in document)
    ranked = sorted(counts, key=lambda word: (counts[word], word.encode("utf8")), reverse=True)
    vocabulary = ["", "[UNK]", *ranked][:max_tokens]
    length = max((len(document) for document in documents), default=0) if length is None else length
    rows = []
    for document in documents:
        row = [vocabulary.index(word) if word in vocabulary else 1 for word in document][:length]
        rows.append(row + [0] * (length - len(row)))
    return np.array(rows, np.int64).reshape(len(texts), length), vocabulary


texts = st.lists(
    st.text(st.sampled_from(["a", "B", "c", "d", " ", " ", "\n", "\x1c", "\xa0", "É", "é", "語", "😀", "-", "'", "["]))
)


@settings(deadline=None, max_examples=200)
@given(texts, st.none() | st.integers(3, 8), st.none() | st.integers(1, 6))
def test_vectorize_is_what_the_oracle_says(texts, max_tokens, length):
    ids, vocabulary = vectorize(iter(texts), max_tokens, length)
    expected_ids, expected_vocabulary = oracle(texts, max_tokens, length)
    assert vocabulary == expected_vocabulary
    assert ids.dtype == np.int64 and ids.shape == expected_ids.shape
    np.testing.assert_array_equal(ids, expected_ids)


def test_what_keras_answered():
    ids, vocabulary = vectorize(KERAS_TEXTS)
    assert vocabulary == KERAS_VOCABULARY
    assert ids.tolist() == KERAS_IDS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The wide road shimmered in the hot sun.", "the wide road shimmered in the hot sun"),
        (string.punctuation, ""),
        ("a.b-c", "abc"),
        ("ÉCOLE “x” — Straße", "École “x” — straße"),
    ],
)
def test_standardisation(text, expected):
    assert lower_and_strip_punctuation(text) == expected == standard(text)


def test_the_tutorials_text():
    lines = [line for line in datasets.shakespeare().read_text(encoding="utf8").split("\n") if line]
    ids, vocabulary = vectorize(lines, max_tokens=4096, output_sequence_length=10)
    assert ids.shape == (32777, 10)  # the number that the tutorial prints
    assert len(vocabulary) == 4096 and ids.max() == 4095
    # as the tutorial prints them
    assert vocabulary[:20] == ["", "[UNK]", *COMMONEST]
    assert ids[0].tolist() == [89, 270, 0, 0, 0, 0, 0, 0, 0, 0]  # "First Citizen:"
    counts = np.bincount(ids.ravel(), minlength=4096)
    assert counts.min() >= 1
    assert (counts[[2, 3, 4]] > counts[100]).all()


def test_a_vocabulary_is_used_again():
    _, vocabulary = vectorize(["up down up", "left"], output_sequence_length=3)
    again, same = vectorize(["down up right", "left up up up"], output_sequence_length=3, vocabulary=vocabulary)
    assert same == vocabulary
    assert again.tolist() == [[vocabulary.index("down"), vocabulary.index("up"), 1], [vocabulary.index("left"), 2, 2]]


def test_standardize_may_be_another_function_or_none():
    assert vectorize(["A-b a"], standardize=None)[1] == ["", "[UNK]", "a", "A-b"]
    assert vectorize(["A-b a"], standardize=str.upper)[1] == ["", "[UNK]", "A-B", "A"]
    assert vectorize(["[UNK] x"], standardize=None)[0].tolist() == [[1, 2]]  # the unknown word, not a new one


def test_texts_without_words():
    assert vectorize([])[0].shape == (0, 0)
    assert vectorize(["", "..."], output_sequence_length=2)[0].tolist() == [[0, 0], [0, 0]]


@pytest.mark.parametrize(
    ("arguments", "options", "message"),
    [
        (("one text",), {}, "texts must be an iterable of str, got 'one text'; pass"),
        ((["x", 3],), {}, "text 1 must be a str, got 3"),
        ((["x"], "many"), {}, "max_tokens must be an int at least 3, got 'many'"),
    ],
)
def test_wrong_types(arguments, options, message):
    with pytest.raises(TypeError, match=message):
        vectorize(*arguments, **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"max_tokens": 2}, "max_tokens must be an int at least 3, got 2"),
        ({"output_sequence_length": 0}, "output_sequence_length must be an int at least 1, got 0"),
        ({"vocabulary": ["a", "b"]}, "vocabulary must begin with '' and '.UNK.'"),
        ({"vocabulary": ["", "[UNK]", "a", "a"]}, "hold no word twice"),
        ({"vocabulary": ["", "[UNK]", "a", "b"], "max_tokens": 3}, "vocabulary has 4 words, .* max_tokens=3"),
    ],
)
def test_wrong_values(options, message):
    with pytest.raises(ValueError, match=message):
        vectorize(["x"], **options)
