"""Continuous bag of words (Mikolov et al. 2013a): the context words together predict the centre."""

from __future__ import annotations

from typing import ClassVar

from ._cbow import CbowWorker
from .base import Architecture


class Cbow(Architecture):
    """One window at a time; the hidden row is the mean of its context rows, or their sum with ``cbow_mean=0``."""

    name: ClassVar[str] = "cbow"
    worker: ClassVar[type[CbowWorker]] = CbowWorker
