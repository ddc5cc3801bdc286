"""Which words a picture shows, and how they are written in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.keyedvectors import KeyedVectors
from w2vcore.model.checks import check_int
from w2vcore.visual.projector import label

LONGEST = 40  # characters of a word that a picture shows


def check_vectors(wv: Any) -> KeyedVectors:
    """Return what was given, if it is KeyedVectors with a vector in it.

    Raises
    ------
    TypeError, ValueError
    """
    if not isinstance(wv, KeyedVectors):
        hint = ": pass model.wv" if isinstance(getattr(wv, "wv", None), KeyedVectors) else ""
        raise TypeError(f"wv must be KeyedVectors, got {type(wv).__name__}{hint}")
    if not len(wv):
        raise ValueError("there are no vectors to show; train a model or load vectors first")
    return wv


def rows_of(wv: KeyedVectors, words: Iterable[Any] | None, topn: int) -> NDArray[np.intp]:
    """Return the rows of some keys, each once, or those of the most frequent ones.

    Parameters
    ----------
    wv : KeyedVectors
    words : iterable of keys, or None
        Several of them; None: the `topn` most frequent ones, or the first rows where counts are not known.
    topn : int

    Raises
    ------
    KeyError
        For a missing word.
    TypeError
        If `words` is a single string, or `topn` no number.
    ValueError
        If `topn` is less than 1, or a vector that is to be shown is not finite.

    Examples
    --------
    >>> wv = KeyedVectors(2)
    >>> wv.add_vectors(["road", "sun", "the"], [[0, 1], [1, 0], [1, 1]], extras={"count": np.array([3, 5, 9])})
    >>> rows_of(wv, ["sun", "road"], 1).tolist(), rows_of(wv, None, 2).tolist()
    ([1, 0], [2, 1])
    """
    topn = check_int("topn", topn, 1)
    if isinstance(words, (str, bytes)):
        raise TypeError(f"words must be a list of words, got {words!r:.60}; pass [{words!r:.60}, ...]")
    if words is None:
        filled = np.array([row for row, key in enumerate(wv.index_to_key) if key is not None], np.intp)
        counts = _counts(wv)
        order = filled if counts is None else filled[np.argsort(-counts[filled], kind="stable")]
        rows = order[:topn]
    else:
        rows = np.array(list(dict.fromkeys(wv.get_index(word) for word in words)), np.intp)
    if not np.isfinite(np.asarray(wv.vectors)[rows]).all():
        raise ValueError("some of the vectors to show are not finite (NaN or infinite): no map can be made of them")
    return rows


def _counts(wv: KeyedVectors) -> NDArray[Any] | None:
    counts = wv.expandos.get("count")
    return None if counts is None or len(counts) < len(wv) else np.asarray(counts)


def counts_of(wv: KeyedVectors, rows: NDArray[np.intp]) -> list[int] | None:
    """Return how often the keys of some rows occurred, or None where that is not known."""
    counts = _counts(wv)
    return None if counts is None else [int(count) for count in counts[rows]]


def names_of(wv: KeyedVectors, rows: NDArray[np.intp]) -> list[str]:
    """Return the keys of some rows as one visible line each, however long."""
    return [label(wv.index_to_key[row]) for row in rows]


def shortened(name: str) -> str:
    """Return a name as it fits into a picture.

    Examples
    --------
    >>> shortened("x" * 50) == "x" * 39 + "…"
    True
    """
    return name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"
