"""Curves and vectors for TensorBoard, without TensorFlow.

The event files are tensorboardX's: TensorBoard's own writer comes with a web server and grpcio, sixty times as large.
This module uses tensorboardX's plain writer: SummaryWriter writes in a thread, and its flush() does not wait for it.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from w2vcore.formats.destination import check_folder_to_write
from w2vcore.model.checks import check_int

from .base import CallbackAny2Vec

if TYPE_CHECKING:
    from w2vcore.word2vec import Word2Vec

PROJECTED = 10_000  # words that the Projector's page moves smoothly

TAGS = {"loss": "loss", "accuracy": "accuracy", "words_per_second": "words_per_second", "alpha": "learning_rate"}
COUNTS = {"epoch", "words", "raw_words", "sentences", "examples", "seconds", "loss_sum"}  # no curves


class TensorBoard(CallbackAny2Vec):
    """Log each epoch for ``tensorboard --logdir LOG_DIR``, and the vectors at the end.

    The curves are ``loss`` and ``accuracy`` (with ``compute_loss=True``), ``words_per_second``, ``learning_rate`` (of
    the epoch's last job), and ``evaluation/NAME`` for what other callbacks have added to the history's line; these must
    come before this one in the list. A step is an epoch, counted from 1; another call of ``train()`` continues the
    count. Give each run its own folder, in a common one to compare them.

    Parameters
    ----------
    log_dir : str or path-like
        A local folder; made when training begins.
    projector : bool or int
        Write the vectors for the Embedding Projector when training ends: True for the 10,000 most frequent words, a
        number for that many, False for none.

    Raises
    ------
    ImportError
        If tensorboardX is not installed: ``pip install w2vcore[tensorboard]``.
    ValueError, TypeError
        If an argument is not allowed.
    NotADirectoryError, OSError
        If `log_dir` is a file, or nothing can be written there.

    Examples
    --------
    >>> import tempfile, pathlib
    >>> from w2vcore import Word2Vec
    >>> from w2vcore.callbacks import TensorBoard
    >>> folder = pathlib.Path(tempfile.mkdtemp())
    >>> data = [["hello", "world"]] * 10
    >>> _ = Word2Vec(data, min_count=1, compute_loss=True, callbacks=[TensorBoard(folder)])
    >>> sorted(path.name.split(".")[0] for path in folder.iterdir())
    ['events', 'metadata', 'projector_config', 'vectors']
    """

    def __init__(self, log_dir: Any, projector: bool | int = True) -> None:
        from w2vcore.visual.extras import require  # pictures are imported by those who want them
        from w2vcore.visual.projector import check_folder

        self.log_dir: Path = check_folder(log_dir)
        self.projected = self._rows(projector)
        check_folder_to_write(self.log_dir, f"log_dir={str(self.log_dir)!r}")
        require("tensorboardX", "tensorboardX", "TensorBoard", "tensorboard")
        self._writer: Any = None

    @staticmethod
    def _rows(projector: Any) -> int:
        if isinstance(projector, bool):
            return PROJECTED * projector
        return check_int("projector", projector, 0, hint="words to write; or True, or False")

    def on_train_begin(self, model: Word2Vec) -> None:
        """Open an event file; earlier ones in the folder stay."""
        from tensorboardX.event_file_writer import EventsWriter

        self._close()
        self.log_dir.mkdir(parents=True, exist_ok=True)
        # the name contains the second, and two runs within one second need two files
        self._writer = EventsWriter(str(self.log_dir / "events"), f".{time.time_ns()}")

    def on_epoch_end(self, model: Word2Vec) -> None:
        """Add a point to each curve, and flush it to the disk."""
        from tensorboardX.proto.event_pb2 import Event
        from tensorboardX.summary import scalar

        for name, value in model.training_history[-1].items():
            if name not in COUNTS and isinstance(value, (int, float)):
                summary = scalar(TAGS.get(name, f"evaluation/{name}"), value)
                self._writer.write_event(Event(wall_time=time.time(), step=model.epochs_trained, summary=summary))
        self._writer.flush()

    def on_train_end(self, model: Word2Vec) -> None:
        """Write the vectors, and close the file."""
        if self.projected:
            from w2vcore.visual.projector import export_projector

            export_projector(model.wv, self.log_dir, limit=self.projected)
        self._close()

    def _close(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None
