"""A corpus whose tokens are numbers of known keys, so that it is trained without a Python object for any token.

Random walks on a graph are one. `is_numbered` recognises it; whoever only iterates over it gets lists of keys.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ._encoding import GONE
from .compact import CompactKeys
from .encoding import Batch

if TYPE_CHECKING:
    from typing import TypeGuard

_MARK = "tokens_are_numbered"


class NumberedCorpus(Protocol):
    """What such a corpus has, beside ``tokens_are_numbered = True`` in its own class.

    A subclass has no such mark, as it may iterate over something else, and is read as any other iterable.
    """

    tokens_are_numbered: bool

    @property
    def number_to_key(self) -> Sequence[Any]:
        """The key of each number, each once."""

    @property
    def same_each_epoch(self) -> bool:
        """Whether all epochs have the same sentences."""

    def batches(self, epoch: int, workers: int = 1) -> Iterator[Batch]:
        """Yield the sentences of an epoch, as numbers, in arrays that nobody else uses."""

    def share(self, rank: int, ranks: int) -> NumberedCorpus:
        """Return a part of this corpus: one of so many, which together are all of it."""

    def digest(self) -> str:
        """Return what is equal for equal corpora."""

    def __iter__(self) -> Iterator[list[Any]]: ...


def is_numbered(sentences: Any) -> TypeGuard[NumberedCorpus]:
    """Whether a corpus is a `NumberedCorpus`.

    Examples
    --------
    >>> is_numbered([["a"]])
    False
    """
    return vars(type(sentences)).get(_MARK) is True


class NumberCounts:
    """How often each number occurs, and which came first.

    Parameters
    ----------
    size : int
        How many numbers there are.

    Attributes
    ----------
    words, sentences : int

    Examples
    --------
    >>> counts = NumberCounts(4)
    >>> for batch in ([3, 1, 3], [0, 1]):
    ...     counts.add(Batch(np.array(batch, np.uint32), np.array([0, len(batch)]), len(batch), 1))
    >>> counts.by_key("abcd"), counts.words, counts.sentences
    ({'d': 2, 'b': 2, 'a': 1}, 5, 2)
    """

    def __init__(self, size: int) -> None:
        self.words = self.sentences = 0
        self._counts = np.zeros(size, np.int64)
        self._order: list[NDArray[np.uint32]] = []

    def add(self, batch: Batch) -> None:
        """Count a batch."""
        self.words += batch.raw_words
        self.sentences += batch.sentences
        fresh = batch.ids[self._counts[batch.ids] == 0]
        if len(fresh):
            numbers, first = np.unique(fresh, return_index=True)
            self._order.append(numbers[np.argsort(first)])
        self._counts += np.bincount(batch.ids, minlength=len(self._counts))

    @property
    def order(self) -> NDArray[np.uint32]:
        """The numbers that occur, in the order in which they were first seen."""
        return np.concatenate([np.zeros(0, np.uint32), *self._order])

    def by_key(self, number_to_key: Sequence[Any]) -> dict[Any, int]:
        """Return the counts by key, in the order in which keys were first seen."""
        order = self.order
        counts = self._counts[order].tolist()
        return {number_to_key[number]: count for number, count in zip(order.tolist(), counts, strict=True)}

    def places(self) -> NDArray[np.uint32]:
        """Return the place of each number in `order`, or GONE."""
        order = self.order
        places = np.full(len(self._counts), GONE, np.uint32)
        places[order] = np.arange(len(order), dtype=np.uint32)
        return places


def counted(batches: Iterable[Batch], counts: NumberCounts) -> Iterator[Batch]:
    """Pass batches on, and count them."""
    for batch in batches:
        counts.add(batch)
        yield batch


def rows_of_numbers(number_to_key: Sequence[Any], rows: Mapping[Any, int] | CompactKeys) -> NDArray[np.uint32]:
    """Return the row of each number's key, or GONE.

    Examples
    --------
    >>> rows_of_numbers("abc", {"c": 0, "a": 1}).tolist() == [1, GONE, 0]
    True
    """
    known = {key: row for row, key in enumerate(rows)} if isinstance(rows, CompactKeys) else rows
    return np.fromiter((known.get(key, GONE) for key in number_to_key), np.uint32, len(number_to_key))
