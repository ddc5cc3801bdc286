"""Phrases of a million words of real text: those that gensim 4.4.0 finds, and the joined text that it makes of them."""

import hashlib

import pytest

from w2vcore import LineSentence
from w2vcore.phrases import ENGLISH_CONNECTOR_WORDS, Phrases

pytestmark = pytest.mark.data

# Settings, and what gensim 4.4.0 makes of corpus-small with them: number of words and pairs, of phrases, the sum of their
# scores, and the beginnings of the SHA-256 of the phrases, a line each, and of the joined text.
GENSIM = {
    "default": ({}, 506502, 2461, 867058.3255764957, "35f1f72c68b9dcd5", "8f3982688d31fe8a"),
    "npmi with connector words": (
        {"connector_words": ENGLISH_CONNECTOR_WORDS, "scoring": "npmi", "threshold": 0.5},
        561547,
        1292,
        820.453258580147,
        "63006afbccfdbd25",
        "8de98e33e97e5131",
    ),
    "pruned": (
        {"max_vocab_size": 100_000, "min_count": 2, "threshold": 5},
        84166,
        766,
        249847.18219168036,
        "15f72d55de2c49b3",
        "9198a427b155418b",
    ),
}


def digest(lines):
    """The beginning of the SHA-256 of some lines."""
    found = hashlib.sha256()
    for number, line in enumerate(lines):
        found.update((line if number == 0 else "\n" + line).encode())
    return found.hexdigest()[:16]


@pytest.mark.parametrize("name", GENSIM)
@pytest.mark.parametrize("as_list", [False, True], ids=["file", "list"])
def test_phrases_are_gensims(data_folder, name, as_list):
    settings, vocab, number, scores, phrases_digest, text_digest = GENSIM[name]
    reader = LineSentence(data_folder / "corpus-small.txt.gz")
    sentences = list(reader) if as_list else reader
    phrases = Phrases(sentences, **settings)
    frozen = phrases.freeze()
    assert (len(phrases.vocab), len(frozen.phrasegrams)) == (vocab, number)
    assert sum(frozen.phrasegrams.values()) == pytest.approx(scores, rel=1e-12)
    assert digest(frozen.phrasegrams) == phrases_digest
    for model in (frozen, phrases):
        assert digest([*map(" ".join, model[sentences]), ""]) == text_digest
