"""What an architecture is: it chooses the input rows of a window, and the shape of the block."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from w2vcore.model.config import TrainingConfig
from w2vcore.model.features import Bag
from w2vcore.model.tables import Table, input_table

from ._windows import WindowWorker

DeviceUnit = Literal["pair", "window", "mean"]

# The most positives of a unit. All their gradients are taken from the values at entry, and the input moves by the sum:
# in wide windows of too many the step would be too long. Worth it from about eight on (docs/performance.md).
MOST_POSITIVES = 16

# Tokens of a sentence that are a stretch, whose kept words may be one unit (`units_of_stretch`). Stretches of 12 are
# 3 % faster and those of 4 are 4 % slower, but with 12 the steps are a bit too long: documents are found less well.
STRETCH = 6


@dataclass(frozen=True)
class Unit:
    """What is trained in one call of a block: input rows against the targets of the centre.

    Attributes
    ----------
    rows : ndarray of uint32, shape (n,)
        Distinct input rows.
    counts : ndarray of float, shape (n,)
        How often each is meant, or how much it weighs.
    examples : int
        Examples that the unit stands for.
    ordinal : int
        Number of the unit within its window, from 0: it uses the random draws from ``ordinal * draws`` on.
    scale, error_scale : float or None
        For the block "mean": the factors of the sum of the rows, and of the error that each receives. None: the block
        is "pairs", each row against each target.
    weight : float
        For the block "mean": how much the example counts. All gradients are multiplied with it; those of "pairs" are
        with `counts`.
    positives : ndarray of uint32, shape (p,), or None
        For the block "mean": the words that the hidden row predicts, each an example with targets of its own; None:
        the centre, and nothing else.
    positive_weights : ndarray of float, shape (p,), or None
        How much each of them counts; None: 1.
    shares_draws : bool
        Whether all positives have the random draws of the unit; else the n-th has those of ``ordinal + n``, unless
        there are `places`.
    places : ndarray of int64, shape (p,), or None
        Where the positives stand in the batch: each has the random draws of ``ordinal`` at its own place.
    """

    rows: NDArray[np.uint32]
    counts: NDArray[np.float64]
    examples: int
    ordinal: int = 0
    scale: float | None = None
    error_scale: float | None = None
    weight: float = 1.0
    positives: NDArray[np.uint32] | None = None
    positive_weights: NDArray[np.float64] | None = None
    shares_draws: bool = False
    places: NDArray[np.int64] | None = None

    @property
    def examples_weight(self) -> float:
        """Sum of the weights of its examples."""
        if self.positive_weights is not None:
            return self.weight * float(self.positive_weights.sum())
        if self.positives is not None:
            return self.weight * len(self.positives)
        return float(self.counts.sum()) if self.scale is None else self.weight


class Architecture(ABC):
    """Chooses input rows; `units` says in NumPy what its compiled worker does, and the reference backend runs that.

    Attributes
    ----------
    name : str
        Key in the registry.
    worker : type or None
        The `WindowWorker` whose units are this architecture's; None: it is written in NumPy alone.
    shares_targets : bool
        Whether ``negative_sharing`` means something to it.
    weighs_contexts : bool
        Whether `units` and `units_of_bags` take the weights of contexts; not believed of a class that inherits it and
        has `units` of its own.
    reads_contexts : bool
        Whether context words are inputs; else only the tags of a sentence are.
    joins : bool
        Whether its input is rows side by side: its units are `joined_units`, and targets are `target_columns` long.
    predicts_contexts : bool
        Whether the input is the centre, and what it predicts are its contexts: its units are `units_of_centre`.
    takes_stretches : bool
        Whether a unit is of all words of a stretch of a sentence: its units are `units_of_stretch`.
    shares_targets_of_bags : bool
        Whether ``negative_sharing="window"`` is possible where words have features.
    takes_tags : bool
        Whether sentences may have tags, if `units_of_bags` has anything to say.
    """

    name: ClassVar[str]
    worker: ClassVar[type[WindowWorker] | None] = None
    shares_targets: ClassVar[bool] = False
    weighs_contexts: ClassVar[bool] = False
    reads_contexts: ClassVar[bool] = True
    joins: ClassVar[bool] = False
    predicts_contexts: ClassVar[bool] = False
    takes_stretches: ClassVar[bool] = False
    shares_targets_of_bags: ClassVar[bool] = False
    takes_tags: ClassVar[bool] = True

    @classmethod
    @abstractmethod
    def units(
        cls, config: TrainingConfig, contexts: NDArray[np.uint32], weights: NDArray[np.float64] | None = None
    ) -> Iterator[Unit]:
        """Yield the units of a window, in the order in which they are trained.

        Parameters
        ----------
        config : TrainingConfig
        contexts : ndarray of uint32
            Ids of the context words in ascending order of place; at least one.
        weights : ndarray of float64, optional
            How much each counts; passed where windows have weights, to architectures that say `weighs_contexts`.
        """

    @classmethod
    def units_of_bags(
        cls, config: TrainingConfig, bags: Sequence[Bag], weights: NDArray[np.float64] | None = None
    ) -> Iterator[Unit]:
        """Yield the units of a window where words have features, or the sentence has tags.

        Parameters
        ----------
        config : TrainingConfig
        bags : sequence of Bag
            What stands for the context words, in ascending order of place, and then for the tags; at least one.
        weights : ndarray of float64, optional
            How much each bag counts, as in `units`.

        Raises
        ------
        ValueError
            If this architecture trains neither.
        """
        raise ValueError(f"the architecture {cls.name!r} trains neither features of words nor tags of sentences")

    @classmethod
    def units_of_centre(
        cls,
        config: TrainingConfig,
        bag: Bag,
        contexts: NDArray[np.uint32],
        weights: NDArray[np.float64] | None = None,
        apart: bool = False,
    ) -> Iterator[Unit]:
        """Yield the units of a window whose centre is the input; for architectures that say `predicts_contexts`.

        Parameters
        ----------
        config : TrainingConfig
        bag : Bag
            What stands for the centre.
        contexts : ndarray of uint32
            Ids of the context words in ascending order of place; at least one.
        weights : ndarray of float64, optional
            How much each counts, as in `units`.
        apart : bool
            Whether an objective takes all scores of an example together, so that each positive is a unit of its own.
        """
        raise ValueError(f"the architecture {cls.name!r} does not predict contexts from their centre")

    @classmethod
    def units_of_stretch(
        cls,
        config: TrainingConfig,
        tags: NDArray[np.uint32],
        words: NDArray[np.uint32],
        places: NDArray[np.int64],
        apart: bool = False,
    ) -> Iterator[Unit]:
        """Yield the units of a stretch of a sentence; for architectures that say `takes_stretches`.

        A stretch is `STRETCH` tokens, of which the first is the sentence's first one, or follows on a stretch. A job
        trains those that begin within it.

        Parameters
        ----------
        config : TrainingConfig
        tags : ndarray of uint32
            Rows of the sentence's tags.
        words : ndarray of uint32
            Ids of the kept tokens of the stretch.
        places : ndarray of int64
            Where these stand in the batch.
        apart : bool
            Whether an objective takes all scores of an example together, so that each word is a unit of its own.
        """
        raise ValueError(f"the architecture {cls.name!r} does not train stretches of sentences")

    @classmethod
    def joined_units(
        cls, config: TrainingConfig, tags: NDArray[np.uint32], before: NDArray[np.uint32], after: NDArray[np.uint32]
    ) -> Iterator[Unit]:
        """Yield the units of a window of an architecture that `joins`: rows in the order in which they are joined.

        Parameters
        ----------
        config : TrainingConfig
        tags : ndarray of uint32
            Rows of the sentence's tags; at least one.
        before, after : ndarray of uint32
            Ids of the context words before and after the centre, in ascending order of place.
        """
        raise ValueError(f"the architecture {cls.name!r} does not join rows")

    @classmethod
    def target_columns(cls, config: TrainingConfig) -> int:
        """Return how long a target row is."""
        return config.vector_size

    @classmethod
    @abstractmethod
    def examples(cls, contexts: float) -> float:
        """Return how many examples a centre with so many contexts is."""

    @classmethod
    def inputs(cls, contexts: float) -> float:
        """Return of how many rows the input of an example is the sum or the mean, with so many contexts."""
        return 1.0

    @classmethod
    def scales(cls, config: TrainingConfig, total: float) -> tuple[float, float]:
        """Return the factors of the sum of rows of a total weight, and of the error that each receives."""
        return 1.0, 1.0

    @classmethod
    def sums_words(cls, config: TrainingConfig) -> bool:
        """Whether the inputs of a window are sums of words' rows that are kept from window to window (subword_cbow)."""
        return False

    @classmethod
    def device_unit(cls, config: TrainingConfig) -> DeviceUnit | None:
        """Return which of the units that a GPU can train are its own; None: none, and the GPU refuses it by name.

        "pair" is one context with targets of its own, "window" all contexts with the same targets, and "mean" their
        mean. A subclass that has `units` of its own has to say it again.
        """
        return None

    @classmethod
    def unit_on_device(cls, config: TrainingConfig) -> DeviceUnit | None:
        """Return `device_unit`, unless a subclass has other units than the class that has it."""
        return cls.device_unit(config) if cls._is_said_of_its_units("device_unit") else None

    @classmethod
    def takes_weights(cls) -> bool:
        """Return `weighs_contexts`, unless a subclass has other units than the class that has it."""
        return cls.weighs_contexts and cls._is_said_of_its_units("weighs_contexts")

    @classmethod
    def _is_said_of_its_units(cls, name: str) -> bool:
        """Whether an attribute is of the class that has the units, or of one that inherits them."""
        parents = (parent for parent in cls.__mro__ if name in vars(parent) or "units" in vars(parent))
        return name in vars(next(parents))

    @classmethod
    def tables(cls, columns: int) -> tuple[Table, ...]:
        """Return the tables that it trains; the first is that of the input vectors."""
        return (input_table(columns),)
