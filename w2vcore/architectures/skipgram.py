"""Skip-gram (Mikolov et al. 2013a): each context word by itself predicts the centre."""

from __future__ import annotations

from typing import ClassVar

from ._skipgram import SkipGramWorker
from .base import Architecture


class SkipGram(Architecture):
    """One (context, centre) pair at a time; contexts in ascending order, each with noise words of its own."""

    name: ClassVar[str] = "skipgram"
    worker: ClassVar[type[SkipGramWorker]] = SkipGramWorker
