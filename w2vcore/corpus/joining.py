"""A corpus whose phrases are joined while it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any


class JoinedCorpus:
    """A corpus whose sentences have their phrases joined while they are read; it can be read as often as `corpus` can.

    Parameters
    ----------
    join : callable
        Takes a sentence and returns it as a list with the phrases joined.
    corpus : iterable of iterables of str
    repeatable : bool
        Whether `join` gives the same each time.

    Examples
    --------
    >>> corpus = JoinedCorpus("_".join, [["a", "b"], ["c"]])
    >>> list(corpus), list(corpus), len(corpus), corpus[1]
    (['a_b', 'c'], ['a_b', 'c'], 2, 'c')
    """

    def __init__(self, join: Callable[[Any], Any], corpus: Any, repeatable: bool = False) -> None:
        self.join = join
        self.corpus = corpus
        self.repeatable = repeatable

    def __iter__(self) -> Iterator[Any]:
        return map(self.join, self.corpus)

    def __len__(self) -> int:
        return len(self.corpus)

    def __getitem__(self, number: int) -> Any:
        if not hasattr(self.corpus, "__getitem__"):
            raise RuntimeError(
                f"Type {type(self.corpus).__name__} does not support slicing: sentences come by iterating only"
            )
        return self.join(self.corpus[number])
