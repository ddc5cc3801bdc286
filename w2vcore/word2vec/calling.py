"""The callbacks of one training: checked before it, called between its epochs, and their answers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import numpy as np

from w2vcore.training.notices import notify

if TYPE_CHECKING:
    from .model import Word2Vec

EVENTS = ("on_train_begin", "on_epoch_begin", "on_epoch_end", "on_train_end")


class Calls:
    """Calls all callbacks, in the order of the list.

    Parameters
    ----------
    callbacks : iterable of objects with the four methods

    Raises
    ------
    TypeError
        If one of them is no callback; it is named.

    Examples
    --------
    >>> from w2vcore.callbacks import CallbackAny2Vec
    >>> calls = Calls([CallbackAny2Vec()])
    >>> bool(calls), calls.stops(model=None)
    (True, False)
    """

    def __init__(self, callbacks: Iterable[Any]) -> None:
        if not isinstance(callbacks, Iterable):
            raise TypeError(f"callbacks must be a list of objects with on_epoch_end and so on, got {callbacks!r:.60}")
        self._callbacks = tuple(callbacks)
        self._warned = False
        for callback in self._callbacks:
            missing = [event for event in EVENTS if not callable(getattr(callback, event, None))]
            if isinstance(callback, type) or missing:
                fault = f"make one: {callback.__name__}()" if isinstance(callback, type) else f"it has no {missing[0]}"
                wanted = f"objects with {', '.join(EVENTS)} (see CallbackAny2Vec)"
                raise TypeError(f"callbacks must hold {wanted}, got {callback!r:.60}: {fault}")

    def __bool__(self) -> bool:
        return bool(self._callbacks)

    def __iter__(self) -> Iterator[Any]:
        return iter(self._callbacks)

    def call(self, event: str, model: Word2Vec) -> list[Any]:
        """Call a method of all callbacks, and return what each of them returned."""
        return [getattr(callback, event)(model) for callback in self._callbacks]

    def stops(self, model: Word2Vec) -> bool:
        """Call `on_epoch_end` of all callbacks; return whether one of them returned True.

        Warns
        -----
        UserWarning
            Once in a training: if one returned something that is neither None nor a bool, which does not stop it.
        """
        answers = self.call("on_epoch_end", model)
        for callback, answer in zip(self._callbacks, answers, strict=True):
            if answer is not None and not _is_bool(answer) and not self._warned:
                self._warned = True
                notify(
                    f"on_epoch_end of {type(callback).__name__} returned {answer!r:.60}, which is neither a bool nor "
                    "None: training goes on. Return True to end it, and nothing or False to go on"
                )
        return any(_is_bool(answer) and bool(answer) for answer in answers)


def _is_bool(answer: Any) -> bool:
    """Whether this is a bool of Python or of NumPy, as comparisons of arrays return."""
    return isinstance(answer, (bool, np.bool_))
