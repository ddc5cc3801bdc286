"""What type checkers infer of phrases; checked by test_typing.py, not run."""

from collections.abc import Iterator, Mapping

from typing_extensions import assert_type

from w2vcore.phrases import ENGLISH_CONNECTOR_WORDS, FrozenPhrases, Phrases


class Own(Phrases):
    """A class of a user."""


def joined(sentences: list[list[str]]) -> Iterator[list[str]]:
    phrases = Phrases(sentences, min_count=3, threshold=0.5, connector_words=ENGLISH_CONNECTOR_WORDS)
    assert_type(phrases[["new", "york"]], list[str])
    assert_type(phrases.freeze(), FrozenPhrases)
    assert_type(phrases.freeze()[["new", "york"]], list[str])
    assert_type(phrases.export_phrases(), dict[str, float])
    assert_type(phrases.vocab, Mapping[str, int])
    assert_type(Own.load("phrases"), Own)
    yield from phrases[sentences]
