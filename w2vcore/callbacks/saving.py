"""Save the model during training."""

from __future__ import annotations

import logging
import os
import string
from pathlib import Path
from typing import TYPE_CHECKING, Any

from w2vcore.corpus.keying import check_saved
from w2vcore.corpus.paths import expanded
from w2vcore.formats.destination import check_destination
from w2vcore.keyedvectors.internals import keys_of
from w2vcore.model.checks import check_int

from .base import CallbackAny2Vec
from .monitor import MEASURED, Monitor, What

if TYPE_CHECKING:
    from w2vcore.word2vec import Word2Vec

logger = logging.getLogger("w2vcore.callbacks")


class Checkpoint(CallbackAny2Vec):
    """Save the model after every epoch, every n-th, or each one that is the best so far.

    What is saved is a model, for ``Word2Vec.load``. To resume after a crash, use ``checkpoint=`` of `Word2Vec`: its
    files also hold the position in the corpus.

    Parameters
    ----------
    path : str or path-like
        May hold ``{epoch}``, the number of epochs trained so far, and numbers of the history's line, with a format:
        ``"model-{epoch:03d}-{loss:.3f}.safetensors"``. Without any, each file replaces the previous one.
    save_best_only : bool
        Save only if the epoch is better than all earlier ones in this call of ``train()``.
    monitor : str or callable
        What "best" refers to; as in `EarlyStopping`.
    mode : {"auto", "min", "max"}
        As in `EarlyStopping`.
    every : int
        Save each n-th epoch only.

    Attributes
    ----------
    saved : list of str
        The files written since training began; a file that was replaced is listed twice.

    Raises
    ------
    ValueError, TypeError
        If an argument is not allowed; before training, if loss or accuracy are not computed, or keys cannot be saved.
    FileNotFoundError, OSError, ImportError
        Before training, if there is no such folder, nothing can be written there, or the package of the compression is
        not installed.

    Examples
    --------
    >>> import tempfile
    >>> from w2vcore import Word2Vec
    >>> from w2vcore.callbacks import Checkpoint
    >>> folder = tempfile.mkdtemp()
    >>> save = Checkpoint(f"{folder}/model-{{epoch}}.safetensors", every=2)
    >>> _ = Word2Vec([["hello", "world"]] * 10, min_count=1, epochs=5, callbacks=[save])
    >>> [os.path.basename(name) for name in save.saved]
    ['model-2.safetensors', 'model-4.safetensors']
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        save_best_only: bool = False,
        monitor: What = "loss",
        mode: str = "auto",
        every: int = 1,
    ) -> None:
        if not isinstance(path, (str, os.PathLike)):
            raise TypeError(f"path must be the path of a file, got {path!r}")
        self.path = expanded(path)
        try:
            self._fields = {name for _, name, _, _ in string.Formatter().parse(self.path) if name is not None}
        except ValueError as error:
            raise ValueError(f"path={self.path!r} is no pattern such as 'model-{{epoch}}': {error}") from None
        self.every = check_int("every", every, 1, hint="epochs between two files")
        self._monitor = Monitor(monitor, mode, 0.0, "Checkpoint") if save_best_only else None
        self.saved: list[str] = []

    def on_train_begin(self, model: Word2Vec) -> None:
        """Refuse a model or a path that could not be saved after an epoch."""
        self.saved = []
        if self._monitor is not None:
            self._monitor.begin(model)
        for name in MEASURED:
            if name in self._fields and not model.compute_loss:
                raise ValueError(f"path={self.path!r} names the {name}, which needs compute_loss=True")
        # numbers known only at the epoch's end choose neither the folder nor the compression
        sample = Path(self.path)
        if "://" in self.path or "{" not in f"{sample.parent}{sample.suffix}":
            named = sample.with_name(f"model{sample.suffix}") if "{" in sample.name else self.path
            check_destination(named, f"path={self.path!r}")
        check_saved(keys_of(model.wv), f"path={self.path!r}")

    def on_epoch_end(self, model: Word2Vec) -> None:
        """Save the model, if this epoch is to be saved."""
        if model.epochs_trained % self.every:
            return
        if self._monitor is not None:
            value = self._monitor.value(model)
            if value is None or not self._monitor.improved(value):
                return
        name = self._name({**model.training_history[-1], "epoch": model.epochs_trained})
        model.save(name)
        self.saved.append(name)
        logger.info("Checkpoint: epoch %i saved as %s", model.epochs_trained, name)

    def _name(self, numbers: dict[str, Any]) -> str:
        """Fill the pattern."""
        try:
            return self.path.format(**numbers)
        except (KeyError, IndexError, ValueError, TypeError, AttributeError) as error:
            raise ValueError(
                f"path={self.path!r} cannot be filled in ({type(error).__name__}: {error}); there are "
                f"{', '.join(numbers)}"
            ) from None
