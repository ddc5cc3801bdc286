"""Job ranges cut into segments, the unit of work of a warp: a stretch of one sentence.

    tokens     . . . . | . . . . . . . . . . | . . .        | sentences
    jobs       [ job 0       )[ job 1            )
    segments   [ 0     )[ 1  )[ 2    )[ 3    )[ 4)

Every token of every job is a centre in exactly one segment. Windows reach beyond both ends of a segment, up to the
borders of its sentence, so cutting does not change any draw (base.Job). All offsets are 64-bit.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from w2vcore.backends.base import Plan
from w2vcore.backends.reference_windows import kept_and_windows
from w2vcore.corpus.encoding import Batch
from w2vcore.model.config import SENTENCE

Indices = NDArray[np.int64]


@dataclass(frozen=True)
class Segments:
    """Segments in ascending order, a column each.

    Attributes
    ----------
    sentence : ndarray of int64
        Its number in the batch.
    start, stop : ndarray of int64
        The centres, as places in ``batch.ids``.
    job : ndarray of int64
        Number of the segment's job, from 0.
    """

    sentence: Indices
    start: Indices
    stop: Indices
    job: Indices

    def __len__(self) -> int:
        return len(self.start)


def cut(offsets: Indices, borders: Indices, longest: int) -> Segments:
    """Cut the jobs ``borders[k]..borders[k + 1]`` at the borders of sentences, and long pieces into equal parts.

    Parameters
    ----------
    offsets : ndarray of int64
        Of the batch: sentence s is ``offsets[s]..offsets[s + 1]``.
    borders : ndarray of int64
        Ascending: the jobs are consecutive. Equal borders mean a job without tokens.
    longest : int
        Most centres in a segment.

    Examples
    --------
    >>> found = cut(np.array([0, 4, 14, 17]), np.array([0, 7, 15]), longest=5)
    >>> [column.tolist() for column in (found.sentence, found.start, found.stop, found.job)]
    [[0, 1, 1, 1, 2], [0, 4, 7, 10, 14], [4, 7, 10, 14, 15], [0, 0, 1, 1, 1]]
    """
    low, high = borders[0], borders[-1]
    inside = offsets[np.searchsorted(offsets, low, "right") : np.searchsorted(offsets, high, "left")]
    edges = np.unique(np.concatenate([borders, inside]))
    lengths = np.diff(edges)
    parts = -(-lengths // longest)
    whole = np.repeat(np.arange(len(lengths)), parts)
    number = np.arange(len(whole)) - np.repeat(np.cumsum(parts) - parts, parts)
    start = edges[whole] + lengths[whole] * number // parts[whole]
    stop = edges[whole] + lengths[whole] * (number + 1) // parts[whole]
    sentence = np.searchsorted(offsets, start, "right") - 1
    job = np.searchsorted(borders, start, "right") - 1
    return Segments(sentence, start, stop, job)


def sentences_of(offsets: Indices, low: int, high: int) -> tuple[int, Indices]:
    """Return the number of the sentence that `low` is in, and the offsets of the tokens ``low..high`` by themselves.

    Examples
    --------
    >>> sentences_of(np.array([0, 4, 14, 17]), 6, 15)
    (1, array([0, 8, 9]))
    """
    first = int(np.searchsorted(offsets, low, "right")) - 1
    last = int(np.searchsorted(offsets, high, "left"))
    return first, np.clip(offsets[first : last + 1], low, high) - low


def with_context(plan: Plan, batch: Batch, position: int, epoch: int, start: int, stop: int) -> tuple[int, int]:
    """Return the range of tokens that the windows of ``batch.ids[start:stop]`` can reach, or a little more.

    A window counts kept tokens, so how far it reaches over dropped ones depends on the draws, which are computed here
    as in the kernel. The kernels read nothing beyond this range, so a sentence of any length can be sent in pieces.

    Parameters
    ----------
    plan : Plan
    batch : Batch
    position : int
        Place of ``batch.ids[0]`` in the epoch.
    epoch, start, stop : int
        There is at least one token.
    """
    sentence = int(np.searchsorted(batch.offsets, start, "right"))
    first = int(batch.offsets[sentence - 1])
    last = int(batch.offsets[np.searchsorted(batch.offsets, stop - 1, "right")])
    window = plan.config.window
    if window == SENTENCE:
        return first, last
    low = max(first, start - int(window))
    high = min(last, stop + int(window))
    if plan.config.subsample:
        step = 4 * int(window) + 64  # a few windows at once: most tokens are rare and kept
        kept = _kept(plan, batch, position, epoch, low, start)
        while low > first and kept < window:
            low, before = max(first, low - step), low
            kept += _kept(plan, batch, position, epoch, low, before)
            step *= 2
        step = 4 * int(window) + 64
        kept = _kept(plan, batch, position, epoch, stop, high)
        while high < last and kept < window:
            high, before = min(last, high + step), high
            kept += _kept(plan, batch, position, epoch, before, high)
            step *= 2
    return low, high


def _kept(plan: Plan, batch: Batch, position: int, epoch: int, start: int, stop: int) -> int:
    part = Batch(batch.ids[start:stop], np.array([0, stop - start]), 0, 0)
    kept, _ = kept_and_windows(plan.config, plan.keep, part, position + start, epoch)
    return int(kept.sum())
