"""Matrices for the tests of blocks that train several examples."""

import numpy as np

from w2vcore.model.weights import zeros

ROWS = 40


def copied(matrix):
    """A padded copy."""
    copy = zeros(*matrix.shape)
    copy[:] = matrix
    return copy


def made(rng, size):
    """Random rows of length about 1.5, so that scores reach the sigmoid's curved part; zero in the padding."""
    out = zeros(ROWS, size)
    out[:, :size] = rng.normal(0, 1.5 / np.sqrt(size), (ROWS, size))
    return out
