"""What an objective is: target rows and labels for a centre word, and the matrix that they are rows of."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from w2vcore.kernels._contract import Selector
from w2vcore.model.config import TrainingConfig


class Objective(ABC):
    """Names target rows; the arithmetic on them is the block's, the same for every objective.

    Attributes
    ----------
    name : str
        Key in the registry, and name of the target matrix in Weights and in files.
    made_of : tuple of str
        What `selector` takes beside the settings, by the names that it has in backends/base.py: the occurrences of each
        key, ``"counts"``, and for a tree ``"tree"``.
    hottest_last : bool
        Of keys in descending order of frequency, whether the rows that are met most often are the last ones of the
        target matrix; else they are the first ones.
    """

    name: ClassVar[str]
    made_of: ClassVar[tuple[str, ...]] = ("counts",)
    hottest_last: ClassVar[bool] = False

    @staticmethod
    @abstractmethod
    def target_rows(vocabulary_size: int) -> int:
        """Rows of the target matrix for a vocabulary of that size."""

    @classmethod
    def settings(cls, config: TrainingConfig) -> Hashable:
        """Return those of the settings that `selector` depends on; default: all."""
        return config

    @classmethod
    def selector(cls, config: TrainingConfig, counts: NDArray[np.int64]) -> Selector:
        """Build the tables for a vocabulary with these counts; workers share the result and only read it.

        Raises
        ------
        ValueError
            If the objective is written in NumPy alone.
        """
        raise ValueError(
            f"the objective {cls.name!r} has no compiled selector: pass backend='reference', which runs it in NumPy"
        )
