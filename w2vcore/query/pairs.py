"""Pairs of words whose similarity people have judged: read from files, compared with cosines."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Sequence
from typing import Any

from w2vcore.corpus.files import PathLike, open_bytes

logger = logging.getLogger("w2vcore.keyedvectors")

Pair = tuple[str, str, float]


def read(path: PathLike, delimiter: str, encoding: str, fold: Callable[[str], str]) -> list[tuple[int, Pair]]:
    r"""Read lines ``word<delimiter>word<delimiter>number``, with their numbers from 1 on.

    Lines that begin with ``#`` are left out, and so are those of another form, with a log line.

    Parameters
    ----------
    path : str or path-like
        May be compressed.
    delimiter, encoding : str
    fold : callable
        Makes words alike that differ in case; `str` leaves them as they are.
    """
    found = []
    with open_bytes(path) as file:
        for number, raw in enumerate(file, 1):
            line = raw.decode(encoding)
            if line.startswith("#"):
                continue
            fields = line.split(delimiter)
            try:
                first, second, judged = fields
                found.append((number, (fold(first), fold(second), float(judged))))
            except ValueError:
                logger.info("Skipping invalid line #%d in %s", number, os.fspath(path))
    return found


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
