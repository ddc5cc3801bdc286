"""The state of a model that a training uses, and what callbacks have changed in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from w2vcore.backends.base import Plan
from w2vcore.backends.registry import CREWS
from w2vcore.corpus.compact import CompactKeys
from w2vcore.model.config import TrainingConfig
from w2vcore.model.features import Features
from w2vcore.model.weights import Weights
from w2vcore.objectives.code_tree import CodeTree
from w2vcore.objectives.count_tables import CountTables

# Columns (one number for each key) -> what users call them.
COLUMNS = {"counts": "the column 'count'", "keep": "the column 'sample_int'", "lock": "wv.vectors_lockf"}


@dataclass(frozen=True, eq=False)
class Setup:
    """A model at one moment of a training: settings, backend, weights and vocabulary.

    Attributes
    ----------
    config : TrainingConfig
    backend : str
        Name of the backend that runs the jobs.
    kernels : str
        Name of the kernels (an instruction set, or a backend): others round differently.
    weights : Weights
    arrays : dict of str to ndarray
        For each matrix, the array that is the model's attribute: it shows the matrix until the user replaces it.
    attributes : dict of str to str
        The names of these attributes, for messages.
    counts, keep, lock : ndarray
        As in `Plan`.
    tree : CodeTree or None
        Likewise.
    keys : sequence
        The key of each row.
    rows : dict or CompactKeys
        The row of each key, for encoding.
    common : dict of str to object
        Other values that must be equal on all ranks.
    tables : CountTables
        What the last run derived from the counts.
    features : Features or None
        As in `Plan`; compared by identity.
    tag_words : ndarray or None
        As in `Plan`.
    """

    config: TrainingConfig
    backend: str
    kernels: str
    weights: Weights
    arrays: Mapping[str, NDArray[Any]]
    attributes: Mapping[str, str]
    counts: NDArray[np.int64]
    keep: NDArray[np.uint32]
    lock: NDArray[np.float32]
    tree: CodeTree | None
    keys: Sequence[Any]
    rows: Any
    common: Mapping[str, Any]
    tables: CountTables = field(default_factory=CountTables)
    features: Features | None = None
    tag_words: NDArray[np.int64] | None = None

    def plan(self, config: TrainingConfig, first_token: int) -> Plan:
        """Return the plan of a run with these columns."""
        return Plan(
            config,
            self.counts,
            self.keep,
            self.lock,
            first_token,
            tables=self.tables,
            tree=self.tree,
            features=self.features,
            tag_words=self.tag_words,
        )


@dataclass(frozen=True)
class Changes:
    """The differences between two setups of a model; false if there are none.

    Attributes
    ----------
    settings : dict of str to object
        Fields of the config, with their new values.
    columns, matrices : tuple of str
        Names of the columns that changed, and of the matrices that were replaced by other arrays.
    vocabulary : bool
        Whether the keys or their rows differ.
    backend : str or None
        The new backend, if it changed.
    names : tuple of str
        All changes, as users call them.
    """

    settings: Mapping[str, Any]
    columns: tuple[str, ...]
    matrices: tuple[str, ...]
    vocabulary: bool
    backend: str | None
    names: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.names)


class Look:
    """A snapshot of a setup, with copies of what can be changed in place.

    Matrices are not copied: the backend trains whatever they hold when it runs.

    Parameters
    ----------
    setup : Setup

    Attributes
    ----------
    setup : Setup
    """

    def __init__(self, setup: Setup) -> None:
        self.setup = setup
        self._columns = {name: getattr(setup, name).copy() for name in COLUMNS}
        self._keys = setup.keys if isinstance(setup.keys, CompactKeys) else list(setup.keys)

    def changes(self, now: Setup) -> Changes:
        """Compare with a later setup.

        Raises
        ------
        ValueError
            If training cannot continue with a change.
        """
        before = self.setup
        old = asdict(before.config)
        settings = {name: value for name, value in asdict(now.config).items() if value != old[name]}
        columns = tuple(
            name for name, column in self._columns.items() if not np.array_equal(column, getattr(now, name))
        )
        matrices = tuple(name for name, array in now.arrays.items() if array is not before.arrays.get(name))
        vocabulary = not self._has_keys_of(now)
        backend = now.backend if now.backend != before.backend else None
        names = [f"{name}={value!r} (was {old[name]!r})" for name, value in settings.items()]
        names += [f"backend={backend!r} (was {before.backend!r})"] if backend else []
        names += ["the vocabulary"] if vocabulary else []
        names += ["the features"] if now.features is not before.features else []
        names += [now.attributes[name] for name in matrices] + [COLUMNS[name] for name in columns]
        changes = Changes(settings, columns, matrices, vocabulary, backend, tuple(names))
        self._refuse_another_crew(changes)
        return changes

    def _has_keys_of(self, now: Setup) -> bool:
        """Whether keys and rows are the same. Compact keys are replaced by a list and a dict on first access."""
        if isinstance(now.keys, CompactKeys) or isinstance(self._keys, CompactKeys):
            return now.keys is self._keys or list(now.keys) == list(self._keys)
        same_dict = now.rows is self.setup.rows or isinstance(self.setup.rows, CompactKeys)
        return same_dict and now.keys == self._keys and len(now.rows) == len(now.keys)

    def _refuse_another_crew(self, changes: Changes) -> None:
        if changes.backend in CREWS or (changes.backend and self.setup.backend in CREWS):
            raise ValueError(
                f"a callback set backend={changes.backend!r} (was {self.setup.backend!r}), but which processes train a "
                "model cannot change in the middle of a training: change it between two calls of train()"
            )
