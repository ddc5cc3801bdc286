"""Small helpers that word2vec scripts use, under their gensim names: tokenising, corpora of corpora, pruning rules."""

from __future__ import annotations

import heapq
import itertools
import logging
import os
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

import numpy as np

from w2vcore.corpus.containers import words_of
from w2vcore.corpus.sources import sentences_of
from w2vcore.corpus.trimming import RULE_DEFAULT, RULE_DISCARD, RULE_KEEP, keep_vocab_item
from w2vcore.facade.saveload import SaveLoad
from w2vcore.formats.atomic import atomic_write

__all__ = [
    "RULE_DEFAULT",
    "RULE_DISCARD",
    "RULE_KEEP",
    "ClippedCorpus",
    "RepeatCorpus",
    "RepeatCorpusNTimes",
    "SaveLoad",
    "any2unicode",
    "any2utf8",
    "chunkize",
    "chunkize_serial",
    "deaccent",
    "flatten",
    "get_random_state",
    "grouper",
    "keep_vocab_item",
    "lazy_flatten",
    "merge_counts",
    "prune_vocab",
    "save_as_line_sentence",
    "simple_preprocess",
    "to_unicode",
    "to_utf8",
    "tokenize",
    "trim_vocab_by_freq",
]

logger = logging.getLogger("w2vcore.utils")


def open(*arguments: Any, **options: Any) -> Any:
    """Open a file as `smart_open.open` does, compressed ones and addresses too; gensim's scripts use this name.

    Examples
    --------
    >>> with open(os.devnull, encoding="utf8") as file:
    ...     file.read()
    ''
    """
    import smart_open  # slow to import, and rarely needed

    return smart_open.open(*arguments, **options)


T = TypeVar("T")
TrimRule = Callable[[Any, int, int], Any]
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


def any2utf8(text: str | bytes, errors: str = "strict", encoding: str = "utf8") -> bytes:
    r"""Return `text` as UTF-8; bytes in another encoding are converted, and bytes in UTF-8 checked.

    Examples
    --------
    >>> any2utf8("naïve"), any2utf8(b"na\xefve", encoding="latin1")
    (b'na\xc3\xafve', b'na\xc3\xafve')
    """
    return any2unicode(text, encoding, errors).encode("utf8")


to_utf8 = any2utf8


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
        Lower-case the text first; three names for one option.
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
    """The sentences of `corpus`, repeated from the start, until there are `reps` of them.

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


class RepeatCorpusNTimes(Generic[T]):
    """The sentences of `corpus`, `n` times.

    Examples
    --------
    >>> list(RepeatCorpusNTimes([["a"], ["b"]], 2))
    [['a'], ['b'], ['a'], ['b']]
    """

    def __init__(self, corpus: Iterable[T], n: int) -> None:
        self.corpus = corpus
        self.n = n

    def __iter__(self) -> Iterator[T]:
        for _ in range(self.n):
            yield from self.corpus


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


def chunkize_serial(
    iterable: Iterable[Any], chunksize: int, as_numpy: bool = False, dtype: Any = np.float32
) -> Iterator[list[Any]]:
    """Yield the items in lists of `chunksize`; the last may be shorter. Also called `grouper`.

    Parameters
    ----------
    iterable : iterable
    chunksize : int
    as_numpy : bool
        Make an array of each item, of type `dtype`.
    dtype : dtype

    Raises
    ------
    ValueError
        If `chunksize` is not positive.

    Examples
    --------
    >>> list(grouper(range(5), 2))
    [[0, 1], [2, 3], [4]]
    """
    if chunksize < 1:
        raise ValueError(f"chunksize must be at least 1, got {chunksize!r}")
    items = iter(iterable)
    if as_numpy:
        items = (np.array(item, dtype) for item in items)
    return iter(lambda: list(itertools.islice(items, int(chunksize))), [])


grouper = chunkize_serial


def chunkize(corpus: Iterable[Any], chunksize: int, maxsize: int = 0, as_numpy: bool = False) -> Iterator[list[Any]]:
    """Do what `chunkize_serial` does.

    Parameters
    ----------
    corpus : iterable
    chunksize : int
    maxsize : int
        Accepted as in gensim, where a process reads this many chunks ahead; here none does.
    as_numpy : bool
        Make an array of float32 of each item.

    Examples
    --------
    >>> list(chunkize(range(5), 2, maxsize=10))
    [[0, 1], [2, 3], [4]]
    """
    if maxsize < 0:
        raise ValueError(f"maxsize must be at least 0, got {maxsize!r}")
    return chunkize_serial(corpus, chunksize, as_numpy)


def lazy_flatten(nested_list: Iterable[Any]) -> Iterator[Any]:
    """Yield the items of nested iterables of any depth; a str is one item.

    Examples
    --------
    >>> list(lazy_flatten(["a", ["b", ("cd", [1])]]))
    ['a', 'b', 'cd', 1]
    """
    pending = [iter(nested_list)]  # an explicit stack: nesting may be deeper than Python's recursion limit
    while pending:
        for item in pending[-1]:
            if isinstance(item, Iterable) and not isinstance(item, (str, bytes)):
                pending.append(iter(item))
                break
            yield item
        else:
            pending.pop()


def flatten(nested_list: Iterable[Any]) -> list[Any]:
    """Return what `lazy_flatten` yields, as a list.

    Examples
    --------
    >>> flatten([["a"], ["b", ["c"]]])
    ['a', 'b', 'c']
    """
    return list(lazy_flatten(nested_list))


def get_random_state(seed: Any) -> np.random.RandomState:
    """Return a RandomState for a seed.

    Parameters
    ----------
    seed : {None, int, RandomState, numpy.random}
        None, or the module, gives NumPy's global one. A RandomState is returned as it is.

    Raises
    ------
    ValueError
        For anything else.

    Examples
    --------
    >>> get_random_state(7).randint(10), get_random_state(7).randint(10)
    (4, 4)
    """
    if seed is None or seed is np.random:
        state: np.random.RandomState = np.random.mtrand._rand  # it has no public name
        return state
    if isinstance(seed, (int, np.integer)):
        return np.random.RandomState(seed)
    if isinstance(seed, np.random.RandomState):
        return seed
    raise ValueError(f"{seed!r} cannot be used to seed a np.random.RandomState: pass an int, a RandomState or None")


def prune_vocab(vocab: dict[Any, int], min_reduce: int, trim_rule: TrimRule | None = None) -> int:
    """Remove words seen fewer than `min_reduce` times from a dict of counts, in place; see `keep_vocab_item`.

    Returns
    -------
    int
        The sum of the removed counts.

    Examples
    --------
    >>> counts = {"a": 3, "b": 1}
    >>> prune_vocab(counts, 2), counts
    (1, {'a': 3})
    """
    before, gone = len(vocab), 0
    for word in [word for word, count in vocab.items() if not keep_vocab_item(word, count, min_reduce, trim_rule)]:
        gone += vocab.pop(word)
    logger.info(
        "pruned out %i tokens with count <%i (before %i, after %i)",
        *(before - len(vocab), min_reduce, before, len(vocab)),
    )
    return gone


def trim_vocab_by_freq(vocab: dict[Any, int], topk: int, trim_rule: TrimRule | None = None) -> None:
    """Keep the `topk` most frequent words of a dict of counts, in place, and all that tie with the last of them.

    Examples
    --------
    >>> counts = {"a": 3, "b": 1, "c": 2, "d": 2}
    >>> trim_vocab_by_freq(counts, 2)
    >>> counts
    {'a': 3, 'c': 2, 'd': 2}
    """
    if topk < 1:
        raise ValueError(f"topk must be at least 1, got {topk!r}")
    if topk < len(vocab):
        prune_vocab(vocab, heapq.nlargest(topk, vocab.values())[-1], trim_rule)


def merge_counts(dict1: dict[Any, int], dict2: dict[Any, int]) -> dict[Any, int]:
    """Add the counts of the second dict to the first, and return the first.

    Examples
    --------
    >>> merge_counts({"a": 1, "b": 2}, {"b": 3, "c": 4})
    {'a': 1, 'b': 5, 'c': 4}
    """
    for word, count in dict2.items():
        dict1[word] = dict1.get(word, 0) + count
    return dict1


def save_as_line_sentence(corpus: Iterable[Iterable[Any]], filename: str | os.PathLike[str]) -> None:
    r"""Write `corpus` in the layout of LineSentence and ``corpus_file=``: one sentence a line, as UTF-8.

    A name that ends in .gz, .bz2, .xz or .zst is compressed. The file appears when it is complete: if the corpus
    raises, an earlier file stays as it was. Numbers are written as Python prints them.

    Raises
    ------
    TypeError
        If a sentence is a string instead of a list of words.
    ValueError
        If a word is empty or contains white space, since it would be read back as no word or several.

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
        for number, sentence in enumerate(sentences_of(corpus)):
            out.write(_line(sentence, number))


def _line(sentence: Iterable[Any], number: int) -> bytes:
    words = [
        word if isinstance(word, str) else any2unicode(word) if isinstance(word, bytes) else str(word)
        for word in words_of(sentence, number)
    ]
    for word in words:
        if word.split() != [word]:
            raise ValueError(
                f"sentence {number} has the word {word!r}, which would not be read back as one word; "
                "join its parts with '_' or leave it out"
            )
    return " ".join(words).encode("utf8") + b"\n"
