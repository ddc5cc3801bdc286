"""The windows of the reference: which tokens are kept, what stands around each, and how much each context counts."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from w2vcore.corpus.encoding import Batch
from w2vcore.kernels.reference_random import PURPOSE_TOKEN, random_key, random_words
from w2vcore.model.config import SENTENCE, TrainingConfig
from w2vcore.model.window_weights import weights_by_distance

from .base import Job


def kept_and_windows(
    config: TrainingConfig, keep: NDArray[np.uint32], batch: Batch, position: int, epoch: int
) -> tuple[NDArray[np.bool_], NDArray[np.int64]]:
    """Return for each token of a batch whether it survives subsampling, and its window's size on either side."""
    size = len(batch)
    key = random_key(config.seed, epoch, PURPOSE_TOKEN)
    positions = np.arange(size) + position
    words = random_words(key, 0, positions // 2)
    first, second = words[np.arange(size), positions % 2 * 2], words[np.arange(size), positions % 2 * 2 + 1]
    kept = first <= keep[batch.ids] if config.subsample else np.ones(size, np.bool_)
    if config.window == SENTENCE:
        return kept, np.full(size, size, np.int64)
    window = int(config.window)
    shrink = (second * np.uint64(window)) >> np.uint64(32) if config.draws_windows else np.zeros(size, np.uint64)
    return kept, window - shrink.astype(np.int64)


def parts(
    config: TrainingConfig, keep: NDArray[np.uint32], job: Job, epoch: int
) -> Iterator[tuple[NDArray[np.int64], list[int], NDArray[np.int64]]]:
    """Yield the kept tokens of each sentence of a job, which of them are its centres, and all tokens' windows.

    Tokens are indices into ``job.batch.ids``, centres are indices into the kept tokens.
    """
    batch = job.batch
    kept, reach = kept_and_windows(config, keep, batch, job.position, epoch)
    for first, last in zip(batch.offsets[:-1].tolist(), batch.offsets[1:].tolist(), strict=True):
        if last <= job.start or first >= job.stop:
            continue
        sentence = first + np.flatnonzero(kept[first:last])
        yield sentence, np.flatnonzero((job.start <= sentence) & (sentence < job.stop)).tolist(), reach


def windows(
    config: TrainingConfig, keep: NDArray[np.uint32], job: Job, epoch: int
) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Yield each kept centre of a job and its contexts, as indices into ``job.batch.ids``."""
    for sentence, centres, reach in parts(config, keep, job, epoch):
        for place in centres:
            centre = int(sentence[place])
            left, right = max(0, place - int(reach[centre])), place + int(reach[centre]) + 1
            yield centre, np.concatenate([sentence[left:place], sentence[place + 1 : right]])


def context_weights(config: TrainingConfig, centre: int, contexts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the weight of each context of a centre, as `windows` yields them.

    Examples
    --------
    >>> config = TrainingConfig(window=2, window_weights=(1.0, 0.25))
    >>> context_weights(config, 6, np.array([1, 3, 7])).tolist()
    [0.25, 1.0, 1.0]
    """
    before = int((contexts < centre).sum())
    distances = np.concatenate([np.arange(before, 0, -1), np.arange(1, len(contexts) - before + 1)])
    by_distance = weights_by_distance(config.window, config.window_weights, int(distances.max(initial=1)))
    weights: NDArray[np.float64] = by_distance[distances - 1]
    return weights
