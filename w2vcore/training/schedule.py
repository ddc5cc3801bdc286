"""The learning rate: linear in the progress through all epochs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LinearDecay:
    """From `start` to `end` in proportion to the words (or sentences) that have been handed out.

    The rate of a job depends on its place in the corpus alone, never on how far the workers are, so it is the same for
    any number of workers.

    Attributes
    ----------
    start, end : float
        ``alpha`` and ``min_alpha``.
    epochs : int
    total : int
        Expected size of an epoch, in raw words or in sentences.
    unit : str
        ``"words"`` or ``"sentences"``.

    Examples
    --------
    >>> decay = LinearDecay(0.025, 0.005, epochs=2, total=1000, unit="words")
    >>> round(decay.alpha(1, words=500, sentences=0), 6)
    0.01
    """

    start: float
    end: float
    epochs: int
    total: int
    unit: str

    def fraction(self, words: float, sentences: float) -> float:
        """Share of an epoch done, at most 1 (a corpus may turn out longer than it was said to be)."""
        done = words if self.unit == "words" else sentences
        return min(done / self.total, 1.0) if self.total > 0 else 0.0

    def alpha(self, epoch: int, words: float, sentences: float) -> float:
        """Learning rate after so many raw words or sentences of that epoch."""
        progress = (epoch + self.fraction(words, sentences)) / self.epochs
        return self.start - (self.start - self.end) * progress

    def later(self, one: float, other: float) -> float:
        """Return the one of two rates that comes later; a schedule may rise.

        Examples
        --------
        >>> LinearDecay(0.025, 0.005, 1, 10, "words").later(0.02, 0.01)
        0.01
        >>> LinearDecay(0.005, 0.025, 1, 10, "words").later(0.02, 0.01)
        0.02
        """
        return min(one, other) if self.end <= self.start else max(one, other)
