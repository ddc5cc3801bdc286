"""Whether the weights are finite before training, so that a NaN from outside is not blamed on the learning rate."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from w2vcore.backends.run_tables import config_tables
from w2vcore.kernels._finite import all_finite

from .setup import Setup

# All weights are read if that takes next to no time: reading a row of 100 numbers takes 50 ns, and training a token
# 170 ns or more (AMD EPYC, Zen 4, one core). With this many tokens per row, reading takes less than a fiftieth of the
# training; so few rows take a tenth of a millisecond.
TOKENS_A_ROW = 16
FEW_ROWS = 2000


def is_worth_a_look(setup: Setup, tokens: int) -> bool:
    """Whether to read all weights before training `tokens` tokens."""
    rows = len(setup.keys)
    return rows <= FEW_ROWS or tokens >= TOKENS_A_ROW * rows


def check_given(setup: Setup, names: Iterable[str], when: str) -> None:
    """Refuse matrices with values that are not finite.

    Parameters
    ----------
    setup : Setup
    names : iterable of str
        Of the matrices to check.
    when : str
        When the values were there, for the message.

    Raises
    ------
    FloatingPointError
        Names the attribute and the first such row, and its key if it has one.
    """
    config = setup.config
    tables = config_tables(config)
    for name in names:
        matrix = setup.weights.matrices[name]
        if all_finite(matrix):
            continue
        finite = np.isfinite(matrix)
        rows = np.flatnonzero(~finite.all(axis=1))
        row = int(rows[0])
        key = f" ({setup.keys[row]!r})" if tables[name].keyed else ""
        others = f", and {len(rows) - 1:,} other rows hold such" if len(rows) > 1 else ""
        attribute, value = setup.attributes[name], matrix[row][~finite[row]][0]
        raise FloatingPointError(
            f"{attribute} held {value} in row {row}{key} {when}{others}: somebody put it there, it does not come from "
            f"the learning rate. Give that row numbers ({attribute}[{row}] = 0), or begin anew with init_weights()"
        )
