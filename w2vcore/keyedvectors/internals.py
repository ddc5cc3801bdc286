"""What the other rooms do with KeyedVectors beside their public methods.

A model shares its matrix with the backends and its keys with the corpus. Handing these out by `vectors` and
`index_to_key` would tell the vectors that a user may have changed them, and would make a list of compact keys.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from typing import Any, TypeVar

from numpy.typing import NDArray

from w2vcore.corpus.compact import CompactKeys
from w2vcore.keyedvectors import changes
from w2vcore.keyedvectors.keys import Keys
from w2vcore.keyedvectors.protocol import Vectors

V = TypeVar("V", bound=Vectors)


def matrix_of(wv: Vectors) -> NDArray[Any]:
    """Return `vectors`, to be read, or written into by somebody who calls `clear_norms` afterwards."""
    return wv._table.matrix.array


def replace_matrix(wv: Vectors, array: NDArray[Any]) -> None:
    """Replace the matrix by one that nobody else can write into, as far as is known."""
    changes.replace_matrix(wv, array)


def keys_of(wv: Vectors) -> Sequence[Any]:
    """Return `index_to_key`, or the compact keys from which it will be made."""
    return wv._table.keys.stored


def rows_of(wv: Vectors) -> dict[Any, int] | CompactKeys:
    """Return `key_to_index`, or the compact keys from which it will be made."""
    return wv._table.keys.stored_rows


def replace_keys(wv: Vectors, keys: Sequence[Any]) -> None:
    """Replace all keys, which must differ; CompactKeys are kept compact, of others a list is made."""
    wv._table.keys = Keys.of(keys)


def belong_to(wv: Vectors, model: Any) -> None:
    """Let vectors know that a model has matrices whose rows go with theirs, as long as they are its `wv`."""
    wv._model = weakref.ref(model)


def empty_like(wv: V, vector_size: int) -> V:
    """Return vectors of the same class without keys; its constructor, which may take anything, is not called."""
    return type(wv)._empty(vector_size)
