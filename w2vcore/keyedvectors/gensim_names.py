"""Names beside KeyedVectors that programs import from gensim's module of the same name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from w2vcore.keyedvectors.vectors import KeyedVectors
from w2vcore.model.weights import initial_vectors

REAL = np.float32
Word2VecKeyedVectors = KeyedVectors
Doc2VecKeyedVectors = KeyedVectors
EuclideanKeyedVectors = KeyedVectors


class CompatVocab:
    """A word's count and other attributes: what gensim 3 kept for each word, for programs that still make them.

    Examples
    --------
    >>> print(CompatVocab(count=3, index=7)), CompatVocab(count=2) < CompatVocab(count=3)
    CompatVocab<count:3, index:7>
    (None, True)
    """

    count: int

    def __init__(self, **kwargs: Any) -> None:
        self.count = 0
        self.__dict__.update(kwargs)

    def __lt__(self, other: CompatVocab) -> bool:
        return self.count < other.count

    def __str__(self) -> str:
        values = ", ".join(f"{name}:{self.__dict__[name]!r}" for name in sorted(self.__dict__) if name[:1] != "_")
        return f"{type(self).__name__}<{values}>"

    __repr__ = __str__


Vocab = CompatVocab


def load_word2vec_format(*args: Any, **kwargs: Any) -> KeyedVectors:
    r"""Call `KeyedVectors.load_word2vec_format`.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> path = Path(tempfile.mkdtemp()) / "vectors.txt"
    >>> _ = path.write_text("1 2\nnorth 0 1\n")
    >>> load_word2vec_format(path)["north"].tolist()
    [0.0, 1.0]
    """
    return KeyedVectors.load_word2vec_format(*args, **kwargs)


def pseudorandom_weak_vector(
    size: int, seed_string: str | None = None, hashfxn: Callable[[Any], int] = hash
) -> NDArray[np.float32]:
    """Return a short random vector, uniform in [-0.5, 0.5) / size.

    Parameters
    ----------
    size : int
    seed_string : str, optional
        The same string gives the same vector; without it each call gives another one.
    hashfxn : callable
        Makes a seed of the string. Python's `hash` of a str changes from process to process.

    Examples
    --------
    >>> pseudorandom_weak_vector(2, "word", hashfxn=len).tolist() == pseudorandom_weak_vector(2, "word", len).tolist()
    True
    """
    if seed_string is None:
        rng = np.random.default_rng()
    else:
        rng = np.random.Generator(np.random.SFC64(hashfxn(seed_string) & 0xFFFFFFFF))
    vector: NDArray[np.float32] = (rng.random(size).astype(np.float32) - np.float32(0.5)) / np.float32(size)
    return vector


def prep_vectors(
    target_shape: tuple[int, int],
    prior_vectors: NDArray[Any] | None = None,
    seed: int = 0,
    dtype: DTypeLike = REAL,
) -> NDArray[Any]:
    """Return a matrix of vectors as before training, with `prior_vectors` as its first rows.

    Parameters
    ----------
    target_shape : (int, int)
    prior_vectors : ndarray, optional
        Returned as it is if it has that shape already.
    seed : int
    dtype : dtype

    Examples
    --------
    >>> prep_vectors((3, 2), np.ones((2, 2)))[:2].tolist()
    [[1.0, 1.0], [1.0, 1.0]]
    """
    prior = np.zeros((0, 0)) if prior_vectors is None else prior_vectors
    if prior.shape == target_shape:
        return prior
    result = np.array(initial_vectors(*target_shape, seed), dtype)
    result[: len(prior), : prior.shape[1]] = prior
    return result
