"""The settings of a model: attributes that users may change at any time, checked and frozen when a run begins."""

from __future__ import annotations

import logging
import secrets
from typing import TYPE_CHECKING

from w2vcore.backends.registry import choose, crew_of
from w2vcore.model.config import (
    HIERARCHICAL,
    NEGATIVE,
    QUEUE_FACTOR,
    SETTINGS,
    TrainingConfig,
    trained_fields,
)
from w2vcore.objectives.registry import check_own

if TYPE_CHECKING:
    from .model import Word2Vec

logger = logging.getLogger("w2vcore.word2vec")

# Attribute of the facade for each objective's target matrix: gensim's names, and `syn1_` with the name of any other.
MATRIX_ATTRIBUTES = {NEGATIVE: "syn1neg", HIERARCHICAL: "syn1"}


def matrix_attribute(name: str) -> str:
    """Return the attribute that holds an objective's target matrix.

    Examples
    --------
    >>> matrix_attribute("negative"), matrix_attribute("softmax")
    ('syn1neg', 'syn1_softmax')
    """
    return MATRIX_ATTRIBUTES.get(name, f"syn1_{name}")


def check_settings(model: Word2Vec) -> None:
    """Refuse what is not allowed, and make numbers of what gensim would make numbers of.

    Raises
    ------
    TypeError, ValueError
        It names the argument.
    """
    for name, setting in SETTINGS.items():
        setattr(model, name, setting.check(getattr(model, name)))
    model.layer1_size = model.vector_size
    check_own(model.objective)
    backend = choose(model.backend, model.device)
    if model.seed is None:
        model.seed = _drawn_seed(crew_of(backend).size)


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
    return TrainingConfig(
        objectives=tuple(objectives),
        queue_factor=QUEUE_FACTOR.check("queue_factor", queue_factor),
        **trained_fields({name: getattr(model, name) for name in SETTINGS}),
    )
