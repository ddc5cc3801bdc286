"""The facades `Phrases` and `FrozenPhrases`: gensim's classes for words that belong together, as in ``new_york``.

>>> from w2vcore.phrases import Phrases, ENGLISH_CONNECTOR_WORDS
>>> sentences = [["new", "york", "is", "big"], ["she", "likes", "new", "york"]] * 5
>>> phrases = Phrases(sentences, min_count=3, threshold=0.5, connector_words=ENGLISH_CONNECTOR_WORDS)
>>> phrases[["new", "york", "sleeps"]]
['new_york', 'sleeps']
"""

from __future__ import annotations

import inspect
import logging
import math
import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from typing import IO, Any, TypeVar

import numpy as np

from w2vcore.corpus._phrases import (
    CUSTOM,
    DEFAULT,
    NPMI,
    PhraseJoiner,
    PhraseScorer,
    add_counts,
    export_phrases,
    frequent,
)
from w2vcore.corpus._scanner import KeyTable
from w2vcore.corpus.compact import CompactCounts, CompactKeys
from w2vcore.corpus.containers import IndexedCorpus, check_rows, is_indexed, words_of
from w2vcore.corpus.joining import JoinedCorpus
from w2vcore.corpus.keying import plain_key
from w2vcore.corpus.phrasing import count_phrases
from w2vcore.corpus.readers import read_once
from w2vcore.corpus.sources import sentences_of
from w2vcore.facade.attributes import own_attributes, restore
from w2vcore.facade.oldnames import refuse_unknown
from w2vcore.facade.saveload import SaveLoad, checked_ignore
from w2vcore.formats import gensim_phrases, phrases_file
from w2vcore.formats.atomic import PathLike, naming
from w2vcore.formats.recognition import is_gensim_save
from w2vcore.model.checks import check_float, check_int

__all__ = ["ENGLISH_CONNECTOR_WORDS", "FrozenPhrases", "Phraser", "Phrases", "npmi_scorer", "original_scorer"]

logger = logging.getLogger("w2vcore.phrases")

NEGATIVE_INFINITY = float("-inf")

# Articles, prepositions and conjunctions; the list is gensim's, so that the same phrases are found.
ENGLISH_CONNECTOR_WORDS = frozenset(
    ("a", "an", "the", "for", "of", "with", "without", "at", "from", "to", "in", "on", "by", "and", "or")
)

SCORER_ARGUMENTS = ("worda_count", "wordb_count", "bigram_count", "len_vocab", "min_count", "corpus_word_count")

# What a model has beside these is the user's.
_ATTRIBUTES = frozenset(
    {"min_count", "threshold", "max_vocab_size", "progress_per", "scoring", "delimiter", "connector_words"}
    | {"min_reduce", "corpus_word_count", "vocab", "phrasegrams"}
)

AnyPhrases = TypeVar("AnyPhrases", bound="_Joining")


def original_scorer(
    worda_count: float,
    wordb_count: float,
    bigram_count: float,
    len_vocab: float,
    min_count: float,
    corpus_word_count: float,
) -> float:
    """Score a pair of words by how much more often they stand together than chance would have it.

    ``(bigram_count - min_count) * len_vocab / (worda_count * wordb_count)``: equation 6 of Mikolov et al. 2013
    (arXiv:1310.4546), times the size of the vocabulary.

    Parameters
    ----------
    worda_count, wordb_count, bigram_count : int
        Occurrences of the two words and of the pair.
    len_vocab : int
        Words and pairs that were counted.
    min_count : float
        Discount, which keeps rare pairs from scoring high.
    corpus_word_count : int
        Not used.

    Returns
    -------
    float
        ``-inf`` if a word was never seen.

    Examples
    --------
    >>> original_scorer(10, 20, 8, 1000, 3, 5000)
    25.0
    """
    expected = worda_count * wordb_count
    return (bigram_count - min_count) / float(expected) * len_vocab if expected else NEGATIVE_INFINITY


def npmi_scorer(
    worda_count: float,
    wordb_count: float,
    bigram_count: float,
    len_vocab: float,
    min_count: float,
    corpus_word_count: float,
) -> float:
    """Score a pair of words by normalised pointwise mutual information, from -1 to 1.

    ``log(p(a, b) / (p(a) p(b))) / -log p(a, b)``, where p is a count over `corpus_word_count`: Bouma, "Normalized
    (Pointwise) Mutual Information in Collocation Extraction", 2009.

    Parameters
    ----------
    worda_count, wordb_count, bigram_count : int
        Occurrences of the two words and of the pair.
    len_vocab : int
        Not used.
    min_count : float
        Pairs seen less often score ``-inf``.
    corpus_word_count : int
        Words of the corpus.

    Returns
    -------
    float
        ``-inf`` if a count is zero.

    Examples
    --------
    >>> npmi_scorer(20, 20, 10, 0, 1, 1000)
    0.6989700043360189
    """
    if bigram_count < min_count or not (worda_count and wordb_count and bigram_count and corpus_word_count):
        return NEGATIVE_INFINITY
    words = float(corpus_word_count)
    pa, pb, pab = worda_count / words, wordb_count / words, bigram_count / words
    return math.log(pab / (pa * pb)) / -math.log(pab) if pab != 1 else 1.0  # the limit where all is one pair


_SCORERS: dict[str, Callable[..., float]] = {"default": original_scorer, "npmi": npmi_scorer}
_KINDS = {original_scorer: DEFAULT, npmi_scorer: NPMI}


class _Joining(SaveLoad):
    """What `Phrases` and `FrozenPhrases` do to sentences."""

    delimiter: str
    connector_words: frozenset[str]
    threshold: float
    min_count: float

    def _joiner(self) -> PhraseJoiner:
        raise NotImplementedError

    def score_candidate(self, word_a: str, word_b: str, in_between: list[str]) -> tuple[str | None, Any]:
        """Return the phrase that the words make and its score, or (None, None) if they make none."""
        raise NotImplementedError

    def _scores_itself(self) -> bool:
        """Whether no subclass has put something else in place of `score_candidate`."""
        return type(self).score_candidate in (Phrases.score_candidate, FrozenPhrases.score_candidate)

    def _is_own(self) -> bool:
        """Whether no subclass has changed a method that joining goes through."""
        return self._scores_itself() and type(self).analyze_sentence is _Joining.analyze_sentence

    def analyze_sentence(self, sentence: Iterable[str]) -> Iterator[tuple[str, Any]]:
        """Yield the tokens of a sentence, phrases as one: ``(phrase, score)``, or ``(token, None)``.

        Parameters
        ----------
        sentence : iterable of str

        Examples
        --------
        >>> phrases = Phrases([["new", "york", "city"]] * 5, min_count=1, threshold=1e-3)
        >>> list(phrases.analyze_sentence(["in", "new", "york"]))
        [('in', None), ('new_york', 0.8)]
        """
        if self._scores_itself():
            yield from self._joiner().analyze(sentence)
        else:
            yield from self._analyze_by_candidates(sentence)

    def _analyze_by_candidates(self, sentence: Iterable[str]) -> Iterator[tuple[str, Any]]:
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

    def __getitem__(self, sentence: Any) -> Any:
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

    def find_phrases(self, sentences: Iterable[Iterable[str]]) -> dict[str, Any]:
        """Return the phrases that occur in a corpus, and their scores.

        Parameters
        ----------
        sentences : iterable of iterables of str

        Returns
        -------
        dict of str to float

        Examples
        --------
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


class Phrases(_Joining):
    """Finds words that belong together, by how often they stand together, and joins them (Mikolov et al. 2013).

    Train it on a corpus, then apply it to sentences: ``phrases[sentence]``, ``phrases[corpus]``. Apply it twice for
    phrases of three and more words: ``Phrases(phrases[corpus])``.

    Parameters
    ----------
    sentences : iterable of iterables of str, optional
        Is read once. The readers of this library, given a path, are counted without a Python object for any token.
    min_count : float
        Pairs seen less often are no phrases.
    threshold : float
        A pair is a phrase if its score is above. The default suits the default scorer.
    max_vocab_size : int
        Bound on the words and pairs kept in memory while counting, each about 45 bytes; rare ones are pruned when it
        is exceeded. The distinct words themselves are held once more beside it.
    delimiter : str
        Joins the words of a phrase.
    progress_per : int
        Log progress each so many sentences.
    scoring : {"default", "npmi"} or callable
        `original_scorer`, `npmi_scorer`, or a function that takes the six arguments that they take, by keyword.
    connector_words : iterable of str
        Words that may stand inside a phrase, any number of them, but not begin or end it, such as
        `ENGLISH_CONNECTOR_WORDS`. They do not count for the score.

    Attributes
    ----------
    vocab : mapping of str to int
        How often each word, and each joined pair, was seen. It reads like a dict; set a whole new one to change it.
    corpus_word_count : int
        Tokens read.
    min_reduce : int
        Rises by one with each pruning.
    scoring : callable

    Raises
    ------
    ValueError
        If `min_count` is not positive, `threshold` does not fit the scorer, or the scorer is unknown or takes other
        arguments.
    TypeError
        If an argument has the wrong type, or a token is no str.

    Examples
    --------
    >>> corpus = [["bank", "of", "america", "opened"], ["the", "bank", "of", "america"]] * 3
    >>> phrases = Phrases(corpus, min_count=2, threshold=0.5, connector_words=ENGLISH_CONNECTOR_WORDS)
    >>> phrases.export_phrases()
    {'bank_of_america': 0.5555555555555556}
    >>> list(phrases[corpus])[0]
    ['bank_of_america', 'opened']
    """

    def __init__(
        self,
        sentences: Iterable[Iterable[str]] | None = None,
        min_count: float = 5,
        threshold: float = 10.0,
        max_vocab_size: int = 40_000_000,
        delimiter: str = "_",
        progress_per: int = 10_000,
        scoring: str | Callable[..., Any] = "default",
        connector_words: Iterable[str] = frozenset(),
        **unknown: Any,
    ) -> None:
        refuse_unknown("Phrases()", unknown, {"common_terms": "connector_words"})
        self.min_count, self.threshold = min_count, threshold
        self.max_vocab_size = check_int("max_vocab_size", max_vocab_size, 1)
        self.progress_per = check_int("progress_per", progress_per, 1)
        _check_numbers(min_count, threshold, scoring)
        self.scoring = _check_scoring(scoring)
        self.delimiter = _check_delimiter(delimiter)
        self.connector_words = _check_connectors(connector_words)
        self.min_reduce = 1
        self.corpus_word_count = 0
        self._table = KeyTable()
        self._joiner_made: tuple[tuple[Any, ...], PhraseJoiner] | None = None
        if sentences is not None:
            began = time.perf_counter()
            self.add_vocab(sentences)
            logger.info("built %s in %.2fs", self, time.perf_counter() - began)

    @property
    def vocab(self) -> Mapping[str, int]:
        """How often each word, and each pair joined by the delimiter, was seen."""
        return CompactCounts(self._table)

    @vocab.setter
    def vocab(self, counts: Mapping[str, int]) -> None:
        for word, count in counts.items():
            if not isinstance(word, str):
                raise TypeError(f"vocab maps str to int, got the key {word!r}")
            check_int(f"vocab[{word!r}]", count, 0)
        table = CompactKeys.of(counts).table()
        table.set_counts(np.fromiter(counts.values(), np.int64, len(counts)))
        self._table = table

    def __str__(self) -> str:
        return (
            f"{type(self).__name__}<{len(self._table)} vocab, min_count={self.min_count}, threshold={self.threshold}, "
            f"max_vocab_size={self.max_vocab_size}>"
        )

    __repr__ = __str__

    def add_vocab(self, sentences: Iterable[Iterable[str]]) -> None:
        """Count more sentences.

        Parameters
        ----------
        sentences : iterable of iterables of str
            Is read once, so a generator will do.

        Raises
        ------
        TypeError
            If a token is no str, or `sentences` is no corpus.

        Examples
        --------
        >>> phrases = Phrases([["new", "york"]])
        >>> phrases.add_vocab([["new", "york"], ["new", "jersey"]])
        >>> dict(phrases.vocab)
        {'new': 3, 'york': 2, 'new_york': 2, 'jersey': 1, 'new_jersey': 1}
        """
        # The new sentences are counted by themselves first, as in gensim: otherwise, pruning would let no new word get
        # through beside those that were counted before.
        counts = count_phrases(
            sentences,
            delimiter=self.delimiter,
            connector_words=self.connector_words,
            max_vocab_size=self.max_vocab_size,
            progress_per=self.progress_per,
            logger=logger,
        )
        if counts.pruned:
            logger.warning(
                "max_vocab_size=%i dropped %i words and pairs; the counts of rare ones are too low",
                self.max_vocab_size,
                counts.pruned,
            )
        self.corpus_word_count += counts.words
        if not len(self._table):
            self._table = counts.table
            return
        logger.info("merging %i counts into %s", len(counts.table), self)
        self.min_reduce = max(self.min_reduce, counts.min_reduce)
        add_counts(self._table, counts.table)
        if len(self._table) > self.max_vocab_size:
            self._table = frequent(self._table, self.min_reduce)
            self.min_reduce += 1
        logger.info("merged %s", self)

    def _scorer(self) -> PhraseScorer:
        kind = _KINDS.get(self.scoring, CUSTOM)
        return PhraseScorer(
            kind, self.scoring, self.threshold, self.min_count, len(self._table), self.corpus_word_count
        )

    def _joiner(self) -> PhraseJoiner:
        """Return what joins with the settings of this moment, which users may have changed."""
        state = (
            *(self._table, len(self._table), self.corpus_word_count, self.scoring, self.threshold, self.min_count),
            *(self.delimiter, self.connector_words),
        )
        if self._joiner_made is None or self._joiner_made[0] != state:
            joiner = PhraseJoiner(self.delimiter, self.connector_words, vocab=self._table, scorer=self._scorer())
            self._joiner_made = state, joiner
        return self._joiner_made[1]

    def score_candidate(self, word_a: str, word_b: str, in_between: list[str]) -> tuple[str | None, Any]:
        """Return the phrase that two words and the connector words between them make, and its score.

        Returns
        -------
        (str, float) or (None, None)
            The second if they make none.
        """
        vocab = self.vocab
        phrase = self.delimiter.join([word_a, *in_between, word_b])
        a, b, ab = vocab.get(word_a, 0), vocab.get(word_b, 0), vocab.get(phrase, 0)
        if a <= 0 or b <= 0 or ab <= 0:
            return None, None
        score = self.scoring(
            worda_count=a,
            wordb_count=b,
            bigram_count=ab,
            len_vocab=len(vocab),
            min_count=self.min_count,
            corpus_word_count=self.corpus_word_count,
        )
        return (phrase, score) if score > self.threshold else (None, None)

    def export_phrases(self, *sentences: Any) -> dict[str, Any]:
        """Return all phrases and their scores.

        A key of `vocab` is taken for a pair where it has the delimiter in it, so tokens that have it themselves can be
        misread, as in gensim.

        Returns
        -------
        dict of str to float
        """
        if sentences:
            raise TypeError("export_phrases() takes no sentences since gensim 4: use find_phrases(sentences)")
        if self._scores_itself():
            return export_phrases(self._table, self.delimiter.encode("utf8", "surrogatepass"), self._scorer())
        found = {}
        for key in self.vocab:
            first, *between = key.split(self.delimiter)
            if between:
                phrase, score = self.score_candidate(first, between[-1], between[:-1])
                if phrase is not None and score is not None:
                    found[phrase] = score
        return found

    def freeze(self) -> FrozenPhrases:
        """Return a `FrozenPhrases` of the present phrases: small, fast, and without counts."""
        return FrozenPhrases(self)

    def save(
        self,
        fname: PathLike | IO[bytes],
        separately: Any = None,
        sep_limit: int = 10 * 1024**2,
        ignore: Iterable[str] = frozenset(),
        pickle_protocol: int = 4,
    ) -> None:
        """Save counts and settings in one safetensors file, atomically. A scorer of your own is not stored: it is code.

        Parameters
        ----------
        fname : str, path or binary file
            A ``.gz`` or ``.bz2`` name compresses.
        separately, sep_limit, pickle_protocol
            Accepted as in gensim; not used: there is one file, and no pickle.
        ignore : iterable of str
            Attributes of your own to leave out. The others are saved if they are str, numbers, bool, None, or lists and
            dicts of these; a warning in the log names those that are not.
        """
        logger.debug(
            "save: separately=%r, sep_limit=%r, pickle_protocol=%r ignored", separately, sep_limit, pickle_protocol
        )
        settings = {
            **_settings_of(self, ignore),
            "max_vocab_size": self.max_vocab_size,
            "progress_per": self.progress_per,
            "min_reduce": self.min_reduce,
            "corpus_word_count": self.corpus_word_count,
        }
        data, offsets = self._table.packed()
        phrases_file.write(phrases_file.COUNTED, settings, CompactKeys(data, offsets), self._table.counts(), fname)

    @classmethod
    def load(
        cls: type[AnyPhrases],
        fname: PathLike | IO[bytes],
        mmap: str | None = None,
        *,
        scoring: Callable[..., Any] | None = None,
    ) -> AnyPhrases:
        """Load what `save` wrote, or what gensim saved, without running any of it.

        Parameters
        ----------
        fname : str, path or binary file
        mmap
            Accepted as in gensim; not used.
        scoring : callable, optional
            The scorer, if it was one of your own.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If the file is damaged, newer than this version or something else, or if it wants a `scoring`.
        AttributeError
            If it holds a `FrozenPhrases`.
        """
        kind, settings, keys, counts = _read(fname)
        if kind != phrases_file.COUNTED:
            raise AttributeError(
                f"Model of type FrozenPhrases can't be loaded by {cls.__name__}: it has no counts; "
                f"use FrozenPhrases.load({_shown(fname)})"
            )
        model = cls.__new__(cls)
        assert isinstance(model, Phrases)
        _take_settings(model, settings, scoring, fname)
        if model.scoring is None:
            raise ValueError(
                f"{_shown(fname)} was saved with the scoring function {settings['scoring_name']!r}, which is code and "
                f"is not stored: {cls.__name__}.load(path, scoring={settings['scoring_name']})"
            )
        for name in ("max_vocab_size", "progress_per", "min_reduce", "corpus_word_count"):
            if name not in settings:
                raise ValueError(f"{_shown(fname)}: the setting {name!r} is missing; the file is damaged")
            with naming(fname):
                setattr(model, name, check_int(name, settings[name], 0))
        model._joiner_made = None
        model._table = keys.table()
        model._table.set_counts(counts.astype(np.int64, copy=False))
        return model

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_joiner_made": None}


class FrozenPhrases(_Joining):
    """The phrases of a `Phrases` with their scores: smaller and faster, but no more sentences can be counted.

    Also called `Phraser`, as in gensim.

    Parameters
    ----------
    phrases_model : Phrases

    Attributes
    ----------
    phrasegrams : dict of str to float
        Score of each phrase. A phrase that you add is joined too, with a score above `threshold`.
    threshold, min_count, delimiter, scoring, connector_words
        Those of the model. A higher `threshold` has fewer phrases joined.

    Examples
    --------
    >>> frozen = Phrases([["new", "york", "city"]] * 5, min_count=1, threshold=1e-3).freeze()
    >>> frozen
    FrozenPhrases<2 phrases, min_count=1, threshold=0.001>
    >>> frozen[["new", "york"]]
    ['new_york']
    """

    scoring: Callable[..., Any] | None

    def __init__(self, phrases_model: Phrases) -> None:
        self._begin(phrases_model)

    def _begin(self, phrases_model: Phrases) -> None:
        logger.info("exporting phrases from %s", phrases_model)
        began = time.perf_counter()
        self.threshold, self.min_count = phrases_model.threshold, phrases_model.min_count
        self.delimiter, self.scoring = phrases_model.delimiter, phrases_model.scoring
        self.connector_words = phrases_model.connector_words
        self.phrasegrams = phrases_model.export_phrases()
        logger.info("exported %s from %s in %.2fs", self, phrases_model, time.perf_counter() - began)

    @property
    def phrasegrams(self) -> dict[str, Any]:
        """Score of each phrase."""
        return self._phrasegrams

    @phrasegrams.setter
    def phrasegrams(self, scores: Mapping[str, Any]) -> None:
        self._phrasegrams = _Scores(scores)
        self._joiner_made: tuple[tuple[Any, ...], PhraseJoiner] | None = None

    def __str__(self) -> str:
        return (
            f"{type(self).__name__}<{len(self.phrasegrams)} phrases, min_count={self.min_count}, "
            f"threshold={self.threshold}>"
        )

    __repr__ = __str__

    def _joiner(self) -> PhraseJoiner:
        state = (self._phrasegrams.version, self.threshold, self.delimiter, self.connector_words)
        if self._joiner_made is None or self._joiner_made[0] != state:
            joiner = PhraseJoiner(
                self.delimiter, self.connector_words, phrases=self._phrasegrams, threshold=self.threshold
            )
            self._joiner_made = state, joiner
        return self._joiner_made[1]

    def score_candidate(self, word_a: str, word_b: str, in_between: list[str]) -> tuple[str | None, Any]:
        """Return the phrase that two words and the connector words between them make and its score, or (None, None)."""
        phrase = self.delimiter.join([word_a, *in_between, word_b])
        score = self.phrasegrams.get(phrase, NEGATIVE_INFINITY)
        return (phrase, score) if score > self.threshold else (None, None)

    def save(
        self,
        fname: PathLike | IO[bytes],
        separately: Any = None,
        sep_limit: int = 10 * 1024**2,
        ignore: Iterable[str] = frozenset(),
        pickle_protocol: int = 4,
    ) -> None:
        """Save phrases and settings in one safetensors file, atomically.

        Parameters
        ----------
        fname, separately, sep_limit, ignore, pickle_protocol
            As for `Phrases.save`.
        """
        logger.debug(
            "save: separately=%r, sep_limit=%r, pickle_protocol=%r ignored", separately, sep_limit, pickle_protocol
        )
        scores = np.fromiter(self.phrasegrams.values(), np.float64, len(self.phrasegrams))
        settings = _settings_of(self, ignore)
        phrases_file.write(phrases_file.FROZEN, settings, CompactKeys.of(self.phrasegrams), scores, fname)

    @classmethod
    def load(
        cls: type[AnyPhrases],
        fname: PathLike | IO[bytes],
        mmap: str | None = None,
        *,
        scoring: Callable[..., Any] | None = None,
    ) -> AnyPhrases:
        """Load what `save` wrote, or freeze what `Phrases.save` wrote; also what gensim saved, and run nothing in it.

        Parameters
        ----------
        fname : str, path or binary file
        mmap
            Accepted as in gensim; not used.
        scoring : callable, optional
            Only kept as an attribute, since all scores are in the file; a file of `Phrases` wants it as
            `Phrases.load` does.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        ValueError
            If the file is damaged, newer than this version, or something else.
        """
        kind, settings, keys, scores = _read(fname)
        if kind == phrases_file.COUNTED:
            if hasattr(fname, "seek"):
                fname.seek(0)
            frozen = cls.__new__(cls)
            assert isinstance(frozen, FrozenPhrases)
            frozen._begin(Phrases.load(fname, scoring=scoring))
            return frozen
        model = cls.__new__(cls)
        assert isinstance(model, FrozenPhrases)
        _take_settings(model, settings, scoring, fname)
        model.phrasegrams = dict(zip(keys, scores.tolist(), strict=True))
        return model

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_joiner_made": None}


Phraser = FrozenPhrases  # gensim's other name for it


class _Scores(dict[str, Any]):
    """A dict that counts its changes, since the joiner keeps the words that begin and end phrases."""

    version = 0


def _noting(name: str) -> Callable[..., Any]:
    """Return a method of dict that counts as a change."""
    original = getattr(dict, name)

    def method(self: _Scores, *args: Any, **kwargs: Any) -> Any:
        self.version += 1
        return original(self, *args, **kwargs)

    method.__name__ = name
    return method


for _name in ("__setitem__", "__delitem__", "__ior__", "clear", "pop", "popitem", "setdefault", "update"):
    setattr(_Scores, _name, _noting(_name))


# ---------------------------------------------------------------------- arguments


def _check_numbers(min_count: Any, threshold: Any, scoring: Any) -> None:
    """Refuse a min_count and a threshold that the scorer cannot mean."""
    check_float("min_count", min_count)
    check_float("threshold", threshold)
    if min_count <= 0:
        raise ValueError(f"min_count should be at least 1, got {min_count!r}")
    if scoring == "default" and threshold <= 0:
        raise ValueError(f"threshold should be positive for default scoring, got {threshold!r}")
    if scoring == "npmi" and not -1 <= threshold <= 1:
        raise ValueError(f"threshold should be between -1 and 1 for npmi scoring, got {threshold!r}")


def _check_scoring(scoring: Any) -> Callable[..., Any]:
    """Return the function that scores, or say why there is none."""
    if isinstance(scoring, str):
        if scoring not in _SCORERS:
            raise ValueError(f"unknown scoring method string {scoring!r}: use 'default', 'npmi' or a function")
        return _SCORERS[scoring]
    if not callable(scoring):
        raise TypeError(f"scoring must be 'default', 'npmi' or a function, got {scoring!r}")
    parameters = inspect.signature(scoring).parameters.values()
    names = {parameter.name for parameter in parameters}
    missing = [name for name in SCORER_ARGUMENTS if name not in names]
    if missing and not any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
        raise ValueError(
            f"scoring function missing expected parameters {missing}; it is called with {', '.join(SCORER_ARGUMENTS)}, "
            "by keyword"
        )
    function: Callable[..., Any] = scoring
    return function


def _check_delimiter(delimiter: Any) -> str:
    if not isinstance(delimiter, str):
        raise TypeError(f"delimiter must be a str such as '_' (since gensim 4), got {delimiter!r}")
    if not delimiter:
        raise ValueError("delimiter must have at least one character, got '': phrases could not be told from words")
    return delimiter


def _check_connectors(words: Any) -> frozenset[str]:
    if isinstance(words, (str, bytes)):
        raise TypeError(f"connector_words must be a set or list of words, got {words!r}; e.g. {words!r}.split()")
    connectors = frozenset(words)
    for word in connectors:
        if not isinstance(word, str):
            raise TypeError(f"connector_words must be str, got {word!r}")
    return connectors


# ---------------------------------------------------------------------- files


def _settings_of(model: Phrases | FrozenPhrases, ignore: Iterable[str]) -> dict[str, Any]:
    """Return what a file keeps of both classes, as JSON values."""
    own = own_attributes(model, _ATTRIBUTES | checked_ignore(ignore))
    names = {function: name for name, function in _SCORERS.items()}
    scoring = names.get(model.scoring) if model.scoring is not None else None
    return {
        "min_count": model.min_count,
        "threshold": model.threshold,
        "delimiter": model.delimiter,
        "connector_words": sorted(model.connector_words),
        "scoring": scoring,
        "scoring_name": scoring or getattr(model.scoring, "__name__", type(model.scoring).__name__),
        **({"attributes": own} if own else {}),
    }


def _read(fname: Any) -> tuple[str, dict[str, Any], CompactKeys, Any]:
    """Return kind, settings, keys and values of a file that w2vcore or gensim saved."""
    return gensim_phrases.read(fname) if is_gensim_save(fname) else phrases_file.read(fname)


def _take_settings(model: Any, settings: dict[str, Any], scoring: Any, fname: Any) -> None:
    """Set what `_settings_of` says; `scoring` is None where it was a function of the user that is not given."""
    try:
        stored, _ = settings["scoring"], settings["scoring_name"]
        scoring = stored if scoring is None else scoring
        model.scoring = None if scoring is None else _check_scoring(scoring)
        with naming(fname):
            model.min_count, model.threshold = settings["min_count"], settings["threshold"]
            _check_numbers(model.min_count, model.threshold, None)
            model.delimiter = _check_delimiter(settings["delimiter"])
            model.connector_words = _check_connectors(settings["connector_words"])
    except KeyError as error:
        raise ValueError(f"{_shown(fname)}: the setting {error} is missing; the file is damaged") from None
    restore(model, settings.get("attributes"), _ATTRIBUTES)


def _shown(fname: Any) -> str:
    return repr(os.fspath(fname)) if isinstance(fname, (str, os.PathLike)) else "the file"
