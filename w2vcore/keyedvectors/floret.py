"""Vectors for any word out of floret's table, with a vocabulary or without."""

from __future__ import annotations

from dataclasses import replace
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.formats import floret
from w2vcore.formats.atomic import PathLike, naming
from w2vcore.formats.snapshot import Snapshot
from w2vcore.formats.subword_arrays import SETTINGS, floret_arrays, is_floret
from w2vcore.keyedvectors import changes, files
from w2vcore.keyedvectors.fasttext import FastTextKeyedVectors
from w2vcore.model.floret import FloretSubwords

if TYPE_CHECKING:
    from typing_extensions import Self

_NO_OWN = "words have no rows of their own in floret's table: see vectors_ngrams"


class FloretKeyedVectors(FastTextKeyedVectors):
    """Vectors for any word, as floret makes them of a small table in which words and n-grams share rows.

    floret's files have no vocabulary: no word is in `key_to_index`, and each has a vector. To search for neighbours,
    make vectors of the words among which to search: ``wv.vectors_for_all(words)``. A model that is trained here,
    ``FastText(hash_count=2)``, keeps its vocabulary, too.

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
        snapshot = floret.read(path)
        with naming(path):
            return cls.from_snapshot(snapshot)

    def save_floret(self, path: PathLike | IO[bytes]) -> None:
        """Save the table so that floret and spaCy load it; words are left out, as their vectors follow from it.

        Parameters
        ----------
        path : str, path-like or binary file
            Replaced atomically.

        Raises
        ------
        ValueError
            If words have vectors that do not follow from the table, which such a file cannot hold.
        """
        floret.write(self.snapshot(), path)

    # ---------------------------------------------------------------- state

    @property
    def table(self) -> FloretSubwords:
        """Rows, lengths of n-grams, and hashes."""
        assert isinstance(self.subwords, FloretSubwords)
        return self.subwords

    @property
    def vectors_ngrams(self) -> NDArray[Any]:
        """The rows of the table."""
        return self.table.table

    @vectors_ngrams.setter
    def vectors_ngrams(self, rows: NDArray[Any] | None) -> None:
        expected = self.bucket, self.vector_size
        if rows is None or np.shape(rows) != expected:
            raise ValueError(
                f"vectors_ngrams must have the shape {expected}, got {None if rows is None else np.shape(rows)}"
            )
        self.subwords = replace(self.table, table=np.asarray(rows, np.float32))

    @property
    def trained_ngrams_only(self) -> bool:
        """False: words and n-grams share all rows, and each was trained."""
        return False

    @trained_ngrams_only.setter
    def trained_ngrams_only(self, only: bool) -> None:
        if only:
            raise ValueError("trained_ngrams_only must be False here: words and n-grams share all rows of the table")

    @property
    def vectors_vocab(self) -> NDArray[Any]:
        """There is none: an AttributeError says so."""
        raise AttributeError(_NO_OWN)

    @vectors_vocab.setter
    def vectors_vocab(self, own: NDArray[Any]) -> None:
        raise AttributeError(_NO_OWN)

    @property
    def buckets_word(self) -> list[NDArray[np.uint32]]:
        """The rows of each word and of its n-grams."""
        features = self.table.features(self._spelt(range(len(self))))
        return np.split(features.rows, features.indptr[1:-1])[: len(self)]

    def adjust_vectors(self) -> None:
        """Make `vectors` anew of the table."""
        changes.replace_matrix(self, self.table.means(self._spelt(range(len(self)))))

    def resize_vectors(self, seed: int = 0) -> None:
        """Make vectors of words that have none; the table stays as it is."""
        self.allocate_vecattrs()
        self.adjust_vectors()

    def init_post_load(self, fb_vectors: NDArray[Any]) -> None:
        """Raise NotImplementedError: a model of fastText has another table."""
        raise NotImplementedError("a model of fastText has rows of words, for which floret's table has no place")

    # ---------------------------------------------------------------- files

    def snapshot(self) -> Snapshot:
        """Return everything as plain arrays, not copied, for `formats` to write."""
        result = files.snapshot(self)
        arrays, settings = floret_arrays(self.table)
        result.arrays.update(arrays)
        result.settings[SETTINGS] = settings | self._listed_spellings()
        return result

    @classmethod
    def from_snapshot(cls, snapshot: Snapshot) -> Self:
        """Make an object of the table, keys and vectors of a snapshot; its arrays are taken over.

        Raises
        ------
        ValueError
            If there is no such table in it.
        """
        if not is_floret(snapshot):
            raise ValueError("these vectors are not made of floret's table: use FastTextKeyedVectors")
        return super().from_snapshot(snapshot)


FastTextKeyedVectors._by_hashes = FloretKeyedVectors
