"""Pairs of words whose similarity people have judged: read from files, compared with cosines."""

from __future__ import annotations

import logging
import math
import os
from collections.abc import Callable, Sequence
from typing import Any

from w2vcore.corpus.files import open_bytes
from w2vcore.corpus.paths import PathLike
from w2vcore.corpus.warning import warn

logger = logging.getLogger("w2vcore.keyedvectors")

Pair = tuple[str, str, float]


def read(path: PathLike, delimiter: str, encoding: str, fold: Callable[[str], str]) -> list[tuple[int, Pair]]:
    r"""Read lines ``word<delimiter>word<delimiter>number``, with their numbers from 1 on.

    Lines that begin with ``#`` are left out; so are lines of another form, with a log line. If no line has three
    columns and some have more, the third one is the number, as in files that give the mean and then the number of each
    judge. A warning says what was done about further columns.

    Parameters
    ----------
    path : str or path-like
        May be compressed.
    delimiter, encoding : str
    fold : callable
        Maps words that differ only in case to one word; `str` leaves them as they are.
    """
    found: list[tuple[int, Pair]] = []
    wide: list[tuple[int, Pair]] = []
    with open_bytes(path) as file:
        for number, raw in enumerate(file, 1):
            line = raw.decode(encoding)
            if line.startswith("#"):
                continue
            fields = line.split(delimiter)
            pair = _pair(fields, fold)
            if pair is not None:
                (wide if len(fields) > 3 else found).append((number, pair))
            else:
                _skip(number, path)
    if wide:
        done = "left out, as other lines have three" if found else "the third is taken for the similarity"
        warn(f"{os.fspath(path)}: line {wide[0][0]}, of {len(wide)} such lines, has more than three columns: {done}")
    for number, _ in wide if found else ():
        _skip(number, path)
    return found or wide


def _pair(fields: Sequence[str], fold: Callable[[str], str]) -> Pair | None:
    """Return the words and the number of a line, None if it has another form."""
    try:
        first, second, judged = fields[:3]
        pair = fold(first), fold(second), float(judged)
    except ValueError:
        return None
    return pair if math.isfinite(pair[2]) else None


def _skip(number: int, path: PathLike) -> None:
    logger.info("Skipping invalid line #%d in %s", number, os.fspath(path))


def correlations(judged: Sequence[float], computed: Sequence[float]) -> tuple[Any, Any]:
    """Return Pearson's and Spearman's correlation as scipy has them, with ``.statistic`` and ``.pvalue``.

    Examples
    --------
    >>> pearson, spearman = correlations([1, 2, 3, 4], [1, 4, 9, 16])
    >>> round(float(pearson.statistic), 3), round(float(spearman.statistic), 3)
    (0.984, 1.0)
    """
    from scipy import stats  # slow to import, and rarely needed

    return stats.pearsonr(judged, computed), stats.spearmanr(judged, computed)
