"""Tags: rows of the input matrix that belong to a sentence as a whole, such as the document that it is."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray


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

    @cached_property
    def highest(self) -> int:
        """The highest row, to check against a matrix; -1 without tags."""
        return int(self.rows.max()) if len(self.rows) else -1

    def of(self, sentence: int) -> NDArray[np.uint32]:
        """Return the rows of the tags of a sentence."""
        return self.rows[int(self.offsets[sentence]) : int(self.offsets[sentence + 1])]


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
