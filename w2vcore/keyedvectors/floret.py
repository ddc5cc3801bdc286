"""Vectors for any word out of floret's table, without a vocabulary."""

from __future__ import annotations

from typing import IO, Any, NoReturn

import numpy as np

from w2vcore.formats import floret
from w2vcore.formats.atomic import PathLike
from w2vcore.formats.snapshot import Snapshot
from w2vcore.keyedvectors.fasttext import FastTextKeyedVectors
from w2vcore.model.floret import FloretSubwords


class FloretKeyedVectors(FastTextKeyedVectors):
    """Vectors for any word, as floret makes them of a small table in which words and n-grams share rows.

    There is no vocabulary: no word is in `key_to_index`, and each has a vector. To search for neighbours, make vectors
    of the words among which to search: ``wv.vectors_for_all(words)``.

    Parameters
    ----------
    table : FloretSubwords
        Rows, lengths of n-grams, and hashes.

    Examples
    --------
    >>> import numpy as np
    >>> from w2vcore.fasttext import FloretKeyedVectors
    >>> from w2vcore.model.floret import FloretSubwords
    >>> rows = np.random.default_rng(1).random((50, 4), np.float32)
    >>> wv = FloretKeyedVectors(FloretSubwords(rows, min_n=3, max_n=4, hash_count=2))
    >>> "northern" in wv, len(wv), wv["northern"].shape
    (True, 0, (4,))
    >>> wv.vectors_for_all(["north", "south", "northern"]).most_similar("north", topn=1)[0][0]
    'northern'
    """

    def __init__(self, table: FloretSubwords) -> None:
        rows, size = table.table.shape
        super().__init__(size, table.min_n, table.max_n, rows, dtype=np.float32)
        self.subwords = table

    @classmethod
    def load_floret(cls, path: PathLike | IO[bytes]) -> FloretKeyedVectors:
        r"""Load floret's text file, which its ``saveFloretVectors`` and spaCy write.

        Parameters
        ----------
        path : str, path-like or binary file
            May be compressed.

        Raises
        ------
        ValueError
            If it is another kind of file, or damaged.
        EOFError
            If it is cut short.

        Examples
        --------
        >>> import io
        >>> from w2vcore.fasttext import FloretKeyedVectors
        >>> wv = FloretKeyedVectors.load_floret(io.BytesIO(b"2 2 3 4 1 2166136261 < >\n0 1 1\n1 1 1\n"))
        >>> wv["any"].tolist()
        [1.0, 1.0]
        """
        return cls(floret.read(path))

    def save_floret(self, path: PathLike | IO[bytes]) -> None:
        """Save the table so that floret and spaCy load it.

        Parameters
        ----------
        path : str, path-like or binary file
            Replaced atomically.

        Raises
        ------
        ValueError
            If words were added, which such a file cannot hold.
        """
        if len(self):
            raise ValueError(f"{len(self)} words have vectors of their own, which a floret file cannot hold")
        assert isinstance(self.subwords, FloretSubwords)
        floret.write(self.subwords, path)

    def snapshot(self) -> Snapshot:
        """Raise NotImplementedError: only floret's own file holds such a table."""
        self._refuse(
            "save() has no place for the table of hashes: call save_floret(path), or save vectors_for_all(words)"
        )

    def adjust_vectors(self) -> None:
        """Raise NotImplementedError: there are no rows of words to make vectors of."""
        self._refuse("the vectors of floret are made of its table alone: there is nothing to adjust")

    def _refuse(self, why: str) -> NoReturn:
        raise NotImplementedError(why)

    def __reduce__(self) -> Any:
        return type(self), (self.subwords,)
