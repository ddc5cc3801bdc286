"""From scores to errors and losses: the one part of a block that depends on what the scores mean.

A link takes the scores of one or more input rows against the target rows, offsets included, and the labels of the
target rows. It returns the error of each score, which is minus the derivative of the loss by that score, and the loss
of each. The blocks in C have these two built in; an objective that is written in NumPy may bring another link
(docs/adding-an-objective.md).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Real = NDArray[Any]  # float32 or float64, as the caller has it

# scores (..., targets), labels (targets,) -> errors and losses, both (..., targets)
Link = Callable[[Real, Real], tuple[Real, Real]]


def sigmoid(score: Real) -> Real:
    """Return ``1 / (1 + exp(-score))`` without overflow."""
    e = np.exp(-np.abs(score))
    return np.where(score >= 0, 1.0, e) / (1.0 + e)


def softplus(score: Real) -> Real:
    """Return ``log(1 + exp(score))`` without overflow: the loss of a pair is ``softplus(-score)`` for label 1."""
    return np.logaddexp(0.0, score)


def sigmoid_link(scores: Real, labels: Real) -> tuple[Real, Real]:
    """Take each score as the log-odds that its label is 1, independently of the others.

    The loss is the cross-entropy; a label between 0 and 1 is the probability that it should be 1.

    Examples
    --------
    >>> sigmoid_link(np.zeros(2), np.array([1.0, 0.0]))
    (array([ 0.5, -0.5]), array([0.69314718, 0.69314718]))
    """
    losses = softplus(np.where(labels == 1, -scores, scores))
    soft = (labels != 0) & (labels != 1)
    if soft.any():
        losses = np.where(soft, softplus(scores) - labels * scores, losses)
    return labels - sigmoid(scores), losses


def softmax_link(scores: Real, labels: Real) -> tuple[Real, Real]:
    """Take the scores of an input row as logarithms of unnormalised probabilities: one of the targets is the true one.

    The loss is the cross-entropy between the labels, which add up to 1, and the softmax of the scores.

    Examples
    --------
    >>> errors, losses = softmax_link(np.zeros((1, 4)), np.array([1.0, 0.0, 0.0, 0.0]))
    >>> errors.tolist(), losses.round(3).tolist()
    ([[0.75, -0.25, -0.25, -0.25]], [[1.386, 0.0, 0.0, 0.0]])
    """
    logits = scores - scores.max(axis=-1, keepdims=True)  # exp cannot overflow
    log_chances = logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))
    return labels - np.exp(log_chances), -labels * log_chances
