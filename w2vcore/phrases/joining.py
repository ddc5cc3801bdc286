"""Phrases joined in sentences and corpora: what `Phrases` and `FrozenPhrases` have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Any, ClassVar, overload

from w2vcore.corpus._phrases import PhraseJoiner
from w2vcore.corpus.containers import IndexedCorpus, check_rows, is_indexed, words_of
from w2vcore.corpus.joining import JoinedCorpus
from w2vcore.corpus.keying import plain_key
from w2vcore.corpus.readers import read_once
from w2vcore.corpus.sources import sentences_of
from w2vcore.facade.saveload import SaveLoad


class Joining(SaveLoad):
    """What `Phrases` and `FrozenPhrases` do to sentences."""

    delimiter: str
    connector_words: frozenset[str]
    threshold: float
    min_count: float
    _own_scoring: ClassVar[Callable[..., Any]]  # `score_candidate` of the class itself, not of one that a user derived

    def _joiner(self) -> PhraseJoiner:
        """Return what joins in compiled code; either class makes its own."""
        raise NotImplementedError

    def score_candidate(self, word_a: str, word_b: str, in_between: list[str]) -> tuple[str | None, float | None]:
        """Return the phrase that the words make and its score, or (None, None) if they make none."""
        raise NotImplementedError

    def _scores_itself(self) -> bool:
        """Whether no subclass has put something else in place of `score_candidate`."""
        return type(self).score_candidate is type(self)._own_scoring

    def _is_own(self) -> bool:
        """Whether no subclass has changed a method that joining goes through."""
        return self._scores_itself() and type(self).analyze_sentence is Joining.analyze_sentence

    def analyze_sentence(self, sentence: Iterable[str]) -> Iterator[tuple[str, float | None]]:
        """Yield the tokens of a sentence, phrases as one: ``(phrase, score)``, or ``(token, None)``.

        Parameters
        ----------
        sentence : iterable of str

        Examples
        --------
        >>> from w2vcore.phrases import Phrases
        >>> phrases = Phrases([["new", "york", "city"]] * 5, min_count=1, threshold=1e-3)
        >>> list(phrases.analyze_sentence(["in", "new", "york"]))
        [('in', None), ('new_york', 0.8)]
        """
        if self._scores_itself():
            yield from self._joiner().analyze(sentence)
        else:
            yield from self._analyze_by_candidates(sentence)

    def _analyze_by_candidates(self, sentence: Iterable[str]) -> Iterator[tuple[str, float | None]]:
        """Do the same through `score_candidate`, which a subclass has changed."""
        open_words: list[str] = []  # a word and the connector words after it
        for word in sentence:
            if word in self.connector_words:
                if open_words:
                    open_words.append(word)
                else:
                    yield word, None
                continue
            if open_words:
                phrase, score = self.score_candidate(open_words[0], word, open_words[1:])
                if phrase is not None and score is not None:
                    yield phrase, score
                    open_words = []
                    continue
                for token in open_words:
                    yield token, None
            open_words = [word]
        for token in open_words:
            yield token, None

    @overload
    def __getitem__(self, sentence: Iterable[str]) -> list[str]: ...  # type: ignore[overload-overlap]  # a str is both
    @overload
    def __getitem__(self, sentence: Iterable[Iterable[str]]) -> JoinedCorpus: ...
    def __getitem__(self, sentence: Any) -> list[str] | JoinedCorpus:
        """Return a sentence with its phrases joined, or a corpus of such sentences.

        Parameters
        ----------
        sentence : iterable of str, or iterable of iterables of str
            If its first item is a str, or there is none, it is one sentence.

        Returns
        -------
        list of str, or JoinedCorpus
            The corpus is read as it is iterated, and can be read as often as the one that was given.
        """
        if type(sentence) is list and sentence and type(sentence[0]) is str and self._is_own():
            return self._joiner().join(sentence)
        check_rows(sentence)
        sentence = IndexedCorpus(sentence) if is_indexed(sentence) else sentence
        items = iter(sentence)
        once = items is sentence or read_once(sentence) is not None  # what is taken from it must be put back
        try:
            first = next(items)
        except StopIteration:
            return []
        if isinstance(plain_key(first), str):
            tokens = chain([first], items)
            return self._joiner().join(tokens) if self._is_own() else [t for t, _ in self.analyze_sentence(tokens)]
        return JoinedCorpus(self.__getitem__, chain([first], items) if once else sentence, self._is_own() and not once)

    def find_phrases(self, sentences: Iterable[Iterable[str]]) -> dict[str, float]:
        """Return the phrases that occur in a corpus, and their scores.

        Parameters
        ----------
        sentences : iterable of iterables of str

        Returns
        -------
        dict of str to float

        Examples
        --------
        >>> from w2vcore.phrases import Phrases
        >>> phrases = Phrases([["new", "york", "city"]] * 5, min_count=1, threshold=1e-3)
        >>> phrases.find_phrases([["new", "york"], ["york", "city"]])
        {'new_york': 0.8, 'york_city': 0.8}
        """
        found = {}
        for number, sentence in enumerate(sentences_of(sentences)):
            for token, score in self.analyze_sentence(words_of(sentence, number)):
                if score is not None:
                    found[token] = score
        return found
