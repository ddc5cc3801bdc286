"""One call of ``train()``, or of ``resume()``: its epochs, and what callbacks change of the model between them.

    facade --Task--> Session.run() --jobs--> backend
       ^                 |
       '----- Owner -----'      setup, callbacks, checkpoints: in the calling thread, while no worker runs

The model belongs to the facade, and callbacks may do with it what they like: set its rates, put other matrices in the
place of those that are trained, add words, shuffle the list that is the corpus. So after each event in which a callback
may have run the session asks how things stand (`Owner.setup`), compares that with what it saw last, and takes up what
differs: the backend is opened anew, the corpus is encoded again. What cannot be taken up is an error that names it.
Where nothing differs nothing is done, and where there are no callbacks nothing is compared.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from typing import Any, Protocol

from w2vcore.backends.agreement import Agreement
from w2vcore.backends.base import Backend, EpochStats, Job
from w2vcore.backends.registry import create
from w2vcore.corpus.feed import Feed
from w2vcore.model.config import TrainingConfig

from .checkpoint import Extent, Position, RunState, check_size, copied, how_to_resume, portions, skip
from .duration import why_slow
from .expected import Expected, check_epoch_size, why_nothing
from .finiteness import Finiteness, check_finite
from .given import check_given, is_worth_a_look
from .jobs import cut, order_of
from .notices import notify
from .progress import Progress
from .schedule import LinearDecay
from .setup import Changes, Look, Setup
from .shards import Shard, check_ranks, digest_of_keys, shard_of, sums_of, whole_size

logger = logging.getLogger("w2vcore.word2vec")


@dataclass(frozen=True)
class Task:
    """What a call is to train, and how to report it.

    Attributes
    ----------
    feed : Feed
        The corpus.
    size : Extent or None
        Of this rank's shard of a corpus that is iterated anew in each epoch, if it is known.
    expected : Expected
        Compared with what an epoch turns out to hold.
    measure : tuple of (int, str)
        Size and unit of an epoch, for the learning rate.
    crew : Agreement
        The ranks that train together.
    epochs_before : int
        Epochs of earlier calls: random draws are numbered on from there, so that a second call of ``train()`` does not
        repeat the draws of the first.
    checkpoint : str, path or None
        Where checkpoints go; None: there are none.
    every : int or None
        Raw words of an epoch between two checkpoints.
    resumed : RunState or None
        Where an earlier process left off.
    report_delay : float
        Seconds between two log lines.
    bar : bool
        Show a progress bar.
    seen : bool
        Whether the corpus is known to have had something in it, so that an empty epoch is an error.
    """

    feed: Feed
    size: Extent | None
    expected: Expected
    measure: tuple[int, str]
    crew: Agreement
    epochs_before: int = 0
    checkpoint: Any = None
    every: int | None = None
    resumed: RunState | None = None
    report_delay: float = 1.0
    bar: bool = False
    seen: bool = False


class Owner(Protocol):
    """Who owns the model: answers how it stands, and is told how its training goes.

    All methods are called in the thread that runs the session, while no worker trains.
    """

    @property
    def watched(self) -> bool:
        """Whether code of others, which may change the model, runs when the owner is told of something."""

    def setup(self, last: Setup | None) -> Setup:
        """Return how the model stands; `last` is what this returned last. Raise what is not allowed."""

    def epochs(self) -> int:
        """Return how many epochs the model wants now."""

    def training_begins(self) -> None:
        """Be told that training begins."""

    def epoch_begins(self) -> None:
        """Be told that an epoch begins."""

    def epoch_ended(self, line: dict[str, Any]) -> bool:
        """Be told that an epoch ended, with its line of history; return True to end the training."""

    def checkpoint_due(self, state: RunState) -> None:
        """Write the model with this state."""


class Session:
    """Trains all epochs, or until the owner says stop.

    Parameters
    ----------
    task : Task
    owner : Owner

    Attributes
    ----------
    config : TrainingConfig
        The settings that are trained with now.

    Raises
    ------
    Exception
        Whatever `Owner.setup` raises: what is not allowed.
    """

    def __init__(self, task: Task, owner: Owner) -> None:
        self._task, self._owner, self._crew = task, owner, task.crew
        self._setup = owner.setup(None)
        self.config: TrainingConfig = self._setup.config if task.resumed is None else task.resumed.config
        task.feed.check_order(self.config.shuffle)
        self._look: Look | None = None
        self._vocabulary = ""
        self._sums: dict[str, str] | None = None
        self._size = task.size
        self._state = self._first_state() if task.resumed is None else _with_measure(task.resumed, task.measure)
        self._start = self._state.position
        self._decay = self._schedule()
        self._shard = Shard(self._decay)
        self._progress = Progress(self._decay, task.report_delay, False, self.config.compute_loss)
        self._backend: Backend | None = None
        self._total = copied(self._start.total)
        self._done = Extent()
        self._seen, self._told, self._doubt = task.seen, False, ""
        self._began = time.perf_counter()

    def _first_state(self) -> RunState:
        task = self._task
        return RunState(
            config=self.config,
            position=Position(),
            expected=(task.expected.sentences, task.expected.words),
            size=None,
            epochs_before=task.epochs_before,
            every=task.every,
            seconds=0.0,
            instruction_set=self._setup.kernels,
            finished=False,
            measure=task.measure,
        )

    def _schedule(self) -> LinearDecay:
        """Return the schedule of the learning rate by the present settings, over epochs of their first size."""
        assert self._state.measure is not None
        total, unit = self._state.measure
        return LinearDecay(self.config.alpha, self.config.min_alpha, self.config.epochs, total, unit)

    @property
    def seconds(self) -> float:
        """Time spent on this call, by earlier processes too."""
        return time.perf_counter() - self._began + self._state.seconds

    def run(self) -> EpochStats:
        """Train, and return the sums over all epochs.

        Raises
        ------
        RuntimeError
            If an epoch after the first look at the corpus is empty: it can be read only once.
        ValueError
            If the ranks do not train the same; if the corpus is not the one that the checkpoint was taken on; if a
            callback changed what cannot change in the middle of a training.
        FloatingPointError
            If a weight is no longer finite.
        Exception
            Whatever the corpus, the owner or a worker raised.
        """
        task, crew = self._task, self._crew
        self._prepare()
        self._began = time.perf_counter()
        self._owner.training_begins()
        self._take_up("on_train_begin")
        self._shard = self._share(self._state.done(crew.rank, crew.size))
        quiet = crew.rank > 0
        self._progress = Progress(self._decay, task.report_delay, task.bar, self.config.compute_loss, quiet)
        try:
            self._open()
            if task.resumed is None:  # now, so that what cannot be written is known before anything is trained
                self._write_checkpoint(self._start, Extent(), False)
            self._say_how_to_resume(self._start)
            self._train()
        finally:
            if self._backend is not None:
                self._backend.close()
            self._progress.close()
            crew.team.set_abort_message("")
        nothing = self._total.raw_words and not self._total.examples and not self._told
        if nothing and self.config.subsample:  # in one epoch it may be chance
            notify(
                f"{self._total.raw_words:,} words were read and nothing was trained: subsampling left no sentence of "
                "two words. Raise sample, or set it to 0, which suits a small text"
            )
        return self._total

    def _prepare(self) -> None:
        """Compare the ranks, and encode the corpus."""
        crew, feed, resumed = self._crew, self._task.feed, self._task.resumed
        if crew.size > 1:
            self._vocabulary, self._sums = digest_of_keys(self._setup.keys), sums_of(self._setup.weights)
            self._check_ranks(self._sums)
        if is_worth_a_look(self._setup, self._decay.total * self._decay.epochs):
            check_given(self._setup, self._setup.weights.matrices, "before training")
        else:
            self._doubt = ", unless it was there before"
        feed.encode(self._setup.rows, self.config.batch_words, self.config.workers)
        whole = whole_size(crew, Extent.of(feed.batch))
        if resumed is None:
            self._state = replace(self._state, size=whole)
        elif resumed.size is not None and whole is not None:
            check_size(whole, resumed.size)
        self._size = Extent.of(feed.batch) or self._size
        self._warn_if_slow()
        if crew.any("start", self._owner.watched):
            self._look = Look(self._setup)
            feed.watch()
            self._doubt += ", unless a callback has written that"

    def _warn_if_slow(self) -> None:
        """Warn once, on one rank, of epochs that take long on a processor."""
        if self._crew.rank or self._task.resumed is not None or self._setup.backend == "cuda":
            return
        size, unit = self._task.measure
        words = size // self._crew.size if unit == "words" else None
        said = why_slow(self._setup.plan(self.config, 0), words if self._size is None else self._size.raw_words)
        if said:
            notify(said)

    def _train(self) -> None:
        """Train one epoch after the other; callbacks may change how many there are."""
        epoch = self._start.epoch
        while epoch < self.config.epochs:
            self._owner.epoch_begins()
            self._take_up("on_epoch_begin", next_is_training=True)
            if epoch >= self.config.epochs:
                self._write_checkpoint(Position(epoch, total=copied(self._total)), Extent(), True)
                return
            stopped, wanted = self._ends(self._train_epoch(epoch))
            epoch += 1
            ended = stopped or wanted <= epoch
            if not ended:
                self._take_up("on_epoch_end")
            elif stopped or epoch < self.config.epochs:
                logger.info("a callback stopped training after epoch %i", epoch - 1)
            position = Position(epoch, alpha=self._progress.alpha, total=copied(self._total))
            self._write_checkpoint(position, Extent(), ended)
            if ended:
                return

    def _train_epoch(self, epoch: int) -> dict[str, Any]:
        """Train one epoch and return its line of history."""
        shard, progress, feed, before = self._shard, self._progress, self._task.feed, self._state.epochs_before
        assert self._backend is not None
        finiteness = Finiteness(self._backend, self._setup.weights, self._decay)
        position = self._start if epoch == self._start.epoch else Position(epoch)
        self._done = shard.done if epoch == self._start.epoch else Extent()
        progress.begin(position)
        tokens = 0 if feed.batch is None else len(feed.batch)
        order = order_of(self.config, before + epoch, shard.first_token, tokens)
        batches = feed.batches(self._setup.rows, order, before + epoch)
        jobs = cut(batches, epoch, shard.decay, self.config.batch_words, shard.first_token)
        every = shard.share(self._task.every)
        for number, portion in enumerate(shard.in_step(portions(skip(jobs, self._done), every))):
            if number and self._task.checkpoint is not None:
                check_finite(epoch, self._setup.weights, self._decay, self._doubt)
                self._write_checkpoint(progress.position(self._total), self._done, False)
            self._backend.run(before + epoch, self._counted(portion), progress.report)
        stats, seconds = progress.stats, progress.seconds
        progress.end()
        self._check_size(epoch, stats)
        finiteness.check(epoch, progress.tokens - position.tokens, self._doubt)
        self._total += stats
        measured = self.config.compute_loss
        return {
            "epoch": before + epoch,
            "words": stats.words,
            "raw_words": stats.raw_words,
            "sentences": stats.sentences,
            "examples": stats.examples,
            "seconds": seconds,
            "words_per_second": stats.raw_words / max(seconds, 1e-9),
            "alpha": progress.alpha,
            "loss": stats.mean_loss if measured else None,
            "loss_sum": stats.loss if measured else None,
            "accuracy": stats.accuracy if measured else None,
        }

    def _counted(self, jobs: Iterator[Job]) -> Iterator[Job]:
        """Pass jobs on, and count them among what this rank has done of the epoch."""
        for job in jobs:
            self._done = self._done.after(job)
            yield job

    def _check_size(self, epoch: int, stats: EpochStats) -> None:
        """Refuse a corpus that is used up; warn, once, if it is empty, or if nothing of it was trained."""
        expected, told = self._task.expected, self._told
        empty = not self._seen and not stats.raw_words and self._task.feed.is_empty(stats.sentences)
        check_epoch_size(epoch, stats, expected, empty)
        self._seen = self._seen or stats.raw_words > 0
        if told:
            return
        if empty and (expected.sentences or expected.words):
            self._told = True
            said = f"{expected.sentences} sentences" if expected.sentences else f"{expected.words} words"
            notify(f"the corpus is empty, where {said} were expected: nothing is trained")
        elif stats.raw_words and not stats.examples and (why := why_nothing(stats, self._progress.tokens)):
            self._told = True
            notify(f"epoch {epoch} read {stats.raw_words:,} words and trained nothing: {why}")

    def _ends(self, line: dict[str, Any]) -> tuple[bool, int]:
        """Tell the owner that an epoch ended; return whether a rank stops, and the most epochs that a rank wants."""
        watched = self._look is not None
        if watched and self._crew.size > 1:
            self._sums = sums_of(self._setup.weights)
        stopped = self._owner.epoch_ended(line)
        wanted = self._owner.epochs() if watched else self.config.epochs
        if self._crew.size == 1:
            return stopped, wanted
        answers = self._crew.exchange("epoch's end", [stopped, wanted])
        return bool(answers[:, 0].any()), int(answers[:, 1].max())

    # ------------------------------------------------------------------ what callbacks change

    def _take_up(self, event: str, next_is_training: bool = False) -> None:
        """Look at the model after an event, and go on with what it is now.

        Parameters
        ----------
        event : str
            The callbacks' name for it.
        next_is_training : bool
            Nothing comes before the next words are trained. What takes time in proportion to the corpus or to the
            matrices is looked at only then, unless a checkpoint is to tell of it.
        """
        if self._look is None:
            return
        now = self._owner.setup(self._setup)
        changes = self._look.changes(now)
        look_at_corpus = next_is_training or self._task.checkpoint is not None
        changed_corpus = look_at_corpus and self._task.feed.has_changed()
        if changes or changed_corpus:
            names = [*changes.names, *(["the corpus"] if changed_corpus else [])]
            logger.info("a callback changed in %s, and training goes on with it: %s", event, ", ".join(names))
            check_given(now, changes.matrices, f"after {event}")
            self._accept(now, changes)
        written = self._compare_with_other_ranks(next_is_training)
        shared = self._encode_again(changed_corpus, changes.vocabulary)
        if self._backend is not None and (changes or written or shared):
            self._open()

    def _accept(self, now: Setup, changes: Changes) -> None:
        """Go on with a setup."""
        if changes.vocabulary and self._crew.size > 1:
            self._vocabulary = digest_of_keys(now.keys)
        self.config = replace(self.config, **changes.settings)
        self._task.feed.check_order(self.config.shuffle)
        self._setup, self._look = now, Look(now)
        self._task.feed.encode(now.rows, self.config.batch_words, self.config.workers)
        self._state = replace(self._state, config=self.config)
        self._decay = self._schedule()
        self._shard = replace(self._shard, decay=replace(self._decay, total=self._shard.decay.total))
        if self._backend is not None:
            self._progress.follow(self._decay, self.config.compute_loss)

    def _compare_with_other_ranks(self, weights: bool) -> bool:
        """Refuse ranks whose callbacks did different things; return whether they all wrote into the matrices."""
        if self._crew.size == 1:
            return False
        sums = sums_of(self._setup.weights) if weights else None
        self._check_ranks(sums)
        written = sums is not None and sums != self._sums
        self._sums = sums or self._sums
        return written

    def _check_ranks(self, sums: dict[str, str] | None) -> None:
        plan = self._setup.plan(self.config, 0)
        check_ranks(self._crew, plan, self._vocabulary, sums, self._setup.common)

    def _encode_again(self, changed_corpus: bool, vocabulary: bool) -> bool:
        """Encode a corpus that has changed, or whose keys have; return whether this rank's shard has moved."""
        crew, feed, first_token = self._crew, self._task.feed, self._shard.first_token
        if changed_corpus or vocabulary:
            feed.encode_again(self._setup.rows, self.config.batch_words, self.config.workers)
            feed.watch()
            self._size = Extent.of(feed.batch)
        if crew.any("corpus", changed_corpus or vocabulary):
            self._state = replace(self._state, size=whole_size(crew, Extent.of(feed.batch)))
            self._shard = self._share(self._shard.done)
        if crew.any("corpus", changed_corpus):
            self._state = replace(self._state, corpus_changed=True)
        return self._shard.first_token != first_token

    def _share(self, done: Extent) -> Shard:
        """Return what this rank trains."""
        return shard_of(self._crew, self._decay, self._size, done)

    def _open(self) -> None:
        """Open a backend on the weights, after the one that has them has given them back."""
        if self._backend is not None:
            self._backend.close()
        self._backend = create(self._setup.backend)
        self._backend.open(self._setup.plan(self.config, self._shard.first_token), self._setup.weights)

    # ------------------------------------------------------------------ checkpoints

    def _write_checkpoint(self, position: Position, done: Extent, finished: bool) -> None:
        task, crew = self._task, self._crew
        if task.checkpoint is None:
            return
        now = replace(
            self._state, position=position, seconds=self.seconds, instruction_set=self._setup.kernels, finished=finished
        )
        if crew.size > 1:
            now = replace(now, ranks=tuple(Extent(**its) for its in crew.gather_json("checkpoint", asdict(done))))
        if crew.rank == 0:
            self._owner.checkpoint_due(now)
        self._say_how_to_resume(position)

    def _say_how_to_resume(self, position: Position) -> None:
        share = self._decay.fraction(position.stats.raw_words, position.stats.sentences)
        self._crew.team.set_abort_message(how_to_resume(self._task.checkpoint, self._crew.size, position, share))


def _with_measure(state: RunState, measure: tuple[int, str]) -> RunState:
    """Return a state with the size of an epoch, which old checkpoints lack."""
    return state if state.measure is not None else replace(state, measure=measure)
