"""Continuous bag of words (Mikolov et al. 2013a): the context words together predict the centre."""

from __future__ import annotations

from typing import ClassVar

from ._cbow import CbowWorker
from .base import Architecture


class Cbow(Architecture):
    """One window at a time; the hidden row is the mean of its context rows, or their sum with ``cbow_mean=0``.

    Each row of the mean gets the whole error, as in word2vec.c; those of the sum share it, as in gensim. So the hidden
    row moves by its error in either case, for windows of any width.
    """

    name: ClassVar[str] = "cbow"
    worker: ClassVar[type[CbowWorker]] = CbowWorker
