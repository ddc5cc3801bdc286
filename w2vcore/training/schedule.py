"""The learning rate: linear in the progress through all epochs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LinearDecay:
    """From `start` to `end`, linear in the words (or sentences) before the job.

    The rate of a job depends only on its place in the corpus, never on the progress of the workers, so it is the same
    for any number of workers.

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
        """Share of an epoch that is done, at most 1 (a corpus may be longer than expected)."""
        done = words if self.unit == "words" else sentences
        return min(done / self.total, 1.0) if self.total > 0 else 0.0

    def alpha(self, epoch: int, words: float, sentences: float) -> float:
        """Learning rate after this many raw words or sentences of an epoch."""
        progress = (epoch + self.fraction(words, sentences)) / self.epochs
        return self.start - (self.start - self.end) * progress

    def later(self, one: float, other: float) -> float:
        """Return the later of two rates of the schedule, which may fall or rise.

        Examples
        --------
        >>> LinearDecay(0.025, 0.005, 1, 10, "words").later(0.02, 0.01)
        0.01
        >>> LinearDecay(0.005, 0.025, 1, 10, "words").later(0.02, 0.01)
        0.02
        """
        return min(one, other) if self.end <= self.start else max(one, other)
