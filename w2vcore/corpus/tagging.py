"""Tags: rows of the input matrix that belong to a sentence as a whole, such as the document that it is."""

from __future__ import annotations

import logging
from collections.abc import Hashable, Iterable, Iterator, Mapping, Sized
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .keying import plain_key

logger = logging.getLogger("w2vcore.doc2vec")


@dataclass(frozen=True, eq=False)
class Tags:
    """The tags of the sentences of a batch.

    Attributes
    ----------
    offsets : ndarray of int64, shape (sentences + 1,)
        Sentence s has the tags ``rows[offsets[s]:offsets[s + 1]]``, if any; numbered as in ``Batch.offsets``.
    rows : ndarray of uint32
        Rows of the input matrix.

    Examples
    --------
    >>> tags = Tags(np.array([0, 2, 3]), np.array([7, 9, 8], np.uint32))
    >>> tags.of(0), tags.of(1), tags.most
    (array([7, 9], dtype=uint32), array([8], dtype=uint32), 2)
    """

    offsets: NDArray[np.int64]
    rows: NDArray[np.uint32]

    @cached_property
    def most(self) -> int:
        """The most tags in any sentence: what a worker makes room for."""
        return int(np.diff(self.offsets).max(initial=0))

    def check_number(self, number: int) -> None:
        """Raise ValueError unless each sentence has so many tags."""
        found = self._numbers
        if len(found) and (found[0] != number or found[1] != number):
            raise ValueError(f"each document must have {number} tags, with dm_concat; one has {set(found) - {number}}")

    @cached_property
    def _numbers(self) -> tuple[int, ...]:
        """The fewest and the most tags of a sentence, if there is one."""
        numbers = np.diff(self.offsets)
        return (int(numbers.min()), int(numbers.max())) if len(numbers) else ()

    @cached_property
    def highest(self) -> int:
        """The highest row, to check against a matrix; -1 without tags."""
        return int(self.rows.max()) if len(self.rows) else -1

    def of(self, sentence: int) -> NDArray[np.uint32]:
        """Return the rows of the tags of a sentence."""
        return self.rows[int(self.offsets[sentence]) : int(self.offsets[sentence + 1])]

    def part(self, start: int, stop: int) -> Tags:
        """Return the tags of the sentences ``start..stop``."""
        offsets = self.offsets[start : stop + 1]
        return Tags(offsets - offsets[0], self.rows[int(offsets[0]) : int(offsets[-1])])


class TagScan:
    """Documents as sentences: yields the words of each, and counts its tags.

    Parameters
    ----------
    documents : iterable of pairs (words, tags)
    each : int, optional
        How many tags each document must have.

    Attributes
    ----------
    documents, words : dict of tag to int
        For each tag, in the order in which they are first seen, how many documents have it, and how many words these
        have.

    Examples
    --------
    >>> scan = TagScan([(["a", "b"], ["news", "new"]), (["b"], ["news", "news"])])
    >>> list(scan), scan.documents, scan.words
    ([['a', 'b'], ['b']], {'news': 2, 'new': 1}, {'news': 3, 'new': 2})
    """

    def __init__(self, documents: Iterable[Any], each: int | None = None) -> None:
        self._documents = documents
        self._each = each
        self._warned = False
        self.documents: dict[Any, int] = {}
        self.words: dict[Any, int] = {}

    def __len__(self) -> int:
        return len(self.documents)

    def __iter__(self) -> Iterator[Any]:
        in_documents, in_words = self.documents, self.words
        for number, document in enumerate(self._documents):
            words, tags = _pair(document, number)
            if isinstance(words, str) and not self._warned:
                self._warned = True
                logger.warning(
                    "Each 'words' should be a list of words (usually unicode strings). First 'words' here is instead "
                    "plain %s.",
                    type(words),
                )
            if not isinstance(words, Sized) or isinstance(words, str):
                words = list(words)
            size = len(words)
            own = dict.fromkeys(map(plain_key, _checked(tags, number)))
            if self._each is not None and len(own) != self._each:
                raise ValueError(
                    f"each document must have dm_tag_count={self._each} tags with dm_concat=1, and document {number} "
                    f"has {list(own)!s:.60}"
                )
            for tag in own:
                in_documents[tag] = in_documents.get(tag, 0) + 1
                in_words[tag] = in_words.get(tag, 0) + size
            yield words


class Documents:
    """Documents as sentences: yields the words of each, and holds the rows of its tags until the next one.

    Parameters
    ----------
    documents : iterable of pairs (words, tags)
        ``TaggedDocument`` is such a pair.
    tag_to_row : mapping
        The row of each tag. Other tags are skipped.

    Attributes
    ----------
    rows : list of int
        Those of the last document yielded, each once.
    unknown : int
        Number of tags that were skipped.

    Examples
    --------
    >>> documents = Documents([(["a", "b"], ["news", "new"]), (["b"], ["news"])], {"news": 7})
    >>> [(words, documents.rows) for words in documents], documents.unknown
    ([(['a', 'b'], [7]), (['b'], [7])], 1)
    """

    def __init__(self, documents: Iterable[Any], tag_to_row: Mapping[Any, int]) -> None:
        self._documents = documents
        self._rows = tag_to_row
        self.rows: list[int] = []
        self.unknown = 0

    def __iter__(self) -> Iterator[Iterable[Hashable]]:
        for number, document in enumerate(self._documents):
            words, tags = _pair(document, number)
            found = [self._rows.get(tag) for tag in _checked(tags, number)]
            self.rows = list(dict.fromkeys(row for row in found if row is not None))
            self.unknown += found.count(None)
            yield words


def _pair(document: Any, number: int) -> tuple[Any, Any]:
    try:
        if hasattr(document, "words") and hasattr(document, "tags"):  # a class of a user, with further fields
            return document.words, document.tags
        words, tags = document
    except (TypeError, ValueError):
        raise TypeError(
            f"document {number} must be a pair (words, tags), such as TaggedDocument(words, tags), got "
            f"{type(document).__name__}"
        ) from None
    return words, tags


def _checked(tags: Any, number: int) -> list[Any]:
    """Return tags as a list, or say what is wrong with them."""
    if isinstance(tags, (str, bytes)) or not isinstance(tags, Iterable):
        raise TypeError(f"tags of document {number} must be a list of tags, got {tags!r}; for one tag pass [{tags!r}]")
    checked = list(tags)
    for tag in checked:
        if isinstance(tag, (bool, float)) or not isinstance(tag, Hashable):
            raise TypeError(f"a tag must be a str, an int or another key, got {tag!r} in document {number}")
    return checked
