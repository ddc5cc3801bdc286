"""Progress of a run: log lines in gensim's wording, and a bar on request."""

from __future__ import annotations

import logging
import time
from typing import TYPE_CHECKING, Any

from w2vcore.backends.base import EpochStats, Job
from w2vcore.bars import new_bar

from .checkpoint import Position, copied
from .schedule import LinearDecay

if TYPE_CHECKING:
    from tqdm.std import tqdm

logger = logging.getLogger("w2vcore.word2vec")

# Columns of a full tqdm line, with and without loss and accuracy. A narrower terminal would cut its end, so it gets a
# shorter line, with the most important figures first.
_FULL_COLUMNS, _COLUMNS = 96, 68
_NARROW = "{desc}{percentage:3.0f}%|{bar}| {remaining} left{postfix}, {rate_fmt}"


class Progress:
    """Sums the jobs of each epoch and reports its progress.

    Parameters
    ----------
    decay : LinearDecay
        For the size of an epoch.
    report_delay : float
        Seconds between two log lines.
    bar : bool
        Show a bar over all epochs, on stderr or in the notebook.
    compute_loss : bool
        Show mean loss and accuracy of the epoch so far in the bar.
    quiet : bool
        Do not report: another process reports the same sums.
    """

    def __init__(
        self, decay: LinearDecay, report_delay: float, bar: bool, compute_loss: bool, quiet: bool = False
    ) -> None:
        self.decay = decay
        self.report_delay = report_delay
        self.compute_loss = compute_loss
        self.quiet = quiet
        self.epoch = 0
        self.stats = EpochStats()
        self.jobs = self.tokens = 0
        self.alpha = decay.start
        self._began = self._next_line = time.perf_counter()
        self._bar: tqdm[Any] | None = None
        if bar and not quiet:
            unit = " words" if decay.unit == "words" else " sentences"
            self._bar = new_bar(
                total=decay.total * decay.epochs, unit=unit, unit_scale=True, desc="training", mininterval=0.2
            )
            columns = getattr(self._bar, "ncols", None)
            if columns and columns < (_FULL_COLUMNS if compute_loss else _COLUMNS):
                self._bar.bar_format = _NARROW

    def begin(self, position: Position) -> None:
        """Start an epoch, or continue in the middle of one."""
        self.epoch = epoch = position.epoch
        self.stats, self.jobs, self.tokens = copied(position.stats), position.jobs, position.tokens
        begins = self.decay.alpha(epoch, 0, 0)
        self.alpha = begins if position.alpha is None or not position.jobs else position.alpha
        now = time.perf_counter()
        self._began = now - position.seconds
        self._next_line = now + min(1.0, self.report_delay)
        if self._bar is not None:
            self._bar.set_description(f"epoch {epoch + 1}/{self.decay.epochs}")
            done = self.stats.raw_words if self.decay.unit == "words" else self.stats.sentences
            self._bar.update(max(0, epoch * self.decay.total + done - self._bar.n))

    def follow(self, decay: LinearDecay, compute_loss: bool) -> None:
        """Continue with another schedule. To be called between two epochs."""
        self.decay, self.compute_loss = decay, compute_loss
        if self._bar is not None:
            self._bar.total = decay.total * decay.epochs

    @property
    def seconds(self) -> float:
        """Wall time since the epoch began."""
        return time.perf_counter() - self._began

    def report(self, job: Job, stats: EpochStats) -> None:
        """Add a job."""
        self.stats += stats
        self.jobs += 1
        self.tokens += job.stop - job.start
        self.alpha = self.decay.later(self.alpha, job.alpha)  # results arrive in any order
        if self._bar is not None:
            if self.compute_loss:
                shown = {"loss": self.stats.mean_loss, "accuracy": self.stats.accuracy}
                texts = {name: f"{value:.3f}" for name, value in shown.items() if value is not None}
                self._bar.set_postfix(texts, refresh=False)
            self._bar.update(stats.raw_words if self.decay.unit == "words" else stats.sentences)
        now = time.perf_counter()
        if now >= self._next_line and not self.quiet:
            share = self.decay.fraction(self.stats.raw_words, self.stats.sentences)
            what = "words" if self.decay.unit == "words" else "examples"
            rate = self.stats.words / max(now - self._began, 1e-9)
            logger.info("EPOCH %i - PROGRESS: at %.2f%% %s, %.0f words/s", self.epoch, 100 * share, what, rate)
            self._next_line = now + self.report_delay

    def position(self, total: EpochStats) -> Position:
        """The position of the run, between two jobs; `total` has the sums of the epochs before."""
        return Position(self.epoch, self.jobs, self.tokens, copied(self.stats), self.alpha, self.seconds, copied(total))

    def end(self) -> None:
        """Finish an epoch."""
        seconds = self.seconds
        if self.quiet:
            return
        logger.info(
            "EPOCH %i: training on %i raw words (%i effective words) took %.1fs, %.0f effective words/s",
            self.epoch,
            self.stats.raw_words,
            self.stats.words,
            seconds,
            self.stats.words / max(seconds, 1e-9),
        )

    def close(self) -> None:
        """Close the bar, also after an error."""
        if self._bar is not None:
            self._bar.close()
