"""Sessions made of a table of who took what, and when: sorted, cut where somebody paused, and split by time."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.model.checks import check_float

from .tables import MISSING, columns_of, ids_of, times_of

_MICRO = 1_000_000
_LISTED = 1 << 16  # sessions made lists at a time


class Sessions:
    """Sessions as lists of items, held as arrays; `read_sessions` makes them.

    They have a length, can be iterated any number of times, and are taken by number or slice.

    Attributes
    ----------
    offsets : ndarray of int64, shape (sessions + 1,)
        Items ``offsets[s]`` to ``offsets[s + 1]`` are those of session s.
    codes : ndarray of int64, shape (items,)
        Numbers of the items.
    keys : list
        The item of each number.
    times : ndarray, shape (items,), or None
        When each was taken: numbers as in the table, or microseconds since 1970.
    users : list
        Whose each session is; empty where the table has no users.
    microseconds : bool
        Whether `times` are microseconds.

    Examples
    --------
    >>> table = {"user": ["u", "v", "u", "u"], "item": [3, 1, 2, 3], "time": [10, 5, 20, 9000]}
    >>> sessions = read_sessions(table, gap=1800)
    >>> sessions.tolist(), sessions.users
    ([[3, 2], [3], [1]], ['u', 'u', 'v'])
    """

    def __init__(
        self,
        offsets: NDArray[np.int64],
        codes: NDArray[np.int64],
        keys: list[Any],
        times: NDArray[Any] | None,
        users: list[Any],
        microseconds: bool,
    ) -> None:
        self.offsets, self.codes, self.keys, self.times, self.users = offsets, codes, keys, times, users
        self.microseconds = microseconds

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, session: Any) -> Any:
        if isinstance(session, slice):
            return self.chosen(np.arange(len(self))[session])
        place = range(len(self))[session]
        keys = self.keys
        return [keys[code] for code in self.codes[self.offsets[place] : self.offsets[place + 1]].tolist()]

    def __iter__(self) -> Iterator[list[Any]]:
        keys = self.keys
        for start in range(0, len(self), _LISTED):
            offsets = self.offsets[start : start + _LISTED + 1].tolist()
            items = [keys[code] for code in self.codes[offsets[0] : offsets[-1]].tolist()]
            for first, stop in pairwise(offsets):
                yield items[first - offsets[0] : stop - offsets[0]]

    def tolist(self) -> list[list[Any]]:
        """Return them as lists, which `Word2Vec` encodes once."""
        return list(self)

    def chosen(self, numbers: Any) -> Sessions:
        """Return some of the sessions, by number or by a mask.

        Examples
        --------
        >>> sessions = read_sessions({"user": [1, 1, 2], "item": ["a", "b", "c"], "time": [1, 2, 3]})
        >>> sessions.chosen(sessions.lengths() >= 2).tolist()
        [['a', 'b']]
        """
        numbers = np.asarray(numbers)
        numbers = np.flatnonzero(numbers) if numbers.dtype == bool else numbers.astype(np.int64)
        lengths = self.lengths()[numbers]
        offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
        places = np.arange(offsets[-1]) + np.repeat(self.offsets[numbers] - offsets[:-1], lengths)
        users = [self.users[number] for number in numbers.tolist()] if self.users else []
        times = None if self.times is None else self.times[places]
        return Sessions(offsets, self.codes[places], self.keys, times, users, self.microseconds)

    def lengths(self) -> NDArray[np.int64]:
        """Return how many items each session has."""
        return np.diff(self.offsets)

    def split(self, at: Any = None, *, share: float = 0.1, straddling: str = "drop") -> tuple[Sessions, Sessions]:
        """Return the sessions before a time, to train on, and those from then on, to be asked.

        Parameters
        ----------
        at : datetime, str or number, optional
            The time; a str is read as ISO 8601, and times without a zone are UTC. Default: what `share` says.
        share : float
            How much of the items is to come after it.
        straddling : {"drop", "cut"}
            What becomes of sessions that begin before it and end after it: they are left out, or cut in two.

        Raises
        ------
        ValueError
            If the table had no times, or the time is not of their kind.

        Examples
        --------
        >>> table = {"user": [1, 1, 2, 2], "item": ["a", "b", "c", "d"], "time": [1, 2, 3, 4]}
        >>> train, test = read_sessions(table).split(3)
        >>> train.tolist(), test.tolist()
        ([['a', 'b']], [['c', 'd']])
        """
        if self.times is None:
            raise ValueError("sessions without times cannot be split by time: read them with time='column'")
        if straddling not in ("drop", "cut"):
            raise ValueError(f"straddling must be 'drop' or 'cut', got {straddling!r}")
        if at is None:
            share = check_float("share", share, 0)
            if not 0 < share < 1:
                raise ValueError(f"share must be between 0 and 1, got {share!r}")
            cut = np.quantile(self.times, 1 - share, method="higher") if len(self.times) else 0
        else:
            cut = self._time(at)
        late = self.times >= cut
        numbers = np.repeat(np.arange(len(self)), self.lengths())
        late_items = np.bincount(numbers[late], minlength=len(self))
        if straddling == "cut":
            return self._items(~late), self._items(late)
        return self.chosen(late_items == 0), self.chosen((late_items == self.lengths()) & (late_items > 0))

    def _time(self, at: Any) -> Any:
        """Return a time as `times` has them."""
        if isinstance(at, str):
            at = datetime.datetime.fromisoformat(at)
        if isinstance(at, datetime.datetime) and at.tzinfo is not None:
            at = at.astimezone(datetime.timezone.utc).replace(tzinfo=None)
        is_time = isinstance(at, (datetime.date, np.datetime64))
        if is_time != self.microseconds:
            kind = "times" if self.microseconds else "numbers"
            raise ValueError(f"at must be of the kind of the times, which are {kind}, got {at!r}")
        return np.datetime64(at, "us").astype(np.int64) if is_time else at

    def _items(self, kept: NDArray[np.bool_]) -> Sessions:
        """Return what is left of the sessions when some items are dropped, without empty ones."""
        assert self.times is not None
        before = np.concatenate([[0], np.cumsum(kept)])[self.offsets]
        rest = Sessions(before, self.codes[kept], self.keys, self.times[kept], self.users, self.microseconds)
        return rest.chosen(rest.lengths() > 0)


def read_sessions(
    source: Any,
    user: str | None = "user",
    item: str = "item",
    time: str | None = "time",
    *,
    session: str | None = None,
    gap: float | datetime.timedelta | None = None,
    drop_repeats: bool = False,
    drop_missing: bool = False,
) -> Sessions:
    """Make sessions of a table with a row for each item that somebody took.

    Rows are sorted by user and time; those of equal times stay in their order. There is no loop over rows in Python.

    Parameters
    ----------
    source : path, data frame, table or mapping of arrays
        A file of Parquet or Arrow (needs pyarrow) or a CSV or TSV file with a header (needs pandas), which may be
        packed; a frame of pandas or polars, or a table of pyarrow.
    user, item, time : str
        Names of columns. `time` has times or numbers; None: rows are in order. `user` may be None beside `session`.
    session : str, optional
        A column that says which rows belong together, such as a basket's number; then `gap` and `user` do not cut.
    gap : float or timedelta, optional
        A session ends where its user took nothing for longer: in seconds, or in the unit of a column of numbers. None:
        all that a user took is one session.
    drop_repeats : bool
        Drop an item that follows itself in a session, as after a page was loaded again.
    drop_missing : bool
        Drop rows without user or item, which are an error otherwise.

    Returns
    -------
    Sessions
        Of users in the order of their first rows in the table (sorted, for arrays), each in the order of time.

    Raises
    ------
    ValueError
        If a column is not there, ids are missing, or a time is.
    TypeError
        If ids are floats, which integers become where some are missing.
    ImportError
        Without the package that reads the file.

    Examples
    --------
    >>> import datetime
    >>> hour = np.array([0, 1, 90], "timedelta64[m]") + np.datetime64("2026-01-01")
    >>> table = {"user": [1, 1, 1], "item": [30, 10, 20], "time": hour}
    >>> read_sessions(table, gap=datetime.timedelta(minutes=30)).tolist()
    [[30, 10], [20]]
    """
    if user is None and session is None:
        raise ValueError("user and session must not both be None: one of them says which rows belong together")
    names = {"user": user, "item": item, "time": time, "session": session}
    columns = columns_of(source, {purpose: name for purpose, name in names.items() if name is not None})
    ids = {purpose: ids_of(column, names[purpose]) for purpose, column in columns.items() if purpose != "time"}  # type: ignore[arg-type]
    rows = len(ids["item"].codes)
    kept = np.ones(rows, bool)
    for purpose, found in ids.items():
        missing = found.codes == MISSING
        if missing.any() and not drop_missing:
            raise ValueError(
                f"the column {names[purpose]!r} is empty in {int(missing.sum()):,} rows, of which row "
                f"{int(np.argmax(missing))} (from 0) is the first; drop_missing=True leaves them out"
            )
        kept &= ~missing
    times, microseconds = (None, False) if time is None else times_of(columns["time"], time)
    order = np.flatnonzero(kept)
    owner = ids["session" if session is not None else "user"].codes
    order = order[np.lexsort((owner[order],) if times is None else (times[order], owner[order]))]
    owner, codes = owner[order], ids["item"].codes[order]
    times = None if times is None else times[order]
    begins = np.ones(len(order), bool)
    begins[1:] = owner[1:] != owner[:-1]
    if gap is not None and session is None:
        begins[1:] |= _paused(times, gap, microseconds)
    if drop_repeats:
        fresh = begins.copy()
        fresh[1:] |= codes[1:] != codes[:-1]
        codes, begins, owner, order = codes[fresh], begins[fresh], owner[fresh], order[fresh]
        times = None if times is None else times[fresh]
    firsts = np.flatnonzero(begins)
    offsets = np.append(firsts, len(codes)).astype(np.int64)
    users = [] if user is None else [ids["user"].keys[code] for code in ids["user"].codes[order[firsts]].tolist()]
    return Sessions(offsets, codes, ids["item"].keys, times, users, microseconds)


def _paused(times: NDArray[Any] | None, gap: Any, microseconds: bool) -> NDArray[np.bool_]:
    """Return between which two rows more than the gap passed."""
    if times is None:
        raise ValueError("gap needs times: name their column with time=")
    if isinstance(gap, (datetime.timedelta, np.timedelta64)):
        if not microseconds:
            raise ValueError(f"gap must be a number, as the column of times holds numbers, got {gap!r}")
        longest: Any = np.timedelta64(gap, "us").astype(np.int64)
    else:
        longest = check_float("gap", gap, 0) * (_MICRO if microseconds else 1)
    return np.asarray(np.diff(times) > longest)
