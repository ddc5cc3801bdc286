"""What the other rooms do with KeyedVectors beside their public methods.

A model shares its matrix with the backends and its keys with the corpus. Handing these out by `vectors` and
`index_to_key` would tell the vectors that a user may have changed them, and would make a list of compact keys.
"""

from __future__ import annotations

import weakref
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from numpy.typing import NDArray

from w2vcore.corpus.compact import CompactKeys
from w2vcore.keyedvectors import changes
from w2vcore.keyedvectors.keys import Keys
from w2vcore.keyedvectors.protocol import Vectors
from w2vcore.model.subwords import Subwords

if TYPE_CHECKING:
    from w2vcore.keyedvectors.fasttext import FastTextKeyedVectors

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


def identity_of_keys(wv: Vectors) -> Any:
    """Return an object that is another one once the keys were replaced; keys that are added at the end leave it."""
    return wv._table.keys


def own_rows(wv: FastTextKeyedVectors) -> NDArray[Any] | None:
    """Return what words have of their own, if it is held; it follows from the vectors otherwise."""
    return wv._own


def spelt(wv: FastTextKeyedVectors) -> list[bytes]:
    """Return all words as bytes."""
    return wv._spelt(range(len(wv)))


def take_parts(wv: FastTextKeyedVectors, own: NDArray[Any], subwords: Subwords | None) -> None:
    """Replace what words have of their own, and the n-grams; the vectors stay as they are."""
    wv._own, wv.subwords = own, subwords


def empty_like(wv: V, vector_size: int) -> V:
    """Return vectors of the same class without keys; its constructor, which may take anything, is not called."""
    return type(wv)._empty(vector_size)
