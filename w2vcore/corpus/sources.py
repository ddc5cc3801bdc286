"""Where sentences come from: checks the two arguments that name a corpus, and says how often it may be read."""

from __future__ import annotations

import os
from collections.abc import Hashable, Iterable, Iterator, Sized
from dataclasses import dataclass
from types import FunctionType, GeneratorType
from typing import Any

import numpy as np

from .containers import IndexedCorpus, check_container, check_rows, is_indexed
from .files import FOLDER, LONGEST_PATH, kind_of
from .joining import JoinedCorpus
from .numbered import is_numbered
from .readers import BrownCorpus, CorpusFile, LineSentence, PathLineSentences, Text8Corpus, read_once
from .scanning import text_of
from .shares import FileShare

Sentences = Iterable[Iterable[Hashable]]

# Exactly these types are the same on every pass, so that ids may replace them during one call. A subclass may override
# __iter__ to draw new walks or shuffle in each epoch.
_SAME_EACH_PASS = (
    list, tuple, np.ndarray, np.memmap, CorpusFile, LineSentence, PathLineSentences, Text8Corpus, BrownCorpus,
    FileShare,
)  # fmt: skip

_CLASS_TO_WRITE = """Write a class that starts afresh on every pass:
    class MyCorpus:
        def __iter__(self):
            return make_sentences()  # whatever made this iterator
and pass MyCorpus()"""


@dataclass(frozen=True)
class Corpus:
    """A checked corpus.

    Attributes
    ----------
    sentences : iterable of iterables of tokens
        Can be iterated as often as was asked of `as_corpus`.
    cacheable : bool
        Whether every pass gives the same sentences, so that they are encoded once per call: lists, tuples, arrays,
        files, the readers of this library, and these with phrases joined. Any other iterable is read again each epoch.
    name : str
        What to call it in messages.
    """

    sentences: Sentences
    cacheable: bool
    name: str


def as_corpus(
    sentences: Any = None,
    corpus_file: Any = None,
    *,
    passes: int,
    once: str = "",
    for_file: str = "corpus_file={!r}",
) -> Corpus:
    """Check that exactly one corpus is given, and that it can be read `passes` times.

    Parameters
    ----------
    sentences : iterable of iterables of tokens, optional
    corpus_file : str, path-like, list of them, or CorpusFile, optional
        Files with one sentence a line.
    passes : int
        How often the caller will iterate. A generator is fine for one.
    once : str
        What the caller's user can do to have a corpus read only once.
    for_file : str
        How to pass a file to the caller, with a place for its name.

    Raises
    ------
    TypeError
        If both or neither is given, a file is missing, or `sentences` is no iterable or cannot be read often enough.

    Examples
    --------
    >>> as_corpus([["some", "words"]], passes=6).cacheable
    True
    >>> as_corpus(sentences=(line.split() for line in ["a b"]), passes=6)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
        ...
    TypeError: Using a generator as corpus_iterable can't support 6 passes. Try a re-iterable sequence. Write a ...
    """
    if sentences is None and corpus_file is None:
        raise TypeError("Either one of corpus_file or corpus_iterable value must be provided")
    if sentences is not None and corpus_file is not None:
        raise TypeError("Both corpus_file and corpus_iterable must not be provided at the same time")
    if corpus_file is not None:
        file = corpus_file if isinstance(corpus_file, CorpusFile) else CorpusFile(corpus_file)
        return Corpus(file, True, f"corpus_file {', '.join(file.paths)}")
    corpus = sentences_of(sentences, for_file)
    cacheable = _is_same_each_pass(corpus)
    if passes > 1 and not cacheable:
        _check_passes(corpus, passes, once)
    return Corpus(corpus, cacheable, f"corpus of type {type(sentences).__name__}")


def sentences_of(sentences: Any, for_file: str = "LineSentence({!r})") -> Sentences:
    """Return an iterable of the sentences of a corpus: the corpus, or a dataset's items by number.

    Raises
    ------
    TypeError
        If it is not a corpus, or would not give sentences.
    """
    _check_iterable(sentences, for_file)
    check_container(sentences)
    return IndexedCorpus(sentences) if is_indexed(sentences) else sentences


def _is_same_each_pass(sentences: Any) -> bool:
    """Whether a corpus is known to give the same sentences each time."""
    if type(sentences) is JoinedCorpus:
        return sentences.repeatable and _is_same_each_pass(sentences.corpus)
    if is_numbered(sentences):
        return sentences.same_each_epoch
    return type(sentences) in _SAME_EACH_PASS and read_once(sentences) is None


def _check_iterable(sentences: Any, for_file: str) -> None:
    """Refuse an object that cannot be a sequence of sentences."""
    if isinstance(sentences, (str, bytes, os.PathLike)):
        name = os.fsdecode(sentences)
        advice = "for one text [text.split()]"
        if len(name) < LONGEST_PATH:
            advice = f"for a file use {for_file.format(name)}, {advice}"
            if kind_of(name) == FOLDER:
                advice = f"for the files in a folder use PathLineSentences({name!r})"
        shown = repr(sentences) if len(name) < LONGEST_PATH else f"{name[:60]!r}..."
        raise TypeError(f"The corpus_iterable must be an iterable of lists of strings, got {shown} instead; {advice}")
    if hasattr(sentences, "read") and hasattr(sentences, "readline"):
        raise TypeError(
            f"The corpus_iterable must be an iterable of lists of strings, got {sentences!r} instead; for an open file "
            "use LineSentence(file)"
        )
    iterable = isinstance(sentences, Iterable) and getattr(sentences, "ndim", 1) != 0
    if isinstance(sentences, type) or not (iterable or is_indexed(sentences)):
        check_rows(sentences)  # some tables cannot be iterated
        has_items = hasattr(type(sentences), "__getitem__") and not hasattr(type(sentences), "__iter__")
        hint = ": it has __getitem__, but no __len__ and no __iter__" if has_items else ""
        raise TypeError(f"The corpus_iterable must be an iterable of lists of strings, got {sentences!r} instead{hint}")


def _check_passes(sentences: Sentences, passes: int, once: str) -> None:
    """Refuse a corpus that can be read only once: generators, built-in iterators, and objects that return the same one.

    A class whose ``__iter__`` returns itself may start over there, which only a second pass can show; it is accepted.
    """
    if type(sentences) is JoinedCorpus:
        _check_passes(sentences.corpus, passes, once)
    or_once = f". Or {once}" if once else ""
    why = read_once(sentences)
    if why is not None:
        raise TypeError(
            f"{why} can be read only once, which can't support {passes} passes. Write the text to a file first{or_once}"
        )
    if isinstance(sentences, GeneratorType):
        raise TypeError(
            f"Using a generator as corpus_iterable can't support {passes} passes. Try a re-iterable sequence. "
            f"{_CLASS_TO_WRITE}{or_once}"
        )
    iterator = iter(sentences)
    if iterator is iter(sentences) and not isinstance(getattr(type(iterator), "__iter__", None), FunctionType):
        raise TypeError(
            f"The corpus_iterable of type {type(sentences).__name__} gives the same {type(iterator).__name__} each "
            f"time: it can be read only once, which can't support {passes} passes. Try a re-iterable sequence. "
            f"{_CLASS_TO_WRITE}{or_once}"
        )


def why_empty(sentences: Any, seen: int = 0) -> str:
    """Say that a corpus is empty, why that may be, and what to do; "" if sentences were seen.

    Examples
    --------
    >>> why_empty([])
    'the corpus is empty: 0 sentences seen. The list has none'
    """
    return "" if seen else f"the corpus is empty: 0 sentences seen. {_reason(sentences)}"


def _reason(sentences: Any) -> str:
    if type(sentences) is JoinedCorpus:
        return _reason(sentences.corpus)
    text = text_of(sentences)
    if isinstance(sentences, (PathLineSentences, BrownCorpus)) and not (text and text.names):
        return f"There is no file with a sentence in the folder {_folder(sentences)!r}"
    if text is not None:
        names = [os.fspath(name) for name in text.names]
        return f"There is no word in {', '.join(names[:3])}{' and others' * (len(names) > 3)}"
    if isinstance(sentences, Iterator):
        return (
            f"If the {type(sentences).__name__} has been used up before, make it anew, or pass a list, or an object "
            "that can be iterated again"
        )
    if isinstance(sentences, Sized):
        return f"The {type(sentences.data if type(sentences) is IndexedCorpus else sentences).__name__} has none"
    return (
        f"The corpus of type {type(sentences).__name__} gave none: its __iter__ must start from the beginning each time"
    )


def _folder(reader: PathLineSentences | BrownCorpus) -> str:
    return os.fspath(reader.source if isinstance(reader, PathLineSentences) else reader.dirname)
