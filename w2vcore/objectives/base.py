"""What an objective is: target rows and labels for a centre word, and the matrix that they are rows of.

Whatever else depends on the objective is declared here too, so that a new one is one file beside its kernels: its
table, the settings that it needs, its random numbers, its link, how often its rows are merged, and its device half.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from w2vcore.kernels._contract import Selector
from w2vcore.model.config import TrainingConfig
from w2vcore.model.tables import Table, WordRates, anywhere, every_row

from .links import sigmoid_link
from .noise import noise_weights
from .sharing import Sharing, noise_sharing


class Targets(NamedTuple):
    """What `Objective.select` names for one centre; a plain tuple of the first three will do.

    Attributes
    ----------
    rows : ndarray of uint32, shape (n,)
        Distinct rows of the target table.
    labels : ndarray of float, shape (n,)
        What each is to say: 1 or 0, or a probability between them.
    counts : ndarray of float, shape (n,)
        How often each was drawn.
    offsets : ndarray of float, shape (n,), or None
        What is added to each score before the link; None: nothing.
    """

    rows: NDArray[np.uint32]
    labels: NDArray[Any]
    counts: NDArray[Any]
    offsets: NDArray[Any] | None = None


@dataclass(frozen=True)
class DeviceTables:
    """What the device half of an objective is told in a run: `w2v_objective` in backends/cuda/launch.h.

    Attributes
    ----------
    arrays : tuple of ndarray
        What its code reads: at most three, contiguous.
    max_targets : int
        The most targets that an example has.
    varies : bool
        Whether examples differ in how many they have.
    draws : int
        Random draws for an example.
    shared_bytes : int
        Shared memory that its code takes for each warp, a multiple of 16.
    shared_for : str
        What that is for, as "setting=value words", if it grows with a setting.
    """

    arrays: tuple[NDArray[Any], ...]
    max_targets: int
    varies: bool = False
    draws: int = 0
    shared_bytes: int = 0
    shared_for: str = "window=1 words"


@dataclass(frozen=True)
class DeviceHalf:
    """What an objective needs on a GPU.

    Attributes
    ----------
    code : str
        Path of the file of CUDA C++ that names its targets; backends/cuda/launch.h says what it has.
    tables : callable
        What that is told in a run: of the settings and what `Objective.made_of` names.
    nbytes : callable
        About how many bytes the arrays take for a vocabulary of a size.
    soft : bool
        Whether its targets may have offsets, or labels between 0 and 1.
    joint : bool
        Whether its link is the softmax over the targets of an input, in place of the sigmoid of each.
    """

    code: str
    tables: Callable[..., DeviceTables]
    nbytes: Callable[[int], int]
    soft: bool = False
    joint: bool = False


class Objective(ABC):
    """Names target rows; the arithmetic on them is the block's, the same for every objective.

    An instance is made of the settings and of what `made_of` names, and is its own meaning: the reference backend
    calls its `select` and `link`. `selector` and `device` are the same in compiled code, for speed.

    Attributes
    ----------
    name : str
        Key in the registry, and name of the target table in Weights and in files.
    made_of : tuple of str
        What instances and `selector` take beside the settings, by the names that it has in backends/base.py: the
        occurrences of each key, ``"counts"``, and for a tree ``"tree"``.
    draws : int
        Random draws that one call of `select` uses.
    purpose : int
        Which random numbers are its own (kernels/random.h); 0 is taken by the tokens, 2**32 - 1 by the order of
        sentences. Needed where something is drawn.
    judge : {"examples", "targets"}
        What the accuracy is a share of: examples, whose true targets are to score above all others, or targets, whose
        scores are to be on their label's side of 0.
    takes : frozenset of str
        Which of the settings `OWN_SETTINGS` (registry.py) it knows: with any other they keep their defaults.
    growth : float
        The power of the words trained with which changes of the rows grow (backends/merging.py).
    rank_merges : int
        How many times more often ranks merge than by the rule (backends/merging.py).
    merge_interval : int
        Blocks from one merge of the hottest rows to the next, for two workers at the first learning rate.
    device : DeviceHalf or None
        What trains it on a GPU; None: nothing does, and the GPU refuses it by name. A subclass that has a `select` or
        `link` of its own has to say it again, and so `selector`.
    """

    name: ClassVar[str]
    made_of: ClassVar[tuple[str, ...]] = ("counts",)
    draws: int = 0
    purpose: ClassVar[int | None] = None
    judge: Literal["examples", "targets"] = "examples"
    takes: ClassVar[frozenset[str]] = frozenset()
    growth: ClassVar[float] = 0.0
    rank_merges: ClassVar[int] = 1
    merge_interval: ClassVar[int] = 1024
    device: ClassVar[DeviceHalf | None] = None
    link = staticmethod(sigmoid_link)

    @abstractmethod
    def select(self, epoch: int, centre: int, position: int, draw0: int) -> Targets:
        """Name the target rows for a centre.

        Parameters
        ----------
        epoch : int
        centre : int
            Id of the centre word.
        position : int
            Place of the centre in the epoch, which its random draws belong to.
        draw0 : int
            Number of the first draw that is free.
        """

    # ------------------------------------------------------------------ its table

    @staticmethod
    def target_rows(vocabulary_size: int) -> int:
        """Rows of the target table for a vocabulary of that size: one for each key."""
        return vocabulary_size

    @classmethod
    def tables(cls, columns: int) -> tuple[Table, ...]:
        """Return the tables that it trains beside the input vectors; the first is the one that `select` names rows of.

        One that says nothing is taken to update every row with each example, which is the most that there can be.
        """
        rates = every_row(cls.target_rows)
        return (Table(cls.name, f"syn1_{cls.name}", columns, rates, anywhere, rows=cls.target_rows),)

    @classmethod
    def busiest_share(cls, words: WordRates) -> float:
        """Return the largest share of all blocks in which one row is a target: warps of a GPU meet there."""
        rates = cls.tables(1)[0].update_rates(words)
        return float(rates.max() / max(words.examples * words.centres.sum(), 1e-30))

    @classmethod
    def all_words(cls) -> bool:
        """Return whether each example trains the row of every word, so that time grows with the vocabulary."""
        return False

    @classmethod
    def scratch_bytes(cls, vocabulary: int, contexts: int) -> int:
        """Return what a worker takes for the targets of a window of so many contexts, where that is not little."""
        return 0

    # ------------------------------------------------------------------ its settings

    @classmethod  # noqa: B027 - many need nothing
    def check(cls, config: TrainingConfig) -> None:
        """Raise ValueError if the settings lack what it needs; it names the setting, and says what is allowed."""

    @classmethod
    def settings(cls, config: TrainingConfig) -> Hashable:
        """Return those of the settings that `selector` depends on; default: all."""
        return config

    @classmethod
    def sharing(cls, config: TrainingConfig, counts: NDArray[np.int64], keep: NDArray[np.uint32]) -> Sharing:
        """Return what ``negative_sharing="auto"`` asks of a corpus before the pairs of a window share targets.

        One that says nothing is judged as negative sampling with five noise words.
        """
        return noise_sharing(noise_weights(counts, config.ns_exponent), 5)

    # ------------------------------------------------------------------ what a trained model says

    @classmethod
    def log_prior(cls, config: TrainingConfig, counts: NDArray[np.int64]) -> NDArray[np.float64] | None:
        """Return what to add to the scores of all words so that their softmax is the distribution that is learned.

        One that says nothing trains no distribution over words, and its models predict none.
        """
        return None

    # ------------------------------------------------------------------ on a GPU

    @classmethod
    def device_half(cls) -> DeviceHalf | None:
        """Return what trains it on a GPU: `device`, unless a subclass has changed the targets or the link since."""
        return cls.device if cls._is_still_true("device") else None

    # ------------------------------------------------------------------ compiled

    @classmethod
    def is_compiled(cls) -> bool:
        """Whether there is a compiled selector that has the targets and the link of this class."""
        found: Any = cls.selector  # a method of the class, or a static one
        given = getattr(found, "__func__", found) is not Objective.selector.__func__  # type: ignore[attr-defined]
        return given and cls._is_still_true("selector")

    @classmethod
    def _is_still_true(cls, half: str) -> bool:
        """Whether no subclass of the class that says `half` has changed the targets or the link since."""
        for parent in cls.__mro__:
            if half in vars(parent):
                return True
            if vars(parent).keys() & {"select", "link"}:
                return False
        return False

    @classmethod
    def selector(cls, config: TrainingConfig, *parts: Any) -> Selector:
        """Build the tables for a vocabulary with these counts; workers share the result and only read it.

        Raises
        ------
        ValueError
            If the objective is written in NumPy alone.
        """
        raise ValueError(f"the objective {cls.name!r} has no compiled selector: the reference backend runs it in NumPy")
