"""The epochs of one call of train(): jobs to the backend, checks after each, a line of history."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from w2vcore.backends.base import Backend, EpochStats, Plan
from w2vcore.corpus.encoding import Batch
from w2vcore.model.weights import Weights

from .checkpoint import Done, Position, Tally, copied, portions, skip
from .finiteness import Finiteness, check_finite
from .jobs import cut
from .parts import Part
from .progress import Progress
from .schedule import LinearDecay

logger = logging.getLogger("w2vcore.word2vec")

BEGINNING = Position()


@dataclass(frozen=True)
class Expected:
    """What the caller said, or the vocabulary scan saw, of one epoch; None where nothing is known."""

    sentences: int | None
    words: int | None


@dataclass(frozen=True)
class Hooks:
    """What the facade wants to do around an epoch, in the calling thread while no worker runs.

    Attributes
    ----------
    before_epoch : callable
    after_epoch : callable
        Gets the epoch's line of history; True ends the training.
    checkpoint : callable, optional
        Called at the end of each epoch, and in the middle as often as `checkpoint_every` says, with the position, what
        this rank has done of the epoch, and whether the training ends there.
    checkpoint_every : int, optional
        Raw words of an epoch between two checkpoints.
    """

    before_epoch: Callable[[], None]
    after_epoch: Callable[[dict[str, Any]], bool]
    checkpoint: Callable[[Position, Done, bool], None] | None = None
    checkpoint_every: int | None = None


def run_epochs(
    backend: Backend,
    plan: Plan,
    weights: Weights,
    batches: Callable[[], Iterable[Batch]],
    decay: LinearDecay,
    expected: Expected,
    hooks: Hooks,
    progress: Progress,
    epochs_before: int = 0,
    start: Position = BEGINNING,
    part: Part | None = None,
) -> EpochStats:
    """Train all epochs, or until a hook says stop, and return the sums over them.

    Parameters
    ----------
    backend : Backend
        Closed; opened here, and closed again whatever happens.
    plan, weights
        What `Backend.open` takes.
    batches : callable
        Called once an epoch: the corpus as batches.
    decay : LinearDecay
    expected : Expected
        Compared with what an epoch turned out to hold.
    hooks : Hooks
    progress : Progress
    epochs_before : int
        Epochs that earlier calls trained: random draws are numbered on from there, so that a second call of ``train()``
        does not repeat the draws of the first.
    start : Position
        Where an earlier process left off.
    part : Part, optional
        What this rank trains of the corpus; default: all of it. Statistics are those of all ranks.

    Raises
    ------
    RuntimeError
        If an epoch after the first look at the corpus is empty: it can be read only once.
    ValueError
        If the part of the corpus before `start` is not what was trained.
    FloatingPointError
        If a weight is no longer finite.
    Exception
        Whatever the corpus, a hook or a worker raised.
    """
    config = plan.config
    total = copied(start.total)
    part = Part(decay, done=start.done) if part is None else part
    crew = part.crew
    try:
        backend.open(plan, weights)
        for epoch in range(start.epoch, config.epochs):
            position = start if epoch == start.epoch else Position(epoch)
            tally = Tally(part.done if epoch == start.epoch else Done())
            hooks.before_epoch()
            finiteness = Finiteness(backend, weights, decay)
            progress.begin(position)
            jobs = cut(batches(), epoch, part.decay, config.batch_words, part.first_token)
            every = part.share(hooks.checkpoint_every)
            for number, portion in enumerate(part.in_step(portions(skip(jobs, tally.done), every))):
                if number and hooks.checkpoint is not None:
                    check_finite(epoch, weights, decay)
                    hooks.checkpoint(progress.position(total), tally.done, False)
                backend.run(epochs_before + epoch, tally.counting(portion), progress.report)
            stats = progress.stats
            seconds = progress.seconds
            progress.end()
            check_epoch_size(epoch, stats, expected)
            finiteness.check(epoch, progress.tokens - position.tokens)
            total += stats
            summary = {
                "epoch": epochs_before + epoch,
                "words": stats.words,
                "raw_words": stats.raw_words,
                "sentences": stats.sentences,
                "examples": stats.examples,
                "seconds": seconds,
                "words_per_second": stats.raw_words / max(seconds, 1e-9),
                "alpha": progress.alpha,
                "loss": stats.mean_loss if config.compute_loss else None,
                "loss_sum": stats.loss if config.compute_loss else None,
                "accuracy": stats.accuracy if config.compute_loss else None,
            }
            stopped = crew.any("epoch's end", hooks.after_epoch(summary))
            if stopped:
                logger.info("a callback stopped training after epoch %i", epoch)
            if hooks.checkpoint is not None:
                next_epoch = Position(epoch + 1, alpha=progress.alpha, total=copied(total))
                hooks.checkpoint(next_epoch, Done(), stopped or epoch + 1 == config.epochs)
            if stopped:
                break
    finally:
        backend.close()
        progress.close()
    return total


def check_epoch_size(epoch: int, stats: EpochStats, expected: Expected) -> None:
    """Refuse an epoch that saw nothing of a corpus that had something; warn of one that saw another number."""
    if stats.sentences == 0 and stats.raw_words == 0 and (expected.sentences or expected.words):
        said = f"{expected.sentences} sentences" if expected.sentences else f"{expected.words} words"
        raise RuntimeError(
            f"epoch {epoch} saw 0 sentences, {said} were expected: the corpus is empty or can be read only once. "
            "Pass a list, or an object whose __iter__ starts from the beginning each time; or pass cache_corpus=True"
        )
    if stats.raw_words == 0 and (expected.sentences or expected.words):
        raise RuntimeError(
            f"epoch {epoch} saw {stats.sentences} sentences and no word in them: they are empty, or iterators such as "
            "map or a generator, which can be read only once. Make them lists: [list(sentence) for sentence in corpus]"
        )
    for name, unit, actual, said_number in (
        ("example", "sentences", stats.sentences, expected.sentences),
        ("raw word", "words", stats.raw_words, expected.words),
    ):
        if said_number is not None and actual != said_number:
            logger.warning(
                "EPOCH %i: supplied %s count (%i) did not equal expected count (%i %s): the learning rate fell too %s",
                epoch,
                name,
                actual,
                said_number,
                unit,
                "slowly" if actual < said_number else "fast",
            )
