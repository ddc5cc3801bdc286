"""Content words: what is left out, and what is taken where nothing else is left."""

import numpy as np
import pytest

from w2vcore.datasets import shakespeare
from w2vcore.visual.content import PASSAGE, _spread_evenly, content_rows
from w2vcore.visual.recording import BEGINNING, record


def counted(tokens):
    keys, counts = np.unique(tokens, return_counts=True)
    return keys.tolist(), counts


def test_words_in_bursts_and_words_that_are_spread():
    """Two words are as frequent; one is in a quarter of the passages, the other anywhere."""
    rng = np.random.default_rng(1)
    tokens = rng.choice(["filler", "rest"], 40 * PASSAGE).astype(object)
    tokens[rng.choice(len(tokens), 100, replace=False)] = "spread"
    tokens[rng.choice(10 * PASSAGE, 100, replace=False)] = "burst"
    assert _spread_evenly(tokens) == {"filler", "rest", "spread"}
    assert _spread_evenly(tokens[: 19 * PASSAGE]) == set()  # too short to say
    keys, counts = counted(tokens.tolist())
    assert [keys[row] for row in content_rows(keys, counts, [tokens.tolist()], 2)] == ["burst", keys[np.argmax(counts)]]


def test_a_text():
    lines = [line.lower().replace(",", " ").replace(".", " ").split() for line in shakespeare().open(encoding="utf8")]
    keys, counts = counted([word for line in lines for word in line])
    words = [keys[row] for row in content_rows(keys, counts, lines, 60)]
    assert {"king", "lord", "love", "queen", "father"} <= set(words)
    assert not set(words) & {"the", "and", "to", "of", "thou", "shall", "what", "well", "more"}


@pytest.mark.parametrize("keys", [["the", "and", "The"], [1, 2, 3], ["--", "a", "!"]])
def test_something_is_always_shown(keys):
    assert content_rows(keys, np.array([5, 9, 1]), [], 2) == [1, 0]


def test_what_is_recorded():
    sentences = [["the", "sun", "and", "the", "moon"], ["the", "cold", "moon"]] * 100
    film = record(sentences, topn=3, snapshots=1, epochs=1, vector_size=4)
    assert {film.model.wv.index_to_key[row] for row in film.rows} == {"sun", "moon", "cold"}
    assert film.beginning == sentences[:74]  # 296 words; the next sentence has five
    assert sum(map(len, film.beginning)) <= BEGINNING
    assert record([["a", "b"] * 400], snapshots=1, epochs=1, vector_size=4).beginning == [["a", "b"] * 150]
