"""One call of `train`, of `resume` or of the constructor: the session below, and what it changes of the model.

Word2Vec.train --checked--> Run --Task--> Session
^                         |^              |
'-- attributes, callbacks-''--- events ---'
"""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from w2vcore.backends.agreement import Agreement
from w2vcore.backends.base import EpochStats
from w2vcore.backends.cuda.devices import why_not
from w2vcore.backends.registry import choose
from w2vcore.corpus.feed import Feed
from w2vcore.corpus.keying import check_saved
from w2vcore.corpus.sources import Corpus
from w2vcore.facade.advice import missing_totals
from w2vcore.formats import native
from w2vcore.formats.destination import check_destination
from w2vcore.keyedvectors.internals import keys_of, matrix_of
from w2vcore.model.checks import check_float, check_int
from w2vcore.model.config import QUEUE_FACTOR, SETTINGS, TrainingConfig, common_settings, threads
from w2vcore.model.inspection import LONG
from w2vcore.training.checkpoint import Extent, RunState
from w2vcore.training.expected import Expected
from w2vcore.training.notices import notify
from w2vcore.training.session import Session, Task
from w2vcore.training.setup import Setup
from w2vcore.training.shards import digest_of_keys

from .calling import Calls
from .files import snapshot_of
from .settings import architecture_of, objectives_of, training_config
from .setup import kernels_of, setup_of

if TYPE_CHECKING:
    from .model import Word2Vec

logger = logging.getLogger("w2vcore.word2vec")


@dataclass(frozen=True)
class Options:
    """How a corpus is to be trained, beside the model's own settings.

    Attributes
    ----------
    callbacks : Calls
    bar : bool
        Show a progress bar.
    queue_factor : int
    report_delay : float
    checkpoint : str, path or None
    every : int or None
        Raw words between two checkpoints.
    resumed : RunState or None
        Where an earlier process left off.
    """

    callbacks: Calls
    bar: bool = False
    queue_factor: int = 2
    report_delay: float = 1.0
    checkpoint: Any = None
    every: int | None = None
    resumed: RunState | None = None

    def __post_init__(self) -> None:
        """Refuse what is not allowed, and a checkpoint that could not be written, before the corpus is read."""
        QUEUE_FACTOR.check("queue_factor", self.queue_factor)
        check_float("report_delay", self.report_delay, 0, hint="seconds between two log lines")
        if self.checkpoint is not None:
            check_destination(self.checkpoint, f"checkpoint={os.fspath(self.checkpoint)!r}")


class Run:
    """A training of a model: the `Owner` of its session, which turns events into attributes and calls of callbacks.

    Parameters
    ----------
    model : Word2Vec
    feed : Feed
        The corpus.
    expected : Expected
        Its size, as the caller gave it.
    options : Options
    crew : Agreement
        The ranks that train together.
    size : Extent or None
        That of this rank's shard, if it is known.
    seen : bool
        Whether the corpus is known to have had something in it.
    """

    def __init__(
        self,
        model: Word2Vec,
        feed: Feed,
        expected: Expected,
        options: Options,
        crew: Agreement,
        size: Extent | None = None,
        seen: bool = False,
    ) -> None:
        if options.checkpoint is not None:
            check_saved(keys_of(model.wv), f"checkpoint={os.fspath(options.checkpoint)!r}")
        if model.alpha > model.min_alpha_yet_reached and options.resumed is None:
            logger.warning("Effective 'alpha' higher than previous training cycles")
        self._model, self._feed, self._options = model, feed, options
        self._common = _in_common(model, expected, options, crew)
        self._task = Task(
            feed=feed,
            size=size,
            expected=expected,
            measure=_measure(model, expected),
            crew=crew,
            epochs_before=model.epochs_trained,
            checkpoint=options.checkpoint,
            every=options.every,
            resumed=options.resumed,
            report_delay=options.report_delay,
            bar=options.bar,
            seen=seen,
        )

    def train(self) -> tuple[int, int]:
        """Train; return the words that were trained, and those that were read."""
        model = self._model
        session = Session(self._task, self)
        log_settings(model, session.config)
        with in_training(model):
            try:
                total = session.run()
            finally:
                model._inputs.publish(model)
        finish(model, total, session.seconds)
        self._options.callbacks.call("on_train_end", model)
        return total.words, total.raw_words

    # what the session asks, and what it tells

    @property
    def watched(self) -> bool:
        """Whether there are callbacks, which may change the model."""
        return bool(self._options.callbacks)

    def setup(self, last: Setup | None) -> Setup:
        """Return how the model stands."""
        resumed = self._options.resumed
        sharing = None if resumed is None else resumed.config.negative_sharing
        return setup_of(self._model, self._options.queue_factor, self._feed.scanned, self._common, last, sharing)

    def epochs(self) -> int:
        """Return the model's setting, which a callback may have changed."""
        return check_int("epochs", self._model.epochs, 1)

    def training_begins(self) -> None:
        """Call `on_train_begin`."""
        if self._options.resumed is None:
            self._model.running_training_loss = 0.0
        self._options.callbacks.call("on_train_begin", self._model)
        self._model.wv.clear_norms()

    def epoch_begins(self) -> None:
        """Call `on_epoch_begin`."""
        self._options.callbacks.call("on_epoch_begin", self._model)
        self._model.wv.clear_norms()  # a query in the callback may have cached them

    def epoch_ended(self, line: dict[str, Any]) -> bool:
        """Add a line to the history and call `on_epoch_end`; whether a callback ends the training."""
        model = self._model
        if self.watched:
            model._inputs.publish(model)
        model.wv.clear_norms()
        model.epochs_trained += 1
        model.training_history.append(line)
        model.running_training_loss += line["loss_sum"] or 0.0
        if line["raw_words"]:
            model.min_alpha_yet_reached = line["alpha"]
        return self._options.callbacks.stops(model)

    def checkpoint_due(self, state: RunState) -> None:
        """Write the whole model, with the state of the run among its settings."""
        self._model._inputs.publish(self._model)
        snapshot = snapshot_of(self._model)
        snapshot.settings["checkpoint"] = state.as_settings()
        native.write(snapshot, self._options.checkpoint)
        done = state.position
        logger.info("checkpoint %s: epoch %i, %i words", self._options.checkpoint, done.epoch, done.stats.raw_words)


def _in_common(model: Word2Vec, expected: Expected, options: Options, crew: Agreement) -> dict[str, Any]:
    """Return what processes that train one model must have in common beside its configuration and tables."""
    common: dict[str, Any] = {name: getattr(model, name) for name in common_settings(model._declared)}
    common |= {
        "total_examples": expected.sentences,
        "total_words": expected.words,
        "epochs_trained": model.epochs_trained,
    }
    if crew.size > 1:
        common |= {name: digest_of_keys(values) for name, values in model._inputs.common(model).items()}
    common |= {"checkpoint": options.checkpoint is not None, "checkpoint_every": options.every}
    if options.resumed is not None:
        common["position in the checkpoint"] = options.resumed.position
    return common


def _measure(model: Word2Vec, expected: Expected) -> tuple[int, str]:
    """Return size and unit of an epoch: in words where their number is known, else in the unit that the caller gave."""
    if expected.sentences is not None and (expected.sentences != model.corpus_count or not model.corpus_total_words):
        return expected.sentences, "sentences"
    return model.corpus_total_words if expected.sentences is not None else (expected.words or 0), "words"


def log_settings(model: Word2Vec, config: TrainingConfig) -> None:
    """Log what a training begins with, as gensim does."""
    if model.objective is None and model.hs and model.negative and not model.train_count:  # once a model
        logger.warning("Both hierarchical softmax and negative sampling are activated. This is probably a mistake.")
    logger.info(
        "training model with %i workers on %i vocabulary and %i features, using sg=%s hs=%s sample=%s negative=%s "
        "window=%s shrink_windows=%s; alpha falls from %g to %g",
        config.workers,
        len(model.wv),
        model.vector_size,
        model.sg,
        model.hs,
        model.sample,
        model.negative,
        model.window,
        model.shrink_windows,
        config.alpha,
        config.min_alpha,
    )
    if config.device == "auto":
        chosen = choose(model.backend, config.device)
        logger.info("device='auto' takes %s", "a GPU" if chosen == "cuda" else f"the CPU: {why_not()}")


def finish(model: Word2Vec, total: EpochStats, seconds: float) -> None:
    """Update the model's records after a training."""
    model.train_count += 1
    model.total_train_time += seconds
    model.wv.clear_norms()
    if total.raw_words > LONG * len(model.wv):
        model._tables.forget()
    model.add_lifecycle_event(
        "train",
        msg=f"training on {total.raw_words} raw words ({total.words} effective words) took {seconds:.1f}s, "
        f"{total.words / max(seconds, 1e-9):.0f} effective words/s",
    )


# ---------------------------------------------------------------------- settings of a call


@contextmanager
def in_training(model: Word2Vec) -> Iterator[None]:
    """Mark a model as being trained, by its `id`, so that the mark does not apply to a copy."""
    before, model._in_training = model._in_training, id(model)
    try:
        yield
    finally:
        model._in_training = before


@contextmanager
def settings_of_a_call(model: Word2Vec, settings: Mapping[str, Any]) -> Iterator[None]:
    """Apply the settings of a call of ``train()`` to the model; None leaves one as it is.

    In a call that a callback makes they are restored afterwards: the training around it goes on with its own.
    """
    kept = {name: getattr(model, name) for name in settings} if model._in_training == id(model) else {}
    try:
        for name, value in settings.items():
            if value is not None:
                setattr(model, name, value)
        yield
    finally:
        for name, value in kept.items():
            setattr(model, name, value)


def checked_settings(
    model: Word2Vec, epochs: Any, start_alpha: Any, end_alpha: Any, compute_loss: Any
) -> dict[str, Any]:
    """Return the settings that arguments of ``train()`` change; None for those that are not given."""
    if epochs is None:
        raise ValueError(
            "You must specify an explicit epochs count. The usual value is epochs=model.epochs, "
            f"here {model.epochs}; got epochs=None"
        )
    given = {"alpha": (start_alpha, "start_alpha"), "min_alpha": (end_alpha, "end_alpha")}
    given["compute_loss"] = (compute_loss, "compute_loss")
    checked = {
        name: None if value is None else SETTINGS[name].check(value, argument)
        for name, (value, argument) in given.items()
    }
    return {"epochs": check_int("epochs", epochs, 1), **checked}


def check_trainable(model: Word2Vec) -> None:
    """Refuse a model without objective, vocabulary or vectors.

    Raises
    ------
    ValueError, RuntimeError
    """
    if not objectives_of(model):
        training_config(model)  # raises
    if not len(model.wv):
        why = f": {model._scan.shortfall}" if model._scan.shortfall else ""
        raise RuntimeError(f"you must first build vocabulary before training the model{why}")
    if not len(matrix_of(model.wv)):
        raise RuntimeError("you must initialize vectors before training the model: call init_weights()")


def checked_totals(model: Word2Vec, total_examples: Any, total_words: Any) -> Expected:
    """Return the size of the corpus that a caller gave, or say how to find it.

    Raises
    ------
    ValueError
        If there is none.
    """
    if total_words is None and total_examples is None:
        counts = model.wv.expandos.get("count", np.zeros(0, np.int64))
        raise ValueError(missing_totals(model.corpus_count, int(counts.sum())))
    return Expected(
        sentences=None if total_examples is None else check_int("total_examples", total_examples, 0),
        words=None if total_words is None else check_int("total_words", total_words, 0),
    )


def is_said_to_be_empty(expected: Expected) -> bool:
    """Whether a caller says that there is nothing to train on."""
    return not (expected.words if expected.sentences is None else expected.sentences)


def empty_corpus(expected: Expected, corpus: Corpus) -> Corpus:
    """Return an empty corpus in place of one whose size the caller gave as 0, and warn of it."""
    total = "total_words" if expected.sentences is None else "total_examples"
    sentences = corpus.sentences
    known = len(sentences) if isinstance(sentences, (list, tuple)) else 0
    there = f", although it has {known:,} sentences: pass total_examples={known}" if known else ""
    notify(f"{total}=0 says that the corpus is empty, and nothing is trained{there}")
    return Corpus([], True, corpus.name)


# ---------------------------------------------------------------------- going on from a checkpoint


def resumed_state(model: Word2Vec, settings: Mapping[str, Any], path: Any) -> RunState:
    """Return the state of the run in a checkpoint, of which `model` was read.

    Raises
    ------
    ValueError
        If the file is no checkpoint, a damaged or a newer one.
    """
    state = RunState.from_settings(dict(settings), str(path))
    trained = model.vector_size, architecture_of(model), tuple(objectives_of(model))
    if trained != (state.config.vector_size, state.config.architecture, state.config.objectives):
        raise ValueError(f"{path}: the state of the run is damaged: it is that of another model")
    return state


def go_on(
    model: Word2Vec,
    state: RunState,
    path: Any,
    *,
    workers: int | None,
    device: str | None,
    backend: str | None,
    queue_factor: int,
) -> RunState:
    """Prepare a model to go on on this machine; return the state with its settings, and warn of what is different.

    Warns
    -----
    UserWarning
        If the result will not be equal to the bit.
    """
    model.device = state.config.device if device is None else SETTINGS["device"].check(device)
    kernels = kernels_of(choose(None, model.device))
    if state.instruction_set != kernels:
        notify(
            f"{path} was written by kernels for {state.instruction_set}, these are for {kernels}: they add in "
            "another order, so the result is as good, but not equal bit for bit"
        )
    if state.corpus_changed:
        notify(
            f"{path}: a callback had changed the corpus of that run, which no checkpoint holds: the result is "
            "equal bit for bit only if what is given here is as it was then"
        )
    number = state.config.workers if workers is None else threads(SETTINGS["workers"].check(workers))
    model.workers = model.workers if workers is None else workers
    model.backend = backend
    queue_factor = QUEUE_FACTOR.check("queue_factor", queue_factor)
    config = replace(state.config, workers=number, queue_factor=queue_factor, device=model.device)
    return replace(state, config=config)
