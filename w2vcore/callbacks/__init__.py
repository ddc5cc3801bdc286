"""Callbacks: what happens between two epochs, while nothing is trained. Pass a list of them as ``callbacks=``.

They are called in the order of the list, so one that writes into the history's line (`EvaluateCallback`) stands before
those that read it (`EarlyStopping`, `Checkpoint`, `TensorBoard`).
"""

from .base import CallbackAny2Vec
from .evaluation import EvaluateCallback
from .saving import Checkpoint
from .stopping import EarlyStopping
from .tensorboard import TensorBoard

__all__ = ["CallbackAny2Vec", "Checkpoint", "EarlyStopping", "EvaluateCallback", "TensorBoard"]
