"""The facades `Phrases`, which counts words and pairs, and `FrozenPhrases`, which keeps the phrases alone."""

from __future__ import annotations

import heapq
import logging
import operator
import time
from collections.abc import Callable, Iterable, Mapping
from typing import IO, TYPE_CHECKING, Any, Literal

import numpy as np

from w2vcore.corpus._phrases import CUSTOM, PhraseJoiner, PhraseScorer, add_counts, export_phrases, frequent
from w2vcore.corpus._scanner import KeyTable
from w2vcore.corpus.compact import CompactCounts, CompactKeys
from w2vcore.corpus.phrasing import count_phrases
from w2vcore.facade import notebook
from w2vcore.facade.oldnames import refuse_old_arguments
from w2vcore.formats import phrases_file
from w2vcore.formats.atomic import PathLike, naming
from w2vcore.model.checks import check_int

from .arguments import check_connectors, check_delimiter, check_numbers
from .files import read, settings_of, shown, take_settings
from .frozen_scores import Scores
from .joining import Joining
from .scoring import KINDS, NEGATIVE_INFINITY, check_scoring

if TYPE_CHECKING:
    from typing_extensions import Self

logger = logging.getLogger("w2vcore.phrases")

_SHOWN = 8  # phrases in a notebook


class Phrases(Joining):
    """Finds words that belong together, by how often they stand together, and joins them (Mikolov et al. 2013).

    Train it on a corpus, then apply it to sentences: ``phrases[sentence]``, ``phrases[corpus]``. Apply it twice for
    phrases of three and more words: ``Phrases(phrases[corpus])``.

    Parameters
    ----------
    sentences : iterable of iterables of str, optional
        The corpus, which is read once. If a reader of this library has a path, its tokens are counted without a Python
        object for any of them.
    min_count : float
        Pairs that are seen less often are no phrases.
    threshold : float
        A pair is a phrase if its score is above the threshold. The default suits the default scorer.
    max_vocab_size : int
        Bound on the words and pairs kept in memory while counting, each about 45 bytes. If it is exceeded, rare ones
        are pruned. The distinct words themselves are held once more beside it.
    delimiter : str
        Joins the words of a phrase.
    progress_per : int
        Log progress after each `progress_per` sentences.
    scoring : {"default", "npmi"} or callable
        `original_scorer`, `npmi_scorer`, or a function that takes the six arguments that they take, by keyword.
    connector_words : iterable of str
        Words that may stand inside a phrase, any number of them, but not begin or end it, such as
        `ENGLISH_CONNECTOR_WORDS`. They do not count for the score.

    Attributes
    ----------
    vocab : mapping of str to int
        How often each word, and each joined pair, was seen. It reads like a dict. To change it, set a whole new dict.
    corpus_word_count : int
        Number of tokens read.
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
    >>> from w2vcore.phrases import ENGLISH_CONNECTOR_WORDS, Phrases
    >>> corpus = [["bank", "of", "america", "opened"], ["the", "bank", "of", "america"]] * 3
    >>> phrases = Phrases(corpus, min_count=2, threshold=0.5, connector_words=ENGLISH_CONNECTOR_WORDS)
    >>> phrases.export_phrases()
    {'bank_of_america': 0.5555555555555556}
    >>> list(phrases[corpus])[0]
    ['bank_of_america', 'opened']
    """

    @refuse_old_arguments("Phrases()", {"common_terms": "connector_words"})
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
    ) -> None:
        self.min_count, self.threshold = min_count, threshold
        self.max_vocab_size = check_int("max_vocab_size", max_vocab_size, 1)
        self.progress_per = check_int("progress_per", progress_per, 1)
        check_numbers(min_count, threshold, scoring)
        self.scoring = check_scoring(scoring)
        self.delimiter = check_delimiter(delimiter)
        self.connector_words = check_connectors(connector_words)
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

    def _repr_html_(self) -> str:
        """Show phrases in a notebook: how many words and pairs were counted, and the settings."""
        facts = [("words and pairs", len(self._table)), ("min_count", self.min_count), ("threshold", self.threshold)]
        return notebook.card(type(self).__name__, [*facts, ("delimiter", repr(self.delimiter))])

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
        kind = KINDS.get(self.scoring, CUSTOM)
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

    def score_candidate(self, word_a: str, word_b: str, in_between: list[str]) -> tuple[str | None, float | None]:
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

    _own_scoring = score_candidate

    def export_phrases(self, *sentences: Any) -> dict[str, float]:
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
            **settings_of(self, ignore),
            "max_vocab_size": self.max_vocab_size,
            "progress_per": self.progress_per,
            "min_reduce": self.min_reduce,
            "corpus_word_count": self.corpus_word_count,
        }
        data, offsets = self._table.packed()
        phrases_file.write(phrases_file.COUNTED, settings, CompactKeys(data, offsets), self._table.counts(), fname)

    @classmethod
    def load(
        cls,
        fname: PathLike | IO[bytes],
        mmap: Literal["r", "r+", "c"] | None = None,
        *,
        scoring: Callable[..., Any] | None = None,
    ) -> Self:
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
        kind, settings, keys, counts = read(fname)
        if kind != phrases_file.COUNTED:
            raise AttributeError(
                f"Model of type FrozenPhrases can't be loaded by {cls.__name__}: it has no counts; "
                f"use FrozenPhrases.load({shown(fname)})"
            )
        model = cls.__new__(cls)
        take_settings(model, settings, scoring, fname)
        if model.scoring is None:
            raise ValueError(
                f"{shown(fname)} was saved with the scoring function {settings['scoring_name']!r}, which is code and "
                f"is not stored: {cls.__name__}.load(path, scoring={settings['scoring_name']})"
            )
        for name in ("max_vocab_size", "progress_per", "min_reduce", "corpus_word_count"):
            if name not in settings:
                raise ValueError(f"{shown(fname)}: the setting {name!r} is missing; the file is damaged")
            with naming(fname):
                setattr(model, name, check_int(name, settings[name], 0))
        model._joiner_made = None
        model._table = keys.table()
        model._table.set_counts(counts.astype(np.int64, copy=False))
        return model

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_joiner_made": None}


class FrozenPhrases(Joining):
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
    def phrasegrams(self) -> dict[str, float]:
        """Score of each phrase."""
        return self._phrasegrams

    @phrasegrams.setter
    def phrasegrams(self, scores: Mapping[str, float]) -> None:
        self._phrasegrams = Scores(scores)
        self._joiner_made: tuple[tuple[Any, ...], PhraseJoiner] | None = None

    def __str__(self) -> str:
        return (
            f"{type(self).__name__}<{len(self.phrasegrams)} phrases, min_count={self.min_count}, "
            f"threshold={self.threshold}>"
        )

    __repr__ = __str__

    def _repr_html_(self) -> str:
        """Show phrases in a notebook: how many, and those of the highest scores."""
        facts = [("phrases", len(self.phrasegrams)), ("min_count", self.min_count), ("threshold", self.threshold)]
        best = heapq.nlargest(_SHOWN, self.phrasegrams.items(), key=operator.itemgetter(1))
        table = notebook.table(["phrase", "score"], [[phrase, float(score)] for phrase, score in best])
        return notebook.card(type(self).__name__, facts, table)

    def _joiner(self) -> PhraseJoiner:
        state = (self._phrasegrams.version, self.threshold, self.delimiter, self.connector_words)
        if self._joiner_made is None or self._joiner_made[0] != state:
            joiner = PhraseJoiner(
                self.delimiter, self.connector_words, phrases=self._phrasegrams, threshold=self.threshold
            )
            self._joiner_made = state, joiner
        return self._joiner_made[1]

    def score_candidate(self, word_a: str, word_b: str, in_between: list[str]) -> tuple[str | None, float | None]:
        """Return the phrase that two words and the connector words between them make and its score, or (None, None)."""
        phrase = self.delimiter.join([word_a, *in_between, word_b])
        score = self.phrasegrams.get(phrase, NEGATIVE_INFINITY)
        return (phrase, score) if score > self.threshold else (None, None)

    _own_scoring = score_candidate

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
        settings = settings_of(self, ignore)
        phrases_file.write(phrases_file.FROZEN, settings, CompactKeys.of(self.phrasegrams), scores, fname)

    @classmethod
    def load(
        cls,
        fname: PathLike | IO[bytes],
        mmap: Literal["r", "r+", "c"] | None = None,
        *,
        scoring: Callable[..., Any] | None = None,
    ) -> Self:
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
        kind, settings, keys, scores = read(fname)
        if kind == phrases_file.COUNTED:
            if hasattr(fname, "seek"):
                fname.seek(0)
            frozen = cls.__new__(cls)
            frozen._begin(Phrases.load(fname, scoring=scoring))
            return frozen
        model = cls.__new__(cls)
        take_settings(model, settings, scoring, fname)
        model.phrasegrams = dict(zip(keys, scores.tolist(), strict=True))
        return model

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_joiner_made": None}


Phraser = FrozenPhrases  # gensim's other name for it
