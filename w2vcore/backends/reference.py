"""The slow, honest twin of every kernel, in NumPy: it says what the fast ones must compute."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.uint32]
Real = NDArray[Any]  # float32 or float64, as the caller has it


def sigmoid(score: Real) -> Real:
    """Return ``1 / (1 + exp(-score))`` without overflow."""
    e = np.exp(-np.abs(score))
    return np.where(score >= 0, 1.0, e) / (1.0 + e)


def softplus(score: Real) -> Real:
    """Return ``log(1 + exp(score))`` without overflow: the loss of a pair is ``softplus(-score)`` for label 1."""
    return np.logaddexp(0.0, score)


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
) -> float:
    """Update both matrices in place for every input row against every target row; return the loss (block.h, "pairs").

    The rows of either side are distinct; counts are multiplicities; a target with count 0 takes no part.
    """
    x, y = inputs[input_rows], targets[target_rows]
    score = x @ y.T
    gradient = alpha * (labels - sigmoid(score)) * target_counts
    inputs[input_rows] += (input_counts * lock[input_rows % len(lock)])[:, None] * (gradient @ y)
    targets[target_rows] += (gradient * input_counts[:, None]).T @ x
    loss = softplus(np.where(labels == 1, -score, score)) * target_counts * input_counts[:, None]
    return float(loss.sum())


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
) -> float:
    """Update both matrices in place for one hidden row against every target row; return the loss (block.h, "mean").

    The hidden row is ``scale`` times the sum of the input rows; the whole error goes to each input row.
    """
    hidden = scale * (input_counts @ inputs[input_rows])
    y = targets[target_rows]
    score = y @ hidden
    gradient = alpha * (labels - sigmoid(score)) * target_counts
    np.add.at(inputs, input_rows, (input_counts * lock[input_rows % len(lock)])[:, None] * (gradient @ y))
    targets[target_rows] += np.outer(gradient, hidden)
    return float((softplus(np.where(labels == 1, -score, score)) * target_counts).sum())
