"""The keys of KeyedVectors: which key a row has, and which row a key has.

They are compact until somebody asks for the list or the dict, or looks up more than a few keys. Then both are made, of
the same strings, and the compact form is dropped, because users may change the list and the dict. If users change only
one of them, each look-up finds it by comparing their lengths; when lengths have changed, and before anything is saved,
all keys are compared.

An integer that is not a key may be the number of a row, as in gensim, but only if it cannot be meant as a key: no key
is an integer, no key is the str of its digits, and the keys are not all digits.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from itertools import compress
from typing import Any

import numpy as np

from w2vcore.corpus._scanner import KeyTable
from w2vcore.corpus.compact import CompactKeys
from w2vcore.corpus.keying import plain_key
from w2vcore.query.spelling import near_spellings

# Keys that do not come from the corpus: the one that word2vec.c writes into every file, and the null word.
_MARKS = ("</s>", "\0")

_FEW = 1000  # rows of compact keys that are looked up by themselves; the dict is five times as fast, once it is there


class UnknownKeyError(KeyError):
    r"""A KeyError whose text names the keys that are spelt almost like the missing one.

    They are searched for when the text is read, so a program that tries key after key does not pay for it. `args` holds
    the text without them. The class is shown as KeyError in logs and doctests, and a pickle or a copy is a KeyError.

    Parameters
    ----------
    text : str
    key : key, optional
        The missing key.
    keys : Keys, optional
        Where to search for keys that are spelt almost like it.

    Examples
    --------
    >>> str(UnknownKeyError("Key 'King' not present", "King", Keys(["king", "queen"])))
    '"Key \'King\' not present; did you mean king?"'
    """

    def __init__(self, text: str, key: Any = None, keys: Keys | None = None) -> None:
        self.args = (text,)
        self._key, self._keys = key, keys

    @property
    def text(self) -> str:
        """The text, with the keys that are spelt almost like the missing one."""
        text: str = self.args[0]
        key = plain_key(self._key)
        if self._keys is None or not isinstance(key, str) or ";" in text.removeprefix(f"Key '{key}'"):
            return text
        near = near_spellings(key, self._keys.rows, self._keys.listed)
        return f"{text}; did you mean {' or '.join(near)}?" if near else text

    def __str__(self) -> str:
        return repr(self.text)  # as KeyError does

    def __reduce__(self) -> tuple[Any, ...]:
        return KeyError, (self.text,)


UnknownKeyError.__name__ = UnknownKeyError.__qualname__ = "KeyError"
UnknownKeyError.__module__ = "builtins"


class Keys:
    """Keys of rows, and rows of keys.

    Parameters
    ----------
    keys : sequence
        The key of each row; None for a row that is free. A list is taken over, CompactKeys stay compact.
    rows : dict, optional
        The row of each key, taken over. By default it is made of `keys`, which must differ.

    Attributes
    ----------
    next_index : int
        The next row that may be free.
    agreed : int
        The number of rows when list and dict were last known to agree; -1 if that is not known.

    Examples
    --------
    >>> keys = Keys(["a", "b"])
    >>> keys.row("b"), keys.row(0), keys.row("c")
    (1, 0, None)
    """

    def __init__(self, keys: Sequence[Any] = (), rows: dict[Any, int] | None = None) -> None:
        self._compact = keys if isinstance(keys, CompactKeys) else None
        self._index: KeyTable | None = None  # of the compact keys, made for the first look-up
        self._looked_up = 0
        self._listed: list[Any] = [] if isinstance(keys, CompactKeys) else keys if isinstance(keys, list) else [*keys]
        self._rows = _rows_of(self._listed) if rows is None else rows
        self.agreed, self._entries = -1, -1  # lengths of list and dict
        if rows is None and self._compact is None:
            self._agree()
        self._known_kinds: tuple[Any, int, tuple[bool, bool]] = (None, 0, (False, False))
        self.next_index = len(self._rows) if self._compact is None else len(keys)

    @classmethod
    def of(cls, keys: Sequence[Any]) -> Keys:
        """Return the keys of a sequence, which must differ; CompactKeys stay compact, of others a list is made."""
        return cls(keys if isinstance(keys, CompactKeys) else list(keys))

    def __len__(self) -> int:
        return len(self.stored)

    # ---------------------------------------------------------------- forms

    @property
    def listed(self) -> list[Any]:
        """The key of each row."""
        self._unpack()
        return self._listed

    @property
    def rows(self) -> dict[Any, int]:
        """The row of each key."""
        self._unpack()
        return self._rows

    @property
    def stored(self) -> Sequence[Any]:
        """The key of each row, compact if they are."""
        compact = self._compact  # once, as another thread may unpack them
        return self._listed if compact is None else compact

    @property
    def stored_rows(self) -> dict[Any, int] | CompactKeys:
        """The row of each key, or the compact keys in the order of their rows."""
        compact = self._compact
        return self._rows if compact is None else compact

    def _unpack(self) -> None:
        if self._compact is not None:
            self._listed = self._compact.tolist()
            self._rows = _rows_of(self._listed)
            self._agree()
            self._compact = self._index = None  # last, as other threads look at it first

    # ---------------------------------------------------------------- look-up

    def row(self, key: Any) -> int | None:
        """Return the row of a key, or a row number itself if it is one; None if there is no such row."""
        if type(key) is not str:
            key = plain_key(key)
        if self._compact is not None and type(key) is str and (found := self._packed_row(key)) is not None:
            return found
        rows = self._rows
        if len(rows) != self._entries or len(self._listed) != self.agreed:
            self.check()
            rows = self.rows
        row = rows.get(key)
        if row is None and isinstance(key, int) and 0 <= key < len(self._listed) and not self._may_be_meant(key):
            row = int(key)
        return row

    def _packed_row(self, key: str) -> int | None:
        """Return the row of one of the first keys that are asked for, out of the compact keys; None if not there."""
        compact, index = self._compact, self._index
        self._looked_up += 1
        if compact is None or self._looked_up > _FEW:
            return None
        if index is None:
            index = self._index = compact.table()
        row = int(index.find(key))
        return None if row < 0 else row

    def at(self, rows: Sequence[int]) -> list[Any]:
        """Return the keys of some rows.

        Examples
        --------
        >>> Keys(["a", "b"]).at([1, 0])
        ['b', 'a']
        """
        keys = self.stored if len(rows) < _FEW else self.listed
        return [keys[row] for row in rows]

    def row_of_key(self, key: Any) -> int | None:
        """Return the row of a key, None if it is not a key; numbers of rows are not taken for keys."""
        return self.rows.get(plain_key(key))

    def has(self, value: Any) -> bool:
        """Whether a value is a key; a tuple that holds a list looks hashable and is not."""
        try:
            return self.row_of_key(value) is not None
        except TypeError:
            return False

    def is_one(self, value: Any) -> bool:
        """Whether a value is a single key rather than several, or a vector."""
        if isinstance(value, np.ndarray) and value.ndim:
            return False
        value = plain_key(value)
        if isinstance(value, (str, bytes, int)):  # bytes are no list of row numbers
            return True
        if value is None or not isinstance(value, Hashable):
            return False
        return self.has(value) or not isinstance(value, float | Iterable)

    def _may_be_meant(self, number: int) -> bool:
        """Whether an integer that is not a key may be meant as one, rather than as the number of a row."""
        return self.are_integers() or str(int(number)) in self._rows

    def are_integers(self) -> bool:
        """Whether any key is an integer, or all are str of digits."""
        return any(self._kinds())

    def _kinds(self) -> tuple[bool, bool]:
        """Whether any key is an integer, and whether all are str of digits; cached until their number changes."""
        rows, length, answer = self._known_kinds
        if rows is not self.rows or length != len(self.rows):
            integers = any(isinstance(key, int) for key in self.rows)
            answer = integers, not integers and self._are_digits()
            self._known_kinds = self.rows, len(self.rows), answer
        return answer

    def _are_digits(self) -> bool:
        own = (key for key in self.rows if key not in _MARKS)
        first = next(own, None)
        return _is_digits(first) and all(map(_is_digits, own))

    def unknown(self, key: Any, where: str = "") -> UnknownKeyError:
        """Return the error of a key that is missing."""
        return UnknownKeyError(self.missing(key, where), key, self)

    def missing(self, key: Any, where: str = "") -> str:
        """Return the text about a missing key; it names an equal key of another type that may be meant."""
        key = plain_key(key)
        if isinstance(key, int):
            return self._missing_integer(key, where)
        hint = ""
        if isinstance(key, str) and len(key) < 20 and key.removeprefix("-").isdecimal() and int(key) in self.rows:
            hint = f"; the int {int(key)} is a key"
        return f"Key '{key}' not present{where}{hint}"

    def _missing_integer(self, key: int, where: str) -> str:
        row, digits = f"for rows use wv.vectors[{key}]", str(int(key))
        if digits in self.rows:
            return (
                f"Key '{key}' not present{where}; the str '{digits}' is a key: ask for that, or load the vectors with "
                f"keys=int; {row}"
            )
        if self._kinds()[0]:
            return f"{key} is not a key; {row}"
        if 0 <= key < len(self) and self._kinds()[1]:
            return f"{key} is not a key, nor is the str '{key}', and all keys are str of digits; {row}"
        return f"Key '{key}' not present{where}"

    # ---------------------------------------------------------------- change

    def assigned(self, key: Any) -> Any:
        """Return the key that is meant when a vector is assigned to `key`, which may be new, or a row number.

        Raises
        ------
        KeyError
            For an integer that may be meant as one of the keys, but is not one.
        """
        row = self.row(key)
        if row is not None:
            return self.listed[row]
        key = plain_key(key)
        if isinstance(key, int) and self._may_be_meant(key) and not self._kinds()[0]:
            raise self.unknown(key)
        return key

    @property
    def has_free_row(self) -> bool:
        """Whether a row was allocated that no key has yet."""
        return self.next_index < len(self) and self.listed[self.next_index] is None

    def reserve(self, new: Iterable[Any]) -> None:
        """Give rows to new keys: first the free ones, then more."""
        listed, rows = self.listed, self.rows
        for key in new:
            if self.has_free_row:
                listed[self.next_index] = key
            else:
                self.next_index = len(listed)
                listed.append(key)
            rows[key] = self.next_index
            self.next_index += 1
        self._agree()

    def without(self, gone: Iterable[int]) -> Keys:
        """Return the keys without those of some rows; the other rows close up.

        Examples
        --------
        >>> keys = Keys(["a", "b", "c"]).without([1])
        >>> keys.listed, keys.rows, keys.next_index
        (['a', 'c'], {'a': 0, 'c': 1}, 2)
        """
        stays = np.ones(len(self), bool)
        stays[list(gone)] = False
        result = Keys(list(compress(self.listed, stays.tolist())))
        result.next_index = int(stays[: self.next_index].sum())
        return result

    # ---------------------------------------------------------------- agreement

    def _agree(self) -> None:
        self.agreed, self._entries = len(self._listed), len(self._rows)

    def check(self) -> None:
        """Refuse a list and a dict that no longer agree, as far as their lengths tell.

        Raises
        ------
        ValueError
            It names a key.
        """
        if self._compact is not None:  # there is neither of them yet
            return
        listed, rows, length, entries = self._listed, self._rows, self.agreed, self._entries
        if (length, entries) == (len(listed), len(rows)):
            return
        new = range(length, len(listed))  # a user may add key after key: compare the new ones only
        if length >= 0 and 0 < len(new) == len(rows) - entries and all(rows.get(listed[row]) == row for row in new):
            self._agree()
        else:
            self.check_all()

    def check_all(self) -> None:
        """Refuse a list and a dict that do not agree; an error as of `check`."""
        listed, rows = self._listed, self._rows
        for row, key in enumerate(listed):
            if key is not None and rows.get(key) != row:
                raise ValueError(self._disagreement(key, row))
        if len(rows) != len(listed) - listed.count(None):
            key = next(iter(rows.keys() - set(listed)))
            raise ValueError(
                f"key {key!r} is in key_to_index (row {rows[key]}) and not in index_to_key: {_CHANGE_BOTH}"
            )
        if self._compact is None:
            self._agree()

    def _disagreement(self, key: Any, row: int) -> str:
        if key not in self._rows:
            dropped = len(self._rows) < len(self._listed) - self._listed.count(None)
            way = f"to drop keys call remove([{key!r}]), which takes out their rows too" if dropped else _CHANGE_BOTH
            return f"key {key!r} is in index_to_key (row {row}) and not in key_to_index: {way}"
        twice = [place for place, other in enumerate(self._listed) if other == key]
        if len(twice) > 1:
            return f"key {key!r} stands in rows {twice[0]} and {twice[1]} of index_to_key: keep keys that differ"
        return (
            f"key {key!r} stands in row {row} of index_to_key, and key_to_index says row {self._rows[key]}: "
            f"{_CHANGE_BOTH}"
        )


_CHANGE_BOTH = "change both alike, and the rows of vectors"


def _rows_of(keys: Iterable[Any]) -> dict[Any, int]:
    return {key: row for row, key in enumerate(keys) if key is not None}


def _is_digits(key: Any) -> bool:
    return isinstance(key, str) and key.isascii() and key.removeprefix("-").isdigit()
