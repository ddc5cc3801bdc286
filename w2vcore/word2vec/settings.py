"""The settings under Word2Vec: attributes that users may change at any time, checked and frozen when a run begins."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from w2vcore.architectures.registry import check_own as check_own_architecture
from w2vcore.backends.registry import choose, crew_of
from w2vcore.backends.run_tables import check_parts, tables_of
from w2vcore.model.config import (
    AUTO,
    CBOW,
    HIERARCHICAL,
    NEGATIVE,
    PAIR,
    SKIP_GRAM,
    TrainingConfig,
    check_device,
    check_flag,
    check_float,
    check_int,
    check_sharing,
    check_size,
    check_window,
    check_workers,
    job_words,
    within_reach,
)
from w2vcore.model.tables import Table
from w2vcore.objectives.registry import BUILT_IN, check_own

logger = logging.getLogger("w2vcore.word2vec")


def _drawn_seed(ranks: int) -> int:
    """Return a seed that nobody can foresee, and say which: with it, the run can be made again."""
    if ranks > 1:
        raise ValueError("seed=None would draw another seed in each process: give all the same one")
    seed = secrets.randbits(32)
    logger.info("seed=None: drew the seed %i", seed)
    return seed


class ModelSettings:
    """Settings of a model; documented in Word2Vec."""

    vector_size: int
    layer1_size: int
    alpha: float
    min_alpha: float
    window: Any
    shrink_windows: bool
    min_count: int
    max_vocab_size: int | None
    max_final_vocab: int | None
    sample: float
    sorted_vocab: int
    null_word: int
    seed: int
    workers: int
    batch_words: int
    sg: int
    hs: int
    negative: int
    negative_sharing: str
    ns_exponent: float
    cbow_mean: int
    epochs: int
    compute_loss: bool
    device: str
    backend: str | None
    objective: str | None
    architecture: str | None

    @property
    def rank(self) -> int:
        """Number of this process among those that train the model; 0 if it is the only one, or the one that saves."""
        return crew_of(choose(self.backend, self.device)).rank

    def _check_settings(self) -> None:
        """Refuse what is not allowed, and make numbers of what gensim would make numbers of."""
        self.vector_size = self.layer1_size = check_size("vector_size", self.vector_size, 1)
        self.alpha, self.min_alpha = check_float("alpha", self.alpha, 0), check_float("min_alpha", self.min_alpha, 0)
        self.window = check_window(self.window)
        self.min_count = check_int("min_count", 0 if self.min_count is None else self.min_count, 0)
        for name in ("max_vocab_size", "max_final_vocab"):
            if getattr(self, name) is not None:
                setattr(self, name, check_int(name, getattr(self, name), 1, hint=f"{name}=None sets no limit"))
        self.sample = check_float(
            "sample", 0 if self.sample is None else self.sample, 0, hint="sample=0 drops no words"
        )
        check_workers(self.workers)
        self.negative = check_size("negative", self.negative, 0, hint="negative=0 switches negative sampling off")
        self.negative_sharing = check_sharing(self.negative_sharing)
        self.ns_exponent = check_float("ns_exponent", self.ns_exponent)
        for name in ("sg", "hs", "cbow_mean", "sorted_vocab", "null_word"):
            setattr(self, name, int(check_flag(name, getattr(self, name))))
        for name in ("shrink_windows", "compute_loss"):
            setattr(self, name, check_flag(name, getattr(self, name)))
        self.epochs = check_int("epochs", self.epochs, 0)
        self.batch_words = check_size("batch_words", self.batch_words, 1)
        check_own(self.objective)
        check_own_architecture(self.architecture)
        self.device = check_device(self.device)
        backend = choose(self.backend, self.device)
        if self.seed is None:
            self.seed = _drawn_seed(crew_of(backend).size)
        self.seed = check_int("seed", self.seed, 0, 2**32 - 1, hint="seed=None draws one")

    _in_training: int | None = None  # the `id` of the model, so that it does not go for a copy

    @contextmanager
    def _training(self) -> Iterator[None]:
        """Mark the model as one that is trained."""
        before, self._in_training = self._in_training, id(self)
        try:
            yield
        finally:
            self._in_training = before

    @contextmanager
    def _settings_of_a_call(self) -> Iterator[None]:
        """Let what a call of ``train()`` sets be the model's own; but not where a callback of another call makes it.

        That call goes on with its own epochs and learning rate.
        """
        names = ("epochs", "alpha", "min_alpha", "compute_loss")
        kept = {name: getattr(self, name) for name in names} if self._in_training == id(self) else {}
        try:
            yield
        finally:
            for name, value in kept.items():
                setattr(self, name, value)

    def _training_config(self, queue_factor: int = 2) -> TrainingConfig:
        """Freeze the attributes, which users may have changed, for one run; "auto" is settled with the words."""
        self._check_settings()
        if not self._objectives():
            raise ValueError(
                "You must set either 'hs' or 'negative' to be positive for proper training. "
                "When both 'hs=0' and 'negative=0', there will be no training; "
                f"got hs={self.hs}, negative={self.negative}"
            )
        if not self.epochs:
            raise ValueError(f"You must specify an explicit epochs count of at least 1, got epochs={self.epochs}")
        config = TrainingConfig(
            vector_size=self.vector_size,
            architecture=self._architecture(),
            objectives=tuple(self._objectives()),
            window=within_reach(self.window),
            shrink_windows=self.shrink_windows,
            negative=self.negative,
            negative_sharing=PAIR if self.negative_sharing == AUTO else self.negative_sharing,
            ns_exponent=self.ns_exponent,
            cbow_mean=bool(self.cbow_mean),
            subsample=self.sample > 0,
            alpha=self.alpha,
            min_alpha=self.min_alpha,
            epochs=self.epochs,
            workers=check_workers(self.workers),
            batch_words=job_words(self.batch_words),
            seed=self.seed,
            queue_factor=check_size("queue_factor", queue_factor, 1),
            compute_loss=self.compute_loss,
            device=self.device,
        )
        return check_parts(config)

    def _architecture(self) -> str:
        """Name of the architecture that the current settings train."""
        if self.architecture is not None:
            return self.architecture
        return SKIP_GRAM if self.sg else CBOW

    def _objectives(self) -> list[str]:
        """Names of the objectives that the current settings train."""
        if self.objective is not None:
            return [self.objective]
        return [name for name, on in ((HIERARCHICAL, self.hs), (NEGATIVE, self.negative)) if on]

    def _trained_tables(self) -> dict[str, Table]:
        """Tables of the matrices that the current settings train, that of the input vectors first."""
        return tables_of(self._architecture(), self._objectives(), self.vector_size)

    def _known_tables(self) -> dict[str, Table]:
        """Tables of all matrices that the model may have: those of the built-in objectives, and of its own one."""
        return tables_of(self._architecture(), list(dict.fromkeys([*BUILT_IN, *self._objectives()])), self.vector_size)
