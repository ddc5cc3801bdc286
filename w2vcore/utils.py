"""Small helpers that word2vec scripts use, under their gensim names: tokenising, corpora of corpora, pruning rules."""

from __future__ import annotations

import itertools
import os
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any, Generic, TypeVar

from w2vcore.corpus.vocabulary import RULE_DEFAULT, RULE_DISCARD, RULE_KEEP
from w2vcore.formats.atomic import atomic_write

__all__ = [
    "RULE_DEFAULT",
    "RULE_DISCARD",
    "RULE_KEEP",
    "ClippedCorpus",
    "RepeatCorpus",
    "any2unicode",
    "deaccent",
    "save_as_line_sentence",
    "simple_preprocess",
    "to_unicode",
    "tokenize",
]

T = TypeVar("T")
_LETTERS = re.compile(r"[^\W\d]+")  # Unicode letters and the underscore, as in gensim


def any2unicode(text: str | bytes, encoding: str = "utf8", errors: str = "strict") -> str:
    r"""Return `text` as a str, decoded if it is bytes.

    Examples
    --------
    >>> any2unicode(b"na\xc3\xafve")
    'naïve'
    """
    return text if isinstance(text, str) else str(text, encoding, errors)


to_unicode = any2unicode


def deaccent(text: str | bytes) -> str:
    """Return `text` without accents.

    Examples
    --------
    >>> deaccent("Šéf chomutovských komunistů")
    'Sef chomutovskych komunistu'
    """
    letters = unicodedata.normalize("NFD", any2unicode(text))
    return unicodedata.normalize("NFC", "".join(c for c in letters if unicodedata.category(c) != "Mn"))


def tokenize(
    text: str | bytes,
    lowercase: bool = False,
    deacc: bool = False,
    encoding: str = "utf8",
    errors: str = "strict",
    to_lower: bool = False,
    lower: bool = False,
) -> Iterator[str]:
    """Yield the runs of letters in `text`; digits and punctuation separate them.

    Parameters
    ----------
    text : str or bytes
    lowercase, to_lower, lower : bool
        Lower-case first; three names for one thing.
    deacc : bool
        Remove accents.
    encoding, errors : str
        How to decode bytes.

    Examples
    --------
    >>> list(tokenize("Nic nemůže letět rychlostí vyšší, než 300 tisíc km/s", deacc=True))
    ['Nic', 'nemuze', 'letet', 'rychlosti', 'vyssi', 'nez', 'tisic', 'km', 's']
    """
    text = any2unicode(text, encoding, errors)
    if lowercase or to_lower or lower:
        text = text.lower()
    if deacc:
        text = deaccent(text)
    return (match.group() for match in _LETTERS.finditer(text))


def simple_preprocess(doc: str | bytes, deacc: bool = False, min_len: int = 2, max_len: int = 15) -> list[str]:
    """Turn a text into a list of lower-case tokens, leaving out those that are too short or too long.

    Parameters
    ----------
    doc : str or bytes
    deacc : bool
        Remove accents.
    min_len, max_len : int
        Shortest and longest token to keep, in characters.

    Examples
    --------
    >>> simple_preprocess("To be, or not to be: that is the question.")
    ['to', 'be', 'or', 'not', 'to', 'be', 'that', 'is', 'the', 'question']
    """
    words = tokenize(doc, lowercase=True, deacc=deacc, errors="ignore")
    return [word for word in words if min_len <= len(word) <= max_len and not word.startswith("_")]


class RepeatCorpus(Generic[T]):
    """The sentences of `corpus`, round and round, until there are `reps` of them.

    Examples
    --------
    >>> list(RepeatCorpus([["a"], ["b"]], 3))
    [['a'], ['b'], ['a']]
    """

    def __init__(self, corpus: Iterable[T], reps: int) -> None:
        self.corpus = corpus
        self.reps = reps

    def __iter__(self) -> Iterator[T]:
        left = self.reps
        while left > 0:
            before = left
            for sentence in itertools.islice(self.corpus, left):
                left -= 1
                yield sentence
            if left == before:
                return  # an empty corpus stays empty however often it is repeated


class ClippedCorpus(Generic[T]):
    """The first `max_docs` sentences of `corpus`; None takes all.

    Examples
    --------
    >>> list(ClippedCorpus([["a"], ["b"], ["c"]], 2))
    [['a'], ['b']]
    """

    def __init__(self, corpus: Iterable[T], max_docs: int | None = None) -> None:
        self.corpus = corpus
        self.max_docs = max_docs

    def __iter__(self) -> Iterator[T]:
        return itertools.islice(self.corpus, self.max_docs)

    def __len__(self) -> int:
        size = len(self.corpus)  # type: ignore[arg-type]  # a corpus without len() raises its own TypeError, as a list would not
        return size if self.max_docs is None else min(self.max_docs, size)


def save_as_line_sentence(corpus: Iterable[Iterable[Any]], filename: str | os.PathLike[str]) -> None:
    r"""Write `corpus` in the layout of LineSentence and ``corpus_file=``: one sentence a line, as UTF-8.

    A name that ends in .gz, .bz2, .xz or .zst is compressed. The file appears when it is complete: a corpus that raises
    leaves whatever was there before. Numbers are written as Python prints them.

    Raises
    ------
    TypeError
        If a sentence is a string instead of a list of words.
    ValueError
        If a word is empty or has white space in it, since it would be read back as none or several.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "corpus.txt"
    >>> save_as_line_sentence([["hello", "world"], ["again"]], path)
    >>> path.read_text()
    'hello world\nagain\n'
    """
    with atomic_write(filename) as out:
        for number, sentence in enumerate(corpus):
            out.write(_line(sentence, number))


def _line(sentence: Iterable[Any], number: int) -> bytes:
    if isinstance(sentence, (str, bytes)):
        raise TypeError(f"sentence {number} is {sentence!r:.60}; pass a list of words, e.g. s.split()")
    words = [
        word if isinstance(word, str) else any2unicode(word) if isinstance(word, bytes) else str(word)
        for word in sentence
    ]
    for word in words:
        if word.split() != [word]:
            raise ValueError(
                f"sentence {number} has the word {word!r}, which would not be read back as one word; "
                "join its parts with '_' or leave it out"
            )
    return " ".join(words).encode("utf8") + b"\n"
