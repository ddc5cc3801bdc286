"""The tables that a run trains, and their update rates, from its architecture and its objectives."""

from __future__ import annotations

from collections.abc import Sequence

from w2vcore.architectures.registry import architecture
from w2vcore.corpus.encoding import Batch
from w2vcore.model.config import PAIR, TrainingConfig
from w2vcore.model.tables import INPUT, Table, WordRates, centre_rates, contexts_per_centre
from w2vcore.model.tag_rows import with_tags
from w2vcore.model.weights import Weights
from w2vcore.objectives.registry import check_chosen, objective

from .base import Plan


def tables_of(
    architecture_name: str, objectives: Sequence[str], columns: int, target_columns: int | None = None
) -> dict[str, Table]:
    """Return the tables by name, that of the input vectors first.

    Raises
    ------
    ValueError
        If there is no such architecture or objective, or if two tables share a name or an attribute.

    Examples
    --------
    >>> {name: table.attribute for name, table in tables_of("cbow", ["tree", "negative"], 100).items()}
    {'input': 'wv.vectors', 'tree': 'syn1', 'negative': 'syn1neg'}
    """
    found = [*architecture(architecture_name).tables(columns)]
    for name in objectives:
        found += objective(name).tables(columns if target_columns is None else target_columns)
    tables = {table.name: table for table in found}
    if not len(tables) == len({table.attribute for table in found}) == len(found):
        names = ", ".join(f"{table.name} ({table.attribute})" for table in found)
        raise ValueError(f"the tables of a run must have names and attributes of their own, got {names}")
    return tables


def config_tables(config: TrainingConfig) -> dict[str, Table]:
    """Return the tables of a run by name."""
    columns = architecture(config.architecture).target_columns(config)
    return tables_of(config.architecture, config.objectives, config.vector_size, columns)


def check_parts(config: TrainingConfig) -> TrainingConfig:
    """Return a config after a check that its parts exist, fit each other and have the settings that they need.

    Raises
    ------
    ValueError
    """
    check_chosen(config)
    check_takes_weights(config)
    config_tables(config)
    return config


def check_takes_weights(config: TrainingConfig) -> None:
    """Raise ValueError if contexts have weights that the architecture does not take.

    Examples
    --------
    >>> check_takes_weights(TrainingConfig(window_weights="linear"))
    """
    if config.weighs_contexts and not architecture(config.architecture).takes_weights():
        raise ValueError(
            f"window_weights must be 'dynamic' with the architecture {config.architecture!r}, which does not weigh "
            f"contexts; got {config.window_weights!r}"
        )


def plan_tables(plan: Plan) -> dict[str, Table]:
    """Return the tables of a plan by name."""
    tables = config_tables(plan.config)
    table = tables[INPUT] if plan.features is None else plan.features.table(tables[INPUT])
    return {**tables, INPUT: table if plan.tag_words is None else with_tags(table, plan.tag_words)}


def check_features(plan: Plan, weights: Weights) -> None:
    """Raise ValueError if there are features that do not fit the plan or the weights, or cannot be trained."""
    if plan.features is None:
        return
    plan.features.check(len(plan.counts), len(weights.matrices[INPUT]))
    sharing = plan.config.negative_sharing
    chosen = architecture(plan.config.architecture)
    if chosen.shares_targets and not chosen.shares_targets_of_bags and sharing != PAIR:
        raise ValueError(f"features must be trained with negative_sharing={PAIR!r}, got {sharing!r}")


def check_tags(config: TrainingConfig, batch: Batch) -> None:
    """Raise ValueError if sentences have tags, for which the architecture has no place."""
    if batch.tags is not None and not architecture(config.architecture).takes_tags:
        raise ValueError(f"the architecture {config.architecture!r} does not train tags of sentences")


def word_rates(plan: Plan) -> WordRates:
    """Return how often the words of a plan are trained."""
    config = plan.config
    contexts = contexts_per_centre(config)
    return WordRates(
        config,
        plan.counts,
        centre_rates(plan.counts, plan.keep if config.subsample else None),
        contexts,
        architecture(config.architecture).examples(contexts),
        plan.tree,
    )


def in_numpy_alone(config: TrainingConfig) -> str:
    """Return what has no compiled half, as the subject of a sentence; "" if everything has one.

    Examples
    --------
    >>> in_numpy_alone(TrainingConfig())
    ''
    """
    slow = [] if architecture(config.architecture).worker is not None else [f"the architecture {config.architecture!r}"]
    slow += [f"the objective {name!r}" for name in config.objectives if not objective(name).is_compiled()]
    return f"{' and '.join(slow)} {'is' if len(slow) == 1 else 'are'}" if slow else ""
