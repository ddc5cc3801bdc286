"""End the training when it no longer gets better."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from w2vcore.model.checks import check_float, check_int

from .base import CallbackAny2Vec
from .monitor import Monitor, What

if TYPE_CHECKING:
    from w2vcore.word2vec import Word2Vec

logger = logging.getLogger("w2vcore.callbacks")


class EarlyStopping(CallbackAny2Vec):
    """Stop after some epochs in a row without improvement.

    The learning rate falls towards the last of ``epochs=``, so a run that is stopped early ends at a higher rate than a
    run that was planned to be short.

    Parameters
    ----------
    monitor : str or callable
        "loss" or "accuracy" (with ``compute_loss=True``), the name of another number in the history's line, or a
        function of the model.
    patience : int
        Epochs in a row without improvement after which training ends.
    min_delta : float
        Only an improvement by more than this counts.
    mode : {"auto", "min", "max"}
        Which is better; required for all but loss, accuracy, analogies and pairs.
    restore_best : bool
        At the end, go back to the vectors and matrices of the best epoch, of which a copy is kept in memory.

    Attributes
    ----------
    best : float or None
        The best number.
    best_epoch, stopped_epoch : int or None
        Numbers of epochs as in the history, from 0; `stopped_epoch` is None if training went to its end.

    Raises
    ------
    ValueError, TypeError
        If an argument is not allowed; before training, if loss or accuracy are not computed.

    Examples
    --------
    >>> from w2vcore import Word2Vec
    >>> from w2vcore.callbacks import EarlyStopping
    >>> stop = EarlyStopping(monitor=lambda model: 1.0, mode="max", patience=2)
    >>> model = Word2Vec([["hello", "world"]] * 10, min_count=1, epochs=50, callbacks=[stop])
    >>> len(model.training_history), stop.best_epoch, stop.stopped_epoch
    (3, 0, 2)
    """

    def __init__(
        self,
        monitor: What = "loss",
        patience: int = 2,
        min_delta: float = 0.0,
        mode: str = "auto",
        restore_best: bool = False,
    ) -> None:
        self.patience = check_int("patience", patience, 1, hint="epochs without improvement")
        self._monitor = Monitor(monitor, mode, check_float("min_delta", min_delta, 0), "EarlyStopping")
        self.restore_best = restore_best
        self.best_epoch: int | None = None
        self.stopped_epoch: int | None = None
        self._wait = 0
        self._kept: dict[str, NDArray[np.float32]] = {}

    @property
    def best(self) -> float | None:
        """The best number so far."""
        return self._monitor.best

    def on_train_begin(self, model: Word2Vec) -> None:
        """Start over."""
        self._monitor.begin(model)
        self.best_epoch = self.stopped_epoch = None
        self._wait, self._kept = 0, {}

    def on_epoch_end(self, model: Word2Vec) -> bool:
        """Compare with the best epoch; return True if there was no improvement for too long."""
        value, epoch = self._monitor.value(model), model.training_history[-1]["epoch"]
        if value is None:
            return False
        if self._monitor.improved(value):
            self.best_epoch, self._wait = epoch, 0
            if self.restore_best:
                self._keep(model)
            return False
        self._wait += 1
        if self._wait < self.patience:
            return False
        self.stopped_epoch = epoch
        logger.info(
            "EarlyStopping: no better %s than %s of epoch %s for %i epochs", self._monitor.name, self.best,
            self.best_epoch, self._wait,
        )  # fmt: skip
        return True

    def on_train_end(self, model: Word2Vec) -> None:
        """Go back to the best epoch, if requested."""
        for name, matrix in _matrices(model).items():
            if name in self._kept:
                matrix[...] = self._kept[name]
        if self._kept:
            logger.info("EarlyStopping: vectors are those of epoch %s", self.best_epoch)
        self._kept = {}
        model.wv.clear_norms()

    def _keep(self, model: Word2Vec) -> None:
        """Copy the matrices, over earlier copies."""
        for name, matrix in _matrices(model).items():
            if name in self._kept:
                self._kept[name][...] = matrix
            else:
                self._kept[name] = np.array(matrix)


def _matrices(model: Word2Vec) -> dict[str, NDArray[np.float32]]:
    """Return the trained matrices: the vectors and the target matrices, ``syn1_NAME`` for an objective of your own."""
    found = {name: value for name, value in vars(model).items() if name.startswith("syn1") and value is not None}
    return {"vectors": model.wv.vectors, **found}
