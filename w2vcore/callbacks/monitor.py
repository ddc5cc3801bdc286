"""A number of each epoch that should fall or rise, for the callbacks that look for the best epoch."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from w2vcore.word2vec import Word2Vec

What: TypeAlias = "str | Callable[[Word2Vec], float]"

MEASURED = ("loss", "accuracy")  # measured while training, and only on request
MODES = {"loss": "min", "accuracy": "max", "analogies": "max", "pairs": "max"}


class Monitor:
    """Looks up a number after each epoch, and remembers the best.

    Parameters
    ----------
    monitor : str or callable
        A name in the history's line, or a function of the model.
    mode : {"auto", "min", "max"}
        Which is better; "auto" knows for loss, accuracy, analogies and pairs.
    min_delta : float
        Only an improvement by more than this counts.
    owner : str
        The callback's name, for messages.

    Attributes
    ----------
    best : float or None
    """

    def __init__(self, monitor: What, mode: str, min_delta: float, owner: str) -> None:
        self.name = monitor if isinstance(monitor, str) else getattr(monitor, "__name__", "monitor")
        if not isinstance(monitor, str) and not callable(monitor):
            raise TypeError(
                f"monitor must be a name in the history's line such as 'loss', or a function of the model, "
                f"got {monitor!r}"
            )
        if mode not in ("auto", "min", "max"):
            raise ValueError(f"mode must be 'auto', 'min' or 'max', got {mode!r}")
        if mode == "auto" and (not isinstance(monitor, str) or monitor not in MODES):
            raise ValueError(
                f"mode='auto' knows what is better of {', '.join(MODES)}; with monitor={self.name!r} say mode='min' "
                "or mode='max'"
            )
        self.monitor, self.owner, self.min_delta = monitor, owner, min_delta
        self.sign = 1 if (MODES[self.name] if mode == "auto" else mode) == "max" else -1
        self.best: float | None = None

    def begin(self, model: Word2Vec) -> None:
        """Forget the best, and refuse a number that would not be measured.

        Raises
        ------
        ValueError
            If loss or accuracy is monitored but the model does not compute it.
        """
        self.best = None
        if self.monitor in MEASURED and not model.compute_loss:
            raise ValueError(
                f"{self.owner}(monitor={self.monitor!r}) needs compute_loss=True: nothing measures the {self.monitor} "
                "otherwise"
            )

    def value(self, model: Word2Vec) -> float | None:
        """Return the number for the epoch that has ended; None if this epoch has none.

        Raises
        ------
        ValueError
            If the history's line has no such name.
        """
        if not isinstance(self.monitor, str):
            return float(self.monitor(model))
        line = model.training_history[-1]
        if self.monitor not in line:
            raise ValueError(
                f"{self.owner}(monitor={self.monitor!r}): the history's line has no such name, only "
                f"{', '.join(line)}; a callback that adds it must stand before this one in the list"
            )
        value = line[self.monitor]
        return None if value is None else float(value)

    def improved(self, value: float) -> bool:
        """Whether a number is better than the best so far, which it then becomes; NaN never is."""
        if math.isnan(value) or (self.best is not None and self.sign * (value - self.best) <= self.min_delta):
            return False
        self.best = value
        return True
