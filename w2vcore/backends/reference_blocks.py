"""The blocks of the reference: what one unit does to both matrices (block.h), in NumPy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from w2vcore.objectives.base import Targets
from w2vcore.objectives.links import Link, Real, sigmoid_link

from .base import EpochStats

EXAMPLES, TARGETS = "examples", "targets"  # what is judged for the accuracy (block.h)

Rows = NDArray[np.uint32]


def block_pairs(
    inputs: Real,
    targets: Real,
    input_rows: Rows,
    input_counts: Real,
    target_rows: Rows,
    labels: Real,
    target_counts: Real,
    lock: Real,
    alpha: float,
    judge: str = EXAMPLES,
    link: Link = sigmoid_link,
    offsets: Real | None = None,
) -> EpochStats:
    """Update both matrices in place for every input row against every target row; return the sums (block.h, "pairs").

    The rows of either side are distinct; counts are multiplicities; a target with count 0 takes no part.
    """
    target_rows, labels, target_counts, offsets = unmasked(target_rows, labels, target_counts, offsets)
    if not len(target_rows):
        return EpochStats()
    x, y = inputs[input_rows], targets[target_rows]
    score = x @ y.T if offsets is None else x @ y.T + offsets
    gradient = alpha * link(score, labels)[0] * target_counts
    inputs[input_rows] += (input_counts * lock[input_rows % len(lock)])[:, None] * (gradient @ y)
    targets[target_rows] += (gradient * input_counts[:, None]).T @ x
    return sums_of(score, labels, target_counts, input_counts, judge, link)


def block_mean(
    inputs: Real,
    targets: Real,
    input_rows: Rows,
    input_counts: Real,
    target_rows: Rows,
    labels: Real,
    target_counts: Real,
    lock: Real,
    alpha: float,
    scale: float,
    error_scale: float,
    judge: str = EXAMPLES,
    link: Link = sigmoid_link,
    offsets: Real | None = None,
    weight: float = 1.0,
) -> EpochStats:
    """Update both matrices in place for one hidden row against every target row; return the sums (block.h, "mean").

    The hidden row is ``scale`` times the sum of the input rows; each of these receives ``error_scale`` times its error.
    All gradients and sums are multiplied with `weight`.
    """
    target_rows, labels, target_counts, offsets = unmasked(target_rows, labels, target_counts, offsets)
    if not len(target_rows):
        return EpochStats()
    hidden = scale * (input_counts @ inputs[input_rows])
    y = targets[target_rows]
    score = y @ hidden if offsets is None else y @ hidden + offsets
    gradient = alpha * weight * link(score, labels)[0] * target_counts
    factors = error_scale * input_counts * lock[input_rows % len(lock)]
    np.add.at(inputs, input_rows, factors[:, None] * (gradient @ y))
    targets[target_rows] += np.outer(gradient, hidden)
    return sums_of(score[None], labels, target_counts, np.full(1, weight), judge, link)


def block_positives(
    inputs: Real,
    targets: Real,
    input_rows: Rows,
    input_counts: Real,
    named: Sequence[Targets],
    weights: Real,
    lock: Real,
    alpha: float,
    scale: float,
    error_scale: float,
    judge: str = EXAMPLES,
    link: Link = sigmoid_link,
    weight: float = 1.0,
    in_turn: bool = False,
) -> EpochStats:
    """Update both matrices in place for one hidden row against the targets of several examples; return the sums.

    Each example has a weight, by which its gradients and sums are multiplied. All of them start from the values at
    entry, and what they change is added up; but for the error if they update their rows `in_turn`, to which each adds
    what it has from the rows as it finds them (block.h, "several").
    """
    hidden = scale * (input_counts @ inputs[input_rows])
    error, changes, stats = np.zeros_like(hidden), [], EpochStats()
    for one, times in zip(named, (weight * weights).tolist(), strict=True):
        rows, labels, counts, offsets = unmasked(*one)
        if not len(rows):
            continue
        y = targets[rows]
        score = y @ hidden if offsets is None else y @ hidden + offsets
        gradient = alpha * times * link(score, labels)[0] * counts
        changes.append((rows, gradient, y))
        stats += sums_of(score[None], labels, counts, np.full(1, times), judge, link)
    for rows, gradient, y in changes:
        error += gradient @ (targets[rows] if in_turn else y)
        targets[rows] += np.outer(gradient, hidden)
    factors = error_scale * input_counts * lock[input_rows % len(lock)]
    np.add.at(inputs, input_rows, factors[:, None] * error)
    return stats


def block_joined(
    inputs: Real,
    targets: Real,
    input_rows: Rows,
    target_rows: Rows,
    labels: Real,
    target_counts: Real,
    lock: Real,
    alpha: float,
    judge: str = EXAMPLES,
    link: Link = sigmoid_link,
    offsets: Real | None = None,
) -> EpochStats:
    """Update both matrices in place for one hidden row, the input rows side by side, against every target row."""
    target_rows, labels, target_counts, offsets = unmasked(target_rows, labels, target_counts, offsets)
    if not len(target_rows):
        return EpochStats()
    hidden = inputs[input_rows].reshape(-1)
    y = targets[target_rows]
    score = y @ hidden if offsets is None else y @ hidden + offsets
    gradient = alpha * link(score, labels)[0] * target_counts
    error = (gradient @ y).reshape(len(input_rows), -1)
    np.add.at(inputs, input_rows, lock[input_rows % len(lock)][:, None] * error)
    targets[target_rows] += np.outer(gradient, hidden)
    return sums_of(score[None], labels, target_counts, np.ones(1), judge, link)


def unmasked(rows: Rows, labels: Real, counts: Real, offsets: Real | None) -> Targets:
    """Return the targets whose count is not 0: a link that takes all scores together is to see no other."""
    there = counts > 0
    return Targets(rows[there], labels[there], counts[there], None if offsets is None else offsets[there])


def sums_of(
    score: Real, labels: Real, target_counts: Real, input_counts: Real, judge: str, link: Link = sigmoid_link
) -> EpochStats:
    """Return the loss, and what was judged, of scores of shape (inputs, targets)."""
    score = score.astype(np.float64)
    losses = link(score, labels)[1]
    times = np.multiply.outer(input_counts, target_counts).astype(np.float64)
    loss = float((losses * times).sum())
    if judge == TARGETS:
        right = np.where(labels > 0.5, score > 0, score < 0)
        return EpochStats(loss=loss, judged=float(times.sum()), correct=float(times[right].sum()))
    lowest = score[:, labels > 0.5].min(axis=1, initial=np.inf)
    highest = score[:, labels <= 0.5].max(axis=1, initial=-np.inf)
    examples = input_counts.astype(np.float64)
    return EpochStats(loss=loss, judged=float(examples.sum()), correct=float(examples[lowest > highest].sum()))
