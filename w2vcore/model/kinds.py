"""Kinds of values that a setting can have. Each checks a value, and its error says what is allowed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from .checks import check_flag, check_float, check_int

_LARGEST_FLOAT32, _SMALLEST_FLOAT32 = 3.4e38, 1.2e-38  # of those with all their digits


class Kind(Protocol):
    """What a setting may be."""

    def check(self, name: str, value: Any) -> Any:
        """Return the value as an attribute has it, or raise a TypeError or ValueError that names the argument."""


@dataclass(frozen=True)
class Whole:
    """An int.

    Attributes
    ----------
    low : int
    high : int or None
        The end of a range by its nature.
    most : int or None
        A bound that is ours, with the reason in `why`.
    why, hint : str
    """

    low: int
    high: int | None = None
    most: int | None = None
    why: str = ""
    hint: str = ""

    def check(self, name: str, value: Any) -> int:
        """Return an int.

        Examples
        --------
        >>> Whole(1, most=4096, why="no machine has so many cores").check("workers", 10**9)
        Traceback (most recent call last):
            ...
        ValueError: workers must be at most 4,096, got 1000000000: no machine has so many cores
        """
        number = check_int(name, value, self.low, self.high, hint=self.hint)
        if self.most is not None and number > self.most:
            raise ValueError(f"{name} must be at most {self.most:,}, got {number}: {self.why}")
        return number


@dataclass(frozen=True)
class Real:
    """A finite float."""

    low: float = float("-inf")
    hint: str = ""

    def check(self, name: str, value: Any) -> float:
        """Return a float."""
        return check_float(name, value, self.low, hint=self.hint)


@dataclass(frozen=True)
class Flag:
    """A bool, or 0 or 1 where gensim has a number."""

    number: bool = False

    def check(self, name: str, value: Any) -> bool | int:
        """Return a bool, or a number."""
        flag = check_flag(name, value)
        return int(flag) if self.number else flag


@dataclass(frozen=True)
class OneOf:
    """One of a few words."""

    words: tuple[str, ...]

    def check(self, name: str, value: Any) -> str:
        """Return a word.

        Examples
        --------
        >>> OneOf(("auto", "pair", "window")).check("negative_sharing", "all")
        Traceback (most recent call last):
            ...
        ValueError: negative_sharing must be 'auto', 'pair' or 'window', got 'all'
        """
        if value not in self.words:
            *most, last = map(repr, self.words)
            raise ValueError(f"{name} must be {', '.join(most)} or {last}, got {value!r}")
        return str(value)


@dataclass(frozen=True)
class Off:
    """False, or one of a few words; None is False, too."""

    kind: OneOf

    def check(self, name: str, value: Any) -> bool | str:
        """Return False or a word.

        Examples
        --------
        >>> Off(OneOf(("sentences", "jobs"))).check("shuffle", True)
        Traceback (most recent call last):
            ...
        ValueError: shuffle must be False, 'sentences' or 'jobs', got True
        """
        if value is None or (isinstance(value, (bool, np.bool_)) and not value):
            return False
        if not isinstance(value, str) or value not in self.kind.words:
            *most, last = map(repr, (False, *self.kind.words))
            raise ValueError(f"{name} must be {', '.join(most)} or {last}, got {value!r}")
        return value


@dataclass(frozen=True)
class Pattern:
    """A str of a certain form.

    Attributes
    ----------
    expression : str
        Matches all of it.
    allowed : str
        What that is, for the error.
    """

    expression: str
    allowed: str

    def check(self, name: str, value: Any) -> str:
        """Return a str."""
        if not isinstance(value, str) or not re.fullmatch(self.expression, value):
            raise ValueError(f"{name} must be {self.allowed}, got {value!r}")
        return value


@dataclass(frozen=True)
class OrWord:
    """An int, or one word.

    Attributes
    ----------
    numbers : Whole
    word, meaning : str
        The word, and what it stands for.
    """

    numbers: Whole
    word: str
    meaning: str

    def check(self, name: str, value: Any) -> int | str:
        """Return an int or the word."""
        if not isinstance(value, str):
            return self.numbers.check(name, value)
        if value == self.word:
            return self.word
        raise ValueError(
            f"{name} must be an int of at least {self.numbers.low} or {self.word!r} ({self.meaning}), got {value!r}"
        )


@dataclass(frozen=True)
class OrNumber:
    """An int that `numbers` allows, or one number that means something else."""

    numbers: Whole
    number: int

    def check(self, name: str, value: Any) -> Any:
        """Return the value as it is."""
        if isinstance(value, bool) or value != self.number:
            self.numbers.check(name, value)
        return value


@dataclass(frozen=True)
class OrNone:
    """None, or a value of another kind; `none` is what the attribute is for None."""

    kind: Kind
    none: Any = None

    def check(self, name: str, value: Any) -> Any:
        """Return a value of that kind, or what stands for None."""
        return self.none if value is None else self.kind.check(name, value)


@dataclass(frozen=True)
class OrNumbers:
    """One of a few words, or a list or array of finite numbers from 0 on that float32 can hold, one of them above 0."""

    words: tuple[str, ...]

    def check(self, name: str, value: Any) -> str | tuple[float, ...]:
        """Return a word, or the numbers.

        Examples
        --------
        >>> OrNumbers(("linear",)).check("window_weights", [1, 0.5])
        (1.0, 0.5)
        >>> OrNumbers(("linear", "sqrt")).check("window_weights", "cubic")
        Traceback (most recent call last):
            ...
        ValueError: window_weights must be 'linear', 'sqrt' or a list of numbers, got 'cubic'
        """
        if isinstance(value, str) and value in self.words:
            return value
        if isinstance(value, (str, bytes)) or not isinstance(value, Iterable):
            kind = ValueError if isinstance(value, str) else TypeError
            raise kind(f"{name} must be {', '.join(map(repr, self.words))} or a list of numbers, got {value!r}")
        numbers = tuple(check_float(f"{name}[{place}]", number, 0) for place, number in enumerate(value))
        if max(numbers, default=0) > _LARGEST_FLOAT32:
            raise ValueError(f"{name} must hold numbers up to {_LARGEST_FLOAT32:g}, got {max(numbers):g}")
        if max(numbers, default=0) < _SMALLEST_FLOAT32:
            raise ValueError(f"{name} must hold a number above 0, got {list(numbers)!r:.60}")
        return numbers


@dataclass(frozen=True)
class Unchecked:
    """Anything: it is kept as it is, or checked where it is used."""

    def check(self, name: str, value: Any) -> Any:
        """Return the value."""
        return value
