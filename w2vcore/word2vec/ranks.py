"""The processes that train one model, as its settings choose them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from w2vcore.backends.agreement import Agreement
from w2vcore.backends.registry import choose, crew_of

if TYPE_CHECKING:
    from .model import Word2Vec


def ranks_of(model: Word2Vec) -> Agreement:
    """Return the ranks that train a model.

    Raises
    ------
    ValueError, ImportError
        If there is no such backend, or MPI is not installed.
    """
    return crew_of(choose(model.backend, model.device))


@contextmanager
def together(model: Word2Vec) -> Iterator[Agreement]:
    """Work with the other ranks on a model; an error in one stops all."""
    crew = ranks_of(model)
    model._inputs.check_ranks(model, crew.size)
    with crew.guard():
        if crew.size > 1 and model.max_vocab_size is not None:
            raise ValueError(
                f"max_vocab_size={model.max_vocab_size} is not possible with several processes, as each would prune "
                "other words: use max_final_vocab, which is exact"
            )
        yield crew
