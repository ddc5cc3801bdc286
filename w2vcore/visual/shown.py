"""Which words a picture shows, and how it writes them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.model.checks import check_int
from w2vcore.visual.labels import label
from w2vcore.visual.protocol import ShownVectors, check_vectors

LONGEST = 40  # characters of a word that a picture shows


def check_not_empty(wv: Any) -> None:
    """Refuse anything but vectors by key, and an empty set of them.

    Raises
    ------
    TypeError, ValueError
    """
    if not len(check_vectors(wv)):
        raise ValueError("there are no vectors to show; train a model or load vectors first")


def rows_of(wv: ShownVectors, words: Iterable[Any] | None, topn: int) -> NDArray[np.intp]:
    """Return the rows of some keys, each once, or those of the most frequent ones.

    Parameters
    ----------
    wv : KeyedVectors
    words : iterable of keys, or None
        None: the `topn` most frequent ones, or the first rows if counts are not known.
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
    >>> from w2vcore import KeyedVectors
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
        known = _counts(wv)
        order = filled if known is None else filled[np.argsort(-known[filled], kind="stable")]
        rows = order[:topn]
    else:
        rows = np.array(list(dict.fromkeys(wv.get_index(word) for word in words)), np.intp)
    if not np.isfinite(np.asarray(wv.vectors)[rows]).all():
        raise ValueError("some of the vectors to show are not finite (NaN or infinite): no map can be made of them")
    return rows


def _counts(wv: ShownVectors) -> NDArray[Any] | None:
    """Return how often each key occurred, or None where that is not known of all."""
    column = wv.expandos.get("count")
    return None if column is None or len(column) < len(wv) else np.asarray(column)


def counts_of(wv: ShownVectors, rows: NDArray[np.intp]) -> list[int] | None:
    """Return how often the keys of some rows occurred, or None if that is not known."""
    known = _counts(wv)
    return None if known is None else [int(count) for count in known[rows]]


def names_of(wv: ShownVectors, rows: NDArray[np.intp]) -> list[str]:
    """Return the keys of some rows, each as one visible line of any length."""
    return [label(wv.index_to_key[row]) for row in rows]


def noun_of(keys: list[str], have_titles: bool) -> str:
    """Return what vectors are of: items if most keys are numbers, as ids are, or have titles; words otherwise.

    Examples
    --------
    >>> noun_of(["17", "4", "road"], False), noun_of(["road", "sun"], False), noun_of(["b17", "b4"], True)
    ('item', 'word', 'item')
    """
    are_numbers = 2 * sum(key.isdecimal() for key in keys) > len(keys)
    return "item" if have_titles or are_numbers else "word"


def plural(noun: str) -> str:
    """Return the plural of a regular English noun.

    Examples
    --------
    >>> plural("item"), plural("city"), plural("toy")
    ('items', 'cities', 'toys')
    """
    return noun[:-1] + "ies" if noun.endswith("y") and noun[-2:-1] not in "aeiou" else noun + "s"


def shortened(name: str) -> str:
    """Return a name, shortened to fit into a picture.

    Examples
    --------
    >>> shortened("x" * 50) == "x" * 39 + "…"
    True
    """
    return name if len(name) <= LONGEST else name[: LONGEST - 1] + "…"
