"""Where a run stands between two jobs, so that another process can go on from there.

A checkpoint is a saved model with the `RunState` of the call among its settings. It is taken when `Backend.run` has
returned, so every job that was begun is in the weights, and none that was not. Draws depend on a token's place in the
epoch alone, so nothing else is needed to go on: with one worker the result is the same to the bit.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from w2vcore.backends.base import REAL_SUMS, EpochStats, Job
from w2vcore.backends.run_tables import check_parts
from w2vcore.corpus.encoding import Batch
from w2vcore.corpus.paths import check_address, check_target, expanded, is_url
from w2vcore.corpus.scanning import text_of
from w2vcore.model.checks import check_flag, check_float, check_int
from w2vcore.model.config import TrainingConfig, checked

CHECKPOINT_VERSION = 4  # 2: with `ranks`; 3: with `measure` and `corpus_changed`; 4: with `shuffle`, `window_weights`


@dataclass(frozen=True)
class Extent:
    """So much of a corpus: all of it, a rank's shard, or what a rank has trained of an epoch.

    Attributes
    ----------
    jobs : int
        Into which it was cut; 0 for a corpus that was not.
    tokens, raw_words, sentences : int
        Words of the vocabulary, words, sentences.

    Examples
    --------
    >>> Extent(tokens=3, raw_words=5, sentences=1).as_size()
    {'sentences': 1, 'raw_words': 5, 'tokens': 3}
    """

    jobs: int = 0
    tokens: int = 0
    raw_words: int = 0
    sentences: int = 0

    @classmethod
    def of(cls, batch: Batch | None) -> Extent | None:
        """Return that of an encoded corpus, or None where there is none."""
        return None if batch is None else cls(0, len(batch), batch.raw_words, batch.sentences)

    def after(self, job: Job) -> Extent:
        """Return this and a further job."""
        return Extent(
            self.jobs + 1,
            self.tokens + job.stop - job.start,
            self.raw_words + job.raw_words,
            self.sentences + job.sentences,
        )

    def as_size(self) -> dict[str, int]:
        """Return what a checkpoint holds of the size of a corpus."""
        return {"sentences": self.sentences, "raw_words": self.raw_words, "tokens": self.tokens}


@dataclass(frozen=True)
class Position:
    """How far a call of ``train()`` is.

    Attributes
    ----------
    epoch : int
        Of this call, from 0.
    jobs, tokens : int
        Jobs of that epoch that are done, and the tokens in them; of rank 0, if there are several ranks.
    stats : EpochStats
        Sums over these jobs, and those of other ranks.
    alpha : float or None
        Learning rate of the last job; None before the first.
    seconds : float
        Spent on the epoch.
    total : EpochStats
        Sums over the epochs before.
    """

    epoch: int = 0
    jobs: int = 0
    tokens: int = 0
    stats: EpochStats = field(default_factory=EpochStats)
    alpha: float | None = None
    seconds: float = 0.0
    total: EpochStats = field(default_factory=EpochStats)

    @property
    def done(self) -> Extent:
        """What is done of the epoch, if there is one rank."""
        return Extent(self.jobs, self.tokens, self.stats.raw_words, self.stats.sentences)


@dataclass(frozen=True)
class RunState:
    """All of a call of ``train()`` that is not in the model itself.

    Attributes
    ----------
    config : TrainingConfig
    position : Position
    expected : tuple of int or None
        ``total_examples`` and ``total_words``.
    size : Extent or None
        The encoded corpus: a run is resumed on the same one, or not at all; None where it is read while it is trained.
    epochs_before : int
        Epochs of earlier calls.
    every : int or None
        Raw words between two checkpoints.
    seconds : float
        Spent on this call.
    instruction_set : str
        That of the kernels: others add in another order.
    finished : bool
        Nothing is left to do.
    ranks : tuple of Extent
        How far each rank is; empty if there is one.
    measure : tuple of (int, str) or None
        Size and unit of the epochs over which the learning rate goes; None in files that do not tell it.
    corpus_changed : bool
        Whether a callback has changed the corpus, so that it was no longer the one that the call was given.
    """

    config: TrainingConfig
    position: Position
    expected: tuple[int | None, int | None]
    size: Extent | None
    epochs_before: int
    every: int | None
    seconds: float
    instruction_set: str
    finished: bool
    ranks: tuple[Extent, ...] = ()
    measure: tuple[int, str] | None = None
    corpus_changed: bool = False

    def done(self, rank: int, size: int) -> Extent:
        """Return how far a rank is, where it goes on.

        Raises
        ------
        ValueError
            If the checkpoint was taken in the middle of an epoch by another number of ranks.
        """
        if not self.position.jobs and not any(done.jobs for done in self.ranks):
            return Extent()
        if max(len(self.ranks), 1) != size:
            raise ValueError(
                f"the checkpoint was taken in the middle of epoch {self.position.epoch} by {max(len(self.ranks), 1)} "
                f"ranks, and there are {size} now: each goes on where it was. Start as many, or resume from a "
                "checkpoint that was taken at the end of an epoch"
            )
        return self.ranks[rank] if self.ranks else self.position.done

    def as_settings(self) -> dict[str, Any]:
        """Return the state as JSON values."""
        values = asdict(self)
        if self.size is not None:
            values["size"] = self.size.as_size()
        return {"version": CHECKPOINT_VERSION, **values}

    @classmethod
    def from_settings(cls, settings: dict[str, Any], name: str) -> RunState:
        """Return the state that `as_settings` gave; `name` is the file's, for messages.

        Raises
        ------
        ValueError
            If the file is no checkpoint, a newer one, or damaged.
        """
        values = settings.get("checkpoint")
        if values is None:
            raise ValueError(
                f"{name} is a saved model, not a checkpoint: there is no run in it to resume. Load it with "
                "Word2Vec.load, and call train() to go on"
            )
        try:
            values = dict(values)
            version = check_int("version", values.pop("version"), 1)
        except (KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{name}: the state of the run is damaged: {error}") from None
        if version > CHECKPOINT_VERSION:
            raise ValueError(
                f"{name} is a checkpoint of version {version}; this w2vcore resumes versions up to "
                f"{CHECKPOINT_VERSION}: upgrade w2vcore"
            )
        try:
            return cls._checked(values)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ValueError(f"{name}: the state of the run is damaged: {error}") from None

    @classmethod
    def _checked(cls, values: dict[str, Any]) -> RunState:
        """Return a state, each value of which was checked, as a file may hold anything."""
        config: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in values["config"].items()
        }
        position = dict(values["position"])
        position.update({sums: _stats(position[sums]) for sums in ("stats", "total")})
        for number in ("epoch", "jobs", "tokens"):
            check_int(number, position[number], 0)
        check_float("seconds", position["seconds"], 0)
        if position["alpha"] is not None:
            check_float("alpha", position["alpha"], 0)
        sentences, words = (None if total is None else check_int("expected", total, 0) for total in values["expected"])
        measure = values.get("measure")
        if measure is not None:
            total, unit = measure
            if unit not in ("words", "sentences"):
                raise ValueError(f"measure must be in words or sentences, got {unit!r}")
            measure = check_int("measure", total, 0), unit
        ranks = tuple(Extent(**done) for done in values.get("ranks", ()))
        for done in ranks:
            for number, value in asdict(done).items():
                check_int(number, value, 0)
        size = None if values["size"] is None else Extent(**values["size"])
        for number, value in asdict(size).items() if size is not None else ():
            check_int(number, value, 0)
        if values["every"] is not None:
            check_int("every", values["every"], 1)
        check_float("seconds", values["seconds"], 0)
        check_int("epochs_before", values["epochs_before"], 0)
        values.update(
            config=check_parts(checked(TrainingConfig(**config))),
            position=Position(**position),
            expected=(sentences, words),
            size=size,
            finished=check_flag("finished", values["finished"]),
            ranks=ranks,
            measure=measure,
            corpus_changed=check_flag("corpus_changed", values.get("corpus_changed", False)),
        )
        return cls(**values)


def _stats(values: dict[str, Any]) -> EpochStats:
    for name, value in values.items():
        (check_float if name in REAL_SUMS else check_int)(name, value, 0)
    return EpochStats(**values)


def check_checkpoint(path: Any, every: Any) -> int | None:
    """Check the two arguments that ask for checkpoints, before any work; return `every`.

    Raises
    ------
    TypeError, ValueError
        If one is not allowed.
    FileNotFoundError, IsADirectoryError
        If the file cannot be where it should be.

    Examples
    --------
    >>> check_checkpoint(None, 1000)
    Traceback (most recent call last):
        ...
    ValueError: checkpoint_every=1000 needs checkpoint=, the path of a file
    """
    if path is None:
        if every is not None:
            raise ValueError(f"checkpoint_every={every!r} needs checkpoint=, the path of a file")
        return None
    if not isinstance(path, (str, os.PathLike)):
        raise TypeError(f"checkpoint must be the path of a file, got {path!r}")
    if is_url(path):
        check_address(os.fspath(path))
    else:
        name = Path(expanded(path))
        if name.is_dir():
            raise IsADirectoryError(f"checkpoint must be the path of a file, got the folder {os.fspath(path)!r}")
        if not Path(os.path.realpath(name)).parent.is_dir():
            raise FileNotFoundError(f"checkpoint={os.fspath(path)!r}: there is no such folder; make it first")
        check_target(path)
    hint = "raw words between two checkpoints; None: after each epoch"
    return None if every is None else check_int("checkpoint_every", every, 1, hint=hint)


def check_apart(path: Any, sentences: Any) -> None:
    """Refuse a checkpoint that is a file of the corpus, which it would overwrite.

    Parameters
    ----------
    path : str, path or None
        Of the checkpoint.
    sentences : object
        The corpus; only files that this library's readers read are compared.

    Raises
    ------
    ValueError
    """
    text = text_of(sentences)
    if path is None or text is None or not Path(expanded(path)).is_file():
        return
    for name in text.names:
        if isinstance(name, (str, os.PathLike)) and Path(name).is_file() and Path(name).samefile(expanded(path)):
            raise ValueError(
                f"checkpoint={os.fspath(path)!r} is a file of the corpus, and would be written over; give another path"
            )


def how_to_resume(checkpoint: Any, ranks: int, position: Position, share: float) -> str:
    """Return what to say if a rank dies.

    Parameters
    ----------
    checkpoint : str, path or None
    ranks : int
    position : Position
        Of the last checkpoint.
    share : float
        What it has done of its epoch.
    """
    if checkpoint is None:
        return "A rank has died, and there is no checkpoint: with checkpoint= (--checkpoint) the training could go on."
    return (
        f"A rank has died. Resume with: mpiexec -n {ranks} w2vcore resume {checkpoint} CORPUS --backend mpi -o MODEL, "
        f"or Word2Vec.resume({os.fspath(checkpoint)!r}, ..., backend='mpi') in your script (last checkpoint: epoch "
        f"{position.epoch + 1}, {share:.0%})"
    )


def portions(jobs: Iterator[Job], words: int | None) -> Iterator[Iterator[Job]]:
    """Deal out jobs in portions of `words` raw words, each ended by the job that reaches them; None: all in one.

    A portion is an iterator, to be used up before the next one is asked for. None is empty.

    Examples
    --------
    >>> from w2vcore.corpus.encoding import Batch
    >>> jobs = iter([Job(Batch([], [0], 0, 0), 0, 0, 0.1, 0, raw_words, 1) for raw_words in (5, 6, 7)])
    >>> [[job.raw_words for job in portion] for portion in portions(jobs, 10)]
    [[5, 6], [7]]
    """
    for first in jobs:
        yield _portion(itertools.chain([first], jobs), words)


def _portion(jobs: Iterator[Job], words: int | None) -> Iterator[Job]:
    done = 0
    for job in jobs:
        yield job
        done += job.raw_words
        if words is not None and done >= words:
            return


def skip(jobs: Iterator[Job], then: Extent) -> Iterator[Job]:
    """Pass over the jobs that are done, and return the rest.

    Raises
    ------
    ValueError
        If they do not hold what was trained: the corpus is another one.
    """
    now = Extent()
    for job in itertools.islice(jobs, then.jobs):
        now = now.after(job)
    if now != then:
        raise ValueError(
            "the corpus is not the one that the checkpoint was taken on: where it had "
            f"{then.sentences:,} sentences of {then.raw_words:,} words ({then.tokens:,} in the vocabulary) there are "
            f"now {now.sentences:,} of {now.raw_words:,} ({now.tokens:,}). Resume on the same corpus"
        )
    return jobs


def check_size(size: Extent, checkpoint: Extent) -> None:
    """Raise ValueError if an encoded corpus is not as large as the one that the checkpoint was taken on."""
    if size != checkpoint:
        raise ValueError(
            f"the corpus is not the one that the checkpoint was taken on: it has {size.sentences:,} sentences of "
            f"{size.raw_words:,} words ({size.tokens:,} in the vocabulary), that one had {checkpoint.sentences:,} of "
            f"{checkpoint.raw_words:,} ({checkpoint.tokens:,}). Resume on the same corpus"
        )


def copied(stats: EpochStats) -> EpochStats:
    """Return a copy of sums, which does not change with the original."""
    return replace(stats)
