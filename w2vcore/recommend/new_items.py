"""Items that a model has not seen, by what they have in common with those that it has: weights of known items."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from w2vcore.corpus.keying import clean_key

Floats = NDArray[np.floating[Any]]


class NewItems:
    """Items that are not among the known ones, each the mean of its attributes.

    The vector of an attribute is the mean of those of the known items that have it, and a new item's is the mean of its
    attributes', as for cold items of EGES (Wang et al. 2018, arXiv:1803.02349), which trains vectors for the
    attributes. An attribute that no known item has says nothing; an item with no other has no vector.

    Parameters
    ----------
    attributes : mapping
        Item -> its attributes.
    rows : mapping
        Known item -> its row.

    Examples
    --------
    >>> shelf = {"tea": ["hot"], "cup": ["china"], "pot": ["hot", "china"], "saw": ["steel"]}
    >>> new = NewItems(shelf, {"tea": 0, "cup": 1})
    >>> new.keys, new.of(np.array([[2, 0], [0, 4]], np.float32)).tolist()
    (['pot'], [[1.0, 2.0]])
    """

    def __init__(self, attributes: Mapping[Any, Iterable[Any]], rows: Mapping[Any, int]) -> None:
        places: dict[Any, int] = {}
        known: list[tuple[int, int]] = []  # attribute, row
        candidates: list[tuple[Any, list[int]]] = []
        for item, values in attributes.items():
            if isinstance(values, (str, bytes)):
                raise TypeError(f"attributes must map items to lists, and that of {item!r:.60} is {values!r:.60}")
            own = [places.setdefault(value, len(places)) for value in dict.fromkeys(values)]
            key = clean_key(item, "an item of attributes")
            row = rows.get(key)
            if row is None:
                candidates.append((key, own))
            else:
                known.extend((place, row) for place in own)
        used = {place for place, _ in known}
        told = [(key, [place for place in own if place in used]) for key, own in candidates]
        told = [(key, own) for key, own in told if own]
        self.keys: list[Any] = [key for key, _ in told]
        pairs = [(number, place) for number, (_, own) in enumerate(told) for place in own]
        self._weights = _means(pairs, len(told), len(places)) @ _means(known, len(places), len(rows))

    def __len__(self) -> int:
        return len(self.keys)

    def of(self, vectors: Floats) -> NDArray[np.float32]:
        """Return the vectors of the new items; `vectors` are those of the known ones, by row."""
        touched = np.unique(self._weights.indices)  # a matrix in a file is read where it is needed
        made = self._weights[:, touched] @ np.asarray(vectors[touched], np.float32)
        return np.asarray(made, np.float32).reshape(len(self), vectors.shape[1])


def _means(pairs: list[tuple[int, int]], rows: int, columns: int) -> Any:
    """Return a matrix whose rows take the mean of the columns that they are paired with."""
    numbers, places = np.array(pairs, np.int64).reshape(-1, 2).T
    matrix = sparse.csr_array((np.ones(len(numbers)), (numbers, places)), (rows, columns))
    sizes = np.asarray(matrix.sum(axis=1)).ravel()
    return sparse.csr_array(sparse.diags_array(1 / np.maximum(sizes, 1)) @ matrix)
