"""A trained matrix as a value: its name, its size, how it begins and grows, and how often its rows are updated.

Everything that handles the matrices of a model (copies of the hottest rows, merging between ranks, memory estimates,
checkpoints, the facade's attributes) asks the table, and none of it knows which objective the table belongs to.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from .config import SENTENCE, TrainingConfig
from .weights import initial_vectors, padded, with_rows, zeros
from .window_weights import weights_by_distance

INPUT = "input"  # name of the table of input vectors

# Where an epoch's most updated rows are, seen from the row numbers; None: anywhere.
HotEnd = Literal["first", "last"] | None

# The mean window of "sentence", for which the corpus would have to be read.
SENTENCE_WINDOW = 20
# Distances whose weights are summed up: few sentences are longer.
_MOST_DISTANCES = 1 << 16


@dataclass(frozen=True, eq=False)
class WordRates:
    """How often words are expected to be trained, per word of the corpus: what update rates are computed from.

    Attributes
    ----------
    config : TrainingConfig
    counts : ndarray of int64, shape (V,)
        Occurrences of each key.
    centres : ndarray of float64, shape (V,)
        How often each key is a centre: its share of the corpus times the probability that subsampling keeps it.
    contexts : float
        Context words of a centre, each by its weight: an update of weight w moves a row w times as far.
    examples : float
        Examples of a centre: one for each context word in skip-gram, by its weight, one for the window in CBOW.
    tree : object or None
        ``Plan.tree``: None stands for the Huffman tree of the counts.

    Examples
    --------
    >>> counts = np.array([3, 1])
    >>> words = WordRates(TrainingConfig(), counts, centre_rates(counts, None), contexts=6.0, examples=1.0)
    >>> input_table(100).update_rates(words).tolist(), words.descending
    ([4.5, 1.5], True)
    """

    config: TrainingConfig
    counts: NDArray[np.int64]
    centres: NDArray[np.float64]
    contexts: float
    examples: float
    tree: Any = None

    @property
    def descending(self) -> bool:
        """Whether no key occurs more often than the one before it."""
        return not bool((self.counts[1:] > self.counts[:-1]).any())


def centre_rates(counts: NDArray[np.int64], keep: NDArray[np.uint32] | None) -> NDArray[np.float64]:
    """Return how often each key is a centre, per word of the corpus.

    Parameters
    ----------
    counts : ndarray of int64, shape (V,)
    keep : ndarray of uint32, shape (V,), or None
        The probability of keeping a token is ``(keep + 1) / 2**32``; None: all are kept.

    Examples
    --------
    >>> centre_rates(np.array([3, 1]), np.array([2**31 - 1, 2**32 - 1], np.uint32)).tolist()
    [0.375, 0.25]
    """
    occurrences = counts.astype(np.float64)
    kept = occurrences if keep is None else occurrences * ((keep.astype(np.float64) + 1) / 2**32)
    rates: NDArray[np.float64] = kept / max(occurrences.sum(), 1.0)
    return rates


def contexts_per_centre(config: TrainingConfig) -> float:
    """Return how many context words a centre has, by their weights, in a window that no border of a sentence cuts off.

    Examples
    --------
    >>> contexts_per_centre(TrainingConfig(window=5)), contexts_per_centre(TrainingConfig(shrink_windows=False))
    (6.0, 10.0)
    >>> contexts_per_centre(TrainingConfig(window=5, window_weights="linear"))
    6.0
    """
    window = SENTENCE_WINDOW if config.window == SENTENCE else int(config.window)
    if config.weighs_contexts:
        return 2.0 * float(weights_by_distance(window, config.window_weights, _MOST_DISTANCES).sum())
    return window + 1.0 if config.shrink_windows else 2.0 * window


def one_for_each_key(vocabulary: int) -> int:
    """Return the rows of a table that has one for each key."""
    return vocabulary


def zero_vectors(rows: int, columns: int, seed: int) -> NDArray[np.float32]:
    """Return the initial values of a target table: zeros, as a view of a padded matrix."""
    return zeros(rows, columns)[:, :columns]


@dataclass(frozen=True)
class Table:
    """One trained matrix of a model.

    Attributes
    ----------
    name : str
        Key in ``Weights.matrices`` and in native files.
    attribute : str
        Where users find it: an attribute of the model, or ``wv.vectors``.
    columns : int
        Length of a row, without its padding.
    update_rates : callable
        Expected updates of each row per word of the corpus, from a `WordRates`.
    hot_end : callable
        Whether the first or the last rows are updated most often, from a `WordRates`; None: they lie anywhere, and
        `hottest` lists them.
    role : {"target", "input", "other"}
        Whether its rows are scored against the input vectors, are input vectors, or are neither.
    rows : callable
        Number of rows for a vocabulary of a size.
    used_rows : callable
        How many of them are ever trained: what files store, and what an update of the vocabulary keeps.
    keyed : bool
        Whether row i belongs to the key i.
    initial : callable
        Initial values for (rows, columns, seed).
    dtype : type
        Of the stored numbers.

    Examples
    --------
    >>> table = Table("mine", "syn1_mine", 100, every_row(one_for_each_key), anywhere)
    >>> matrix = table.begin(vocabulary=2, seed=1)
    >>> table.grown(matrix, before=2, now=5).shape, table.nbytes(5)
    ((5, 100), 2240)
    """

    name: str
    attribute: str
    columns: int
    update_rates: Callable[[WordRates], NDArray[np.float64]]
    hot_end: Callable[[WordRates], HotEnd]
    role: Literal["input", "target", "other"] = "target"
    rows: Callable[[int], int] = one_for_each_key
    used_rows: Callable[[int], int] = one_for_each_key
    keyed: bool = True
    initial: Callable[[int, int, int], NDArray[np.float32]] = zero_vectors
    dtype: type[np.floating[Any]] = np.float32

    def begin(self, vocabulary: int, seed: int) -> NDArray[np.float32]:
        """Return the matrix before training, as a view of a padded one."""
        return self.initial(self.rows(vocabulary), self.columns, seed)

    def grown(self, matrix: NDArray[Any], before: int, now: int) -> NDArray[np.float32]:
        """Return the matrix for a vocabulary that has grown: the rows that were trained, and zeros after them.

        Parameters
        ----------
        matrix : ndarray, shape (rows(before), columns)
        before, now : int
            Size of the vocabulary.
        """
        return with_rows(np.asarray(matrix)[: self.used_rows(before)], self.rows(now))

    def stored(self, matrix: NDArray[Any], vocabulary: int) -> NDArray[Any]:
        """Return the rows of a matrix that a file keeps."""
        return matrix[: self.used_rows(vocabulary)] if len(matrix) == self.rows(vocabulary) else matrix

    def restored(self, matrix: NDArray[Any], vocabulary: int) -> NDArray[Any]:
        """Return a matrix with the rows that a file does not keep."""
        rows = self.rows(vocabulary)
        return with_rows(matrix, rows) if self.used_rows(vocabulary) == len(matrix) < rows else matrix

    def hottest(self, words: WordRates) -> NDArray[np.intp]:
        """Return all rows, the one that is updated most often first."""
        return np.argsort(-self.update_rates(words), kind="stable")

    def nbytes(self, vocabulary: int) -> int:
        """Return the bytes of the padded matrix."""
        return self.rows(vocabulary) * padded(self.columns) * np.dtype(self.dtype).itemsize


def context_rates(words: WordRates) -> NDArray[np.float64]:
    """Return the update rates of input vectors: a word is a context as often as words around it are centres.

    With ``cbow_corrected`` the contexts share one error between them; in skip-gram each context is an example.
    """
    rates: NDArray[np.float64] = words.centres * (words.examples if words.config.cbow_corrected else words.contexts)
    return rates


def first_if_descending(words: WordRates) -> HotEnd:
    """Return where the hottest rows are of a table whose rows are updated the more often the more frequent the key."""
    return "first" if words.descending else None


def input_table(columns: int) -> Table:
    """Return the table of input vectors, one for each key.

    Examples
    --------
    >>> table = input_table(100)
    >>> table.name, table.attribute, table.rows(7), table.nbytes(7)
    ('input', 'wv.vectors', 7, 3136)
    """
    return Table(
        INPUT, "wv.vectors", columns, context_rates, first_if_descending, role="input", initial=initial_vectors
    )


def every_row(table_rows: Callable[[int], int]) -> Callable[[WordRates], NDArray[np.float64]]:
    """Return update rates of a table of which each example updates every row."""

    def rates(words: WordRates) -> NDArray[np.float64]:
        return np.full(table_rows(len(words.counts)), words.examples * words.centres.sum())

    return rates


def anywhere(words: WordRates) -> HotEnd:
    """Return that the hottest rows may lie anywhere."""
    return None
