"""gensim's `cum_table`, the noise distribution as running sums: to look at, as training draws by a table of its own."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.objectives.negative_sampling import cumulative_table


class CumulativeTable:
    """The table of a model, made when it is asked for."""

    def __init__(self) -> None:
        self._counts: NDArray[Any] | None = None
        self._exponent = 0.0
        self._table: NDArray[np.uint32] = np.zeros(0, np.uint32)

    def make(self, counts: NDArray[Any] | None, exponent: float, domain: int = 2**31 - 1) -> None:
        """Make it anew, scaled to `domain`."""
        self._counts, self._exponent = counts, exponent
        self._table = cumulative_table(np.zeros(0, np.int64) if counts is None else counts, exponent, domain)

    def of(self, counts: NDArray[Any] | None, exponent: float) -> NDArray[np.uint32]:
        """Return it, made anew if counts or exponent are others than they were."""
        if self._counts is None or counts is not self._counts or exponent != self._exponent:
            self.make(counts, exponent)
        return self._table
