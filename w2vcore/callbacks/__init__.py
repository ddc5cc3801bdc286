"""Callbacks: code that runs between epochs, while no worker is training. Pass a list of them as ``callbacks=``.

They are called in the order of the list, so one that writes into the history's line (`EvaluateCallback`) must come
before those that read it (`EarlyStopping`, `Checkpoint`, `TensorBoard`).
"""

from .base import CallbackAny2Vec
from .evaluation import EvaluateCallback
from .saving import Checkpoint
from .stopping import EarlyStopping
from .tensorboard import TensorBoard

__all__ = ["CallbackAny2Vec", "Checkpoint", "EarlyStopping", "EvaluateCallback", "TensorBoard"]
