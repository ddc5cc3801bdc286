"""The work that a file may cause its reader: a fixed amount for each byte that is really there.

A few bytes of a pickle can name the same large thing again and again, choose keys whose hashes are equal, or nest a
list in itself forty times over. One `Budget` goes with a file from its first byte to the last array that is made of it.
Work that costs more than a constant for each byte read is booked before it is done, so a hostile file is refused early,
and memory and time follow the size of the file and nothing that it says.
"""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

# Bytes that may be made for each byte of the file. Saved models make 2 to 8: an object for each word, arrays, paths.
_FOR_EACH_BYTE = 32
_FOR_ANY_FILE = 1 << 20
REFERENCE = 8  # bytes: an item of a list
OBJECT = 256  # a set, or an object with its attributes
_ENTRY = 64  # of a dict

# Python's hash of an integer is its remainder by this prime: few smaller integers share one.
_ORDINARY = sys.hash_info.modulus << 4
_SHORT = 64  # characters whose hashing and comparison costs next to nothing


class Budget:
    """The bytes that may still be made of a file.

    Parameters
    ----------
    size : int
        Bytes of the file, unpacked.

    Examples
    --------
    >>> budget = Budget(100)
    >>> budget.spend(1000)
    >>> budget.spend(1 << 30)
    Traceback (most recent call last):
    ...
    ValueError: the pickle makes 1,073,742,824 bytes of objects and copies out of 100 bytes, more than any save does
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._limit = _FOR_EACH_BYTE * size + _FOR_ANY_FILE
        self._spent = 0
        self._odd_keys = 0

    def spend(self, amount: int) -> None:
        """Book bytes that are about to be made or scanned again.

        Raises
        ------
        ValueError
            If there are too many.
        """
        self._spent += amount
        if self._spent > self._limit:
            raise ValueError(
                f"the pickle makes {self._spent:,} bytes of objects and copies out of {self._size:,} bytes, more than "
                "any save does"
            )

    def spend_on_copies(self, value: Any) -> None:
        """Book a copy of a text, an array's bytes or a container, and of each of these in a tuple."""
        if isinstance(value, tuple):
            self.spend(_ENTRY * len(value))  # each is visited, and there are never many
            for part in value:
                self._spend_on_copy(part)
        else:
            self._spend_on_copy(value)

    def _spend_on_copy(self, value: Any) -> None:
        if isinstance(value, (str, bytes, memoryview)):
            self.spend(len(value))
        elif isinstance(value, (list, tuple)):
            self.spend(REFERENCE * len(value))
        elif isinstance(value, (dict, set, frozenset)):
            self.spend(_ENTRY * len(value))

    def key(self, key: Any) -> Any:
        """Return a value that may be a key of a dict or a member of a set: text, numbers, and tuples of these.

        A file can choose keys whose hashes collide; then each costs a comparison with all the others.

        Raises
        ------
        TypeError
            For anything else.
        """
        if type(key) is str:
            if len(key) > _SHORT:
                self.spend(len(key))
            return key
        if isinstance(key, np.generic):  # gensim 4 keeps the keys as they came
            self.spend(key.nbytes)
            key = key.item()
        if key is None or isinstance(key, (str, float)):
            return key
        if isinstance(key, int):
            if not -_ORDINARY < key < _ORDINARY:
                self._spend_on_odd_key()
            return key
        if isinstance(key, (bytes, memoryview)):
            self.spend(len(key))
            return bytes(key)
        # not tuples of tuples: a few bytes can make one whose hash takes years
        if isinstance(key, tuple) and all(item is None or isinstance(item, _IN_TUPLES) for item in key):
            self.spend(REFERENCE * len(key))
            if not all(isinstance(item, (str, bytes, memoryview)) for item in key):
                self._spend_on_odd_key()
            return tuple(map(self.key, key))
        raise TypeError(f"a {type(key).__name__} cannot be a key")

    def _spend_on_odd_key(self) -> None:
        self._odd_keys += 1
        self.spend(REFERENCE * self._odd_keys)


_IN_TUPLES = (str, bytes, memoryview, int, float)
