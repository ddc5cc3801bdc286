"""The base class of callbacks: code of yours that runs between epochs."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from w2vcore.word2vec import Word2Vec


class CallbackAny2Vec:
    """Base class of callbacks; override the methods you need and pass instances as ``callbacks=[...]``.

    All methods run in the thread that called ``train()``, while no worker is training, in the order ``on_train_begin``,
    then ``on_epoch_begin`` and ``on_epoch_end`` for each epoch, then ``on_train_end``. So they may query the vectors,
    save the model, and change it: settings, matrices, words, the list that is the corpus. Training continues with their
    changes, or ends with an error that names a change with which it cannot. An exception stops the training and comes
    out of ``train()``. Callbacks are not saved with the model. Any object with these four methods serves as well.

    Examples
    --------
    >>> from w2vcore import Word2Vec
    >>> from w2vcore.callbacks import CallbackAny2Vec
    >>> class Diary(CallbackAny2Vec):
    ...     def __init__(self):
    ...         self.epochs = 0
    ...
    ...     def on_epoch_end(self, model):
    ...         self.epochs += 1
    >>> diary = Diary()
    >>> model = Word2Vec([["hello", "world"]] * 10, min_count=1, epochs=3, callbacks=[diary])
    >>> diary.epochs
    3
    """

    def on_train_begin(self, model: Word2Vec) -> None:
        """Run once before the first epoch."""

    def on_epoch_begin(self, model: Word2Vec) -> None:
        """Run before each epoch."""

    def on_epoch_end(self, model: Word2Vec) -> bool | None:
        """Run after each epoch; ``model.training_history[-1]`` tells about it. True ends the training."""

    def on_train_end(self, model: Word2Vec) -> None:
        """Run once after the last epoch."""
