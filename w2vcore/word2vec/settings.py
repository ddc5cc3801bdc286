"""The settings of a model: attributes that users may change at any time, checked and frozen when a run begins."""

from __future__ import annotations

import logging
import secrets
from typing import TYPE_CHECKING

from w2vcore.architectures.registry import check_own as check_own_architecture
from w2vcore.backends.registry import choose, crew_of
from w2vcore.backends.run_tables import check_parts, tables_of
from w2vcore.model.config import (
    CBOW,
    HIERARCHICAL,
    NEGATIVE,
    QUEUE_FACTOR,
    SETTINGS,
    SKIP_GRAM,
    TrainingConfig,
    check_together,
    trained_fields,
)
from w2vcore.model.tables import INPUT, Table
from w2vcore.objectives.registry import BUILT_IN, check_own

if TYPE_CHECKING:
    from .model import Word2Vec

logger = logging.getLogger("w2vcore.word2vec")


def check_settings(model: Word2Vec) -> None:
    """Refuse what is not allowed, and make numbers of what gensim would make numbers of.

    Raises
    ------
    TypeError, ValueError
        It names the argument.
    """
    for name, setting in model._declared.items():
        setattr(model, name, setting.check(getattr(model, name)))
    check_together(model)
    model.layer1_size = model.vector_size
    check_own(model.objective)
    if model.objective is not None and model.hs:
        raise ValueError(
            f"hs must be 0 with objective={model.objective!r}, which is trained alone, got {model.hs}: drop one of them"
        )
    check_own_architecture(model.architecture)
    model._check_own_settings()
    backend = choose(model.backend, model.device)
    if model.seed is None:
        model.seed = _drawn_seed(crew_of(backend).size)


def train_on_cpu(model: Word2Vec, what: str) -> None:
    """Let device="auto" take the CPU, and refuse a GPU.

    Parameters
    ----------
    model : Word2Vec
    what : str
        What no GPU trains, as in "n-grams".

    Raises
    ------
    ValueError
    """
    if model.device == "auto":
        model.device = "cpu"
        logger.info("device='auto' takes the CPU: no GPU trains %s", what)
    if model.device != "cpu" or model.backend == "cuda":
        raise ValueError(
            f"device must be 'cpu' with {what}, which no GPU trains; got device={model.device!r}, "
            f"backend={model.backend!r}"
        )


def _drawn_seed(ranks: int) -> int:
    """Return a seed that nobody can foresee, and log it: with it, the run can be made again."""
    if ranks > 1:
        raise ValueError("seed=None would draw another seed in each process: give all the same one")
    seed = secrets.randbits(32)
    logger.info("seed=None: drew the seed %i", seed)
    return seed


def objectives_of(model: Word2Vec) -> list[str]:
    """Return the names of the objectives that the current settings train."""
    if model.objective is not None:
        return [model.objective]
    return [name for name, on in ((HIERARCHICAL, model.hs), (NEGATIVE, model.negative)) if on]


def of_words(model: Word2Vec) -> str:
    """Return the architecture that `sg` chooses where an input is a word."""
    return SKIP_GRAM if model.sg else CBOW


def architecture_of(model: Word2Vec) -> str:
    """Return the name of the architecture that the current settings train."""
    return model._own_architecture() if model.architecture is None else model.architecture


def trained_tables(model: Word2Vec) -> dict[str, Table]:
    """Return the tables of the matrices that the current settings train, that of the input vectors first."""
    return _tables(model, objectives_of(model))


def known_tables(model: Word2Vec) -> dict[str, Table]:
    """Return the tables of all matrices that a model may have: those of the built-in objectives, and of its own one."""
    return _tables(model, list(dict.fromkeys([*BUILT_IN, *objectives_of(model)])))


def _tables(model: Word2Vec, objectives: list[str]) -> dict[str, Table]:
    columns = model._inputs.target_columns(model)
    tables = tables_of(architecture_of(model), objectives, model.vector_size, columns)
    return {**tables, INPUT: model._inputs.table(model, tables[INPUT])}


def training_config(model: Word2Vec, queue_factor: int = 2) -> TrainingConfig:
    """Check and freeze the settings for one run; what ``negative_sharing="auto"`` stands for needs the words.

    Raises
    ------
    TypeError, ValueError
        It names the argument.
    """
    check_settings(model)
    objectives = objectives_of(model)
    if not objectives:
        raise ValueError(
            "You must set either 'hs' or 'negative' to be positive for proper training. "
            "When both 'hs=0' and 'negative=0', there will be no training; "
            f"got hs={model.hs}, negative={model.negative}"
        )
    if not model.epochs:
        raise ValueError(f"You must specify an explicit epochs count of at least 1, got epochs={model.epochs}")
    config = TrainingConfig(
        architecture=architecture_of(model),
        objectives=tuple(objectives),
        queue_factor=QUEUE_FACTOR.check("queue_factor", queue_factor),
        **trained_fields({name: getattr(model, name) for name in SETTINGS}),
    )
    return check_parts(model._inputs.freeze(model, config))


def word_targets(model: Word2Vec) -> Table | None:
    """Return the table of the target vectors that belong to words; None: the settings train those of nodes alone."""
    tables = trained_tables(model).values()
    return next((table for table in tables if table.role == "target" and table.keyed), None)
